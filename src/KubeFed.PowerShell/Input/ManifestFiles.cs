using System.Collections.ObjectModel;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Client;

namespace KubeFed.PowerShell.Input;

/// <summary>Reads the files that PowerShell paths with wildcards name.</summary>
internal static class ManifestFiles
{
    private static readonly string[] s_extensions = [".yaml", ".yml", ".json"];

    /// <summary>Their objects, lists taken apart, those that can't be read among them.</summary>
    /// <exception cref="InputException">A path is a directory or no file.</exception>
    public static IEnumerable<GivenManifest> Of(PSCmdlet cmdlet, IEnumerable<string> paths) =>
        Objects(paths.SelectMany(path => Resolve(cmdlet, path)));

    /// <summary>As <see cref="Of"/>, but a directory stands for the manifests in it, as it does for <see cref="Each"/>.</summary>
    /// <exception cref="InputException">A directory has no manifest, or as <see cref="Of"/>.</exception>
    public static IEnumerable<GivenManifest> OrDirectories(PSCmdlet cmdlet, IEnumerable<string> paths) =>
        Objects(paths.SelectMany(path => Resolve(cmdlet, path)).SelectMany(path => InDirectory(path).ToList() is { Count: > 0 } files
            ? files
            : throw new InputException("FileNotFound", $"-Path '{path}' is a directory without {string.Join(", ", s_extensions)} files.", path)
            {
                Remedy = "Name another directory, or files.",
            }));

    /// <summary>As <see cref="Each(PSCmdlet, IEnumerable{string})"/>, of what Get-ChildItem gave: its name is no pattern.</summary>
    public static IEnumerable<FiledManifest> Each(FileSystemInfo item) => InDirectory(item.FullName).SelectMany(Documents);

    private static IEnumerable<GivenManifest> Objects(IEnumerable<string> files)
    {
        foreach (var file in files)
        {
            if (Directory.Exists(file))
            {
                throw new InputException("InvalidPath", $"-Path '{file}' is a directory.", file)
                {
                    Remedy = $"Name its files: {System.IO.Path.Join(file, "*.yaml")}.",
                };
            }

            foreach (var manifest in ManifestInput.ReadFile(file, takeApart: true))
            {
                yield return manifest;
            }
        }
    }

    /// <summary>
    /// Each document of each file as it is, or why it can't be read, which keeps no other from being read. A directory stands for the manifests in it, those in
    /// directories below not included, as kubectl takes it.
    /// </summary>
    public static IEnumerable<FiledManifest> Each(PSCmdlet cmdlet, IEnumerable<string> paths) =>
        paths.SelectMany(path => Found(cmdlet, path)).SelectMany(found => found.Fault is null ? Documents(found.Path) : [found]);

    private static IReadOnlyList<FiledManifest> Found(PSCmdlet cmdlet, string path)
    {
        try
        {
            return [.. Resolve(cmdlet, path).SelectMany(InDirectory).Select(file => new FiledManifest(file, null, null, null))];
        }
        catch (RuntimeException error)
        {
            // PowerShell's own words, without its own kind of error: no such item, no such drive.
            var fault = new InputException("FileNotFound", $"-Path '{path}': {error.Message}", path) { Remedy = "Name a file, or files by a wildcard." };
            return [new FiledManifest(path, null, null, fault)];
        }
        catch (Exception error) when (error is InputException or IOException or UnauthorizedAccessException)
        {
            return [new FiledManifest(path, null, null, error)];
        }
    }

    private static Collection<string> Resolve(PSCmdlet cmdlet, string path)
    {
        var files = cmdlet.GetResolvedProviderPathFromPSPath(path, out var provider);
        return provider.Name == "FileSystem" ? files : throw new InputException(
            "FileNotFound", $"-Path '{path}' is in the {provider.Name} provider, not in the file system.", path)
        {
            Remedy = "Name files, such as ./federated/*.yaml.",
        };
    }

    private static IEnumerable<string> InDirectory(string path) => !Directory.Exists(path) ? [path] : Directory.EnumerateFiles(path)
        .Where(file => s_extensions.Contains(System.IO.Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
        .Order(StringComparer.Ordinal);

    private static IReadOnlyList<FiledManifest> Documents(string file)
    {
        try
        {
            return [.. ManifestInput.ReadDocuments(file)];
        }
        catch (Exception error) when (error is InputException or KubeException or IOException or UnauthorizedAccessException)
        {
            return [new FiledManifest(file, null, null, error)];
        }
    }
}

/// <summary>A document of a file, or why there is none.</summary>
/// <param name="Path">The file.</param>
/// <param name="Line">The line that the document begins in, from 1; null where there is none.</param>
/// <param name="Content">Not an object in every case; null where there is a fault.</param>
/// <param name="Fault">Why the document, or the file, can't be read; null where it can.</param>
internal sealed record FiledManifest(string Path, long? Line, JsonNode? Content, Exception? Fault)
{
    /// <summary>What of it is not taken as it is written, a sentence each.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];
}
