namespace KubeFed.Kubernetes.Authentication;

/// <summary>
/// Finds the program that a bare command name stands for: on PATH and nowhere else, so that a file in the folder somebody happens to stand in is never run.
/// </summary>
/// <remarks>
/// As client-go through Go's os/exec: the first hit counts, and one through an entry of PATH that is empty or relative is refused (ErrDot). The system's own
/// search would look into the folder of this program and into the current folder first.
/// </remarks>
internal static class ExecutablePath
{
    /// <summary>True when the command is a path: it is taken as it is, and PATH plays no part.</summary>
    public static bool IsPath(string command) =>
        command.Contains('/', StringComparison.Ordinal)
        || (OperatingSystem.IsWindows() && (command.Contains('\\', StringComparison.Ordinal) || command.Contains(':', StringComparison.Ordinal)));

    /// <param name="name">A name without a separator.</param>
    /// <param name="path">PATH's value.</param>
    /// <returns>An absolute path.</returns>
    /// <exception cref="FileNotFoundException">No entry of PATH has it, or the first that does is no absolute path; the message says which.</exception>
    public static string Find(string name, string? path)
    {
        foreach (var entry in string.IsNullOrEmpty(path) ? [] : path.Split(Path.PathSeparator))
        {
            var folder = OperatingSystem.IsWindows() ? entry.Trim('"') : entry;
            foreach (var candidate in Candidates(folder.Length == 0 ? "." : folder, name))
            {
                if (!IsExecutable(candidate))
                {
                    continue;
                }

                return Path.IsPathFullyQualified(candidate)
                    ? candidate
                    : throw new FileNotFoundException(
                        $"it is found through PATH's entry '{entry}', which depends on the current folder; nothing is run from there", candidate);
            }
        }

        throw new FileNotFoundException("it is in no folder of PATH", name);
    }

    private static IEnumerable<string> Candidates(string folder, string name)
    {
        var plain = Path.Combine(folder, name);
        if (!OperatingSystem.IsWindows())
        {
            return [plain];
        }

        var extensions = (Environment.GetEnvironmentVariable("PATHEXT") is { Length: > 0 } set ? set : ".COM;.EXE;.BAT;.CMD")
            .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return Path.HasExtension(name) ? [plain, .. extensions.Select(extension => plain + extension)] : extensions.Select(extension => plain + extension);
    }

    private static bool IsExecutable(string file)
    {
        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        try
        {
            return File.Exists(file) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & Execute) != UnixFileMode.None);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // What may not be looked at may not be run; PATH's next entry is tried.
            return false;
        }
    }
}
