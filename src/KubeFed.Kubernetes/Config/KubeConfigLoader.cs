using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Yaml;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeFed.Kubernetes.Config;

/// <summary>
/// Finds and merges kubeconfig files as client-go does: a named file, else the list in KUBECONFIG, else <c>~/.kube/config</c>. The first file that has an
/// entry of a name gives all of it; each entry's relative paths start at its own file's folder.
/// </summary>
/// <param name="environment">Reads a variable; null reads the process's.</param>
/// <param name="logger">Told what is odd but usable.</param>
public sealed class KubeConfigLoader(Func<string, string?>? environment = null, ILogger? logger = null)
{
    private static readonly HashSet<string> KnownFields =
    [
        "apiVersion", "kind", "preferences", "current-context", "clusters", "contexts", "users", "name", "cluster", "context", "user", "namespace",
        "server", "certificate-authority", "certificate-authority-data", "insecure-skip-tls-verify", "tls-server-name", "proxy-url", "disable-compression",
        "extensions", "token", "tokenFile", "username", "password", "client-certificate", "client-certificate-data", "client-key", "client-key-data", "as",
        "as-uid", "as-groups", "as-user-extra", "exec", "auth-provider", "command", "args", "env", "installHint", "provideClusterInfo", "interactiveMode",
    ];

    private readonly Func<string, string?> _environment = environment ?? Environment.GetEnvironmentVariable;
    private readonly ILogger _logger = logger ?? NullLogger.Instance;

    /// <param name="path">A file that must exist; null searches.</param>
    /// <exception cref="KubeConfigException">A file can't be read, is not YAML (with line and column), or a field has the wrong shape.</exception>
    public KubeConfig Load(string? path = null)
    {
        if (!string.IsNullOrEmpty(path))
        {
            return File.Exists(path)
                ? Merge([path])
                : throw new KubeConfigException($"The kubeconfig '{path}' does not exist.") { Remedy = "Check the path." };
        }

        if (_environment("KUBECONFIG") is not { Length: > 0 } list)
        {
            return Merge(DefaultFile() is { } file && File.Exists(file) ? [file] : []);
        }

        const StringSplitOptions Trimmed = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        string[] named = [.. list.Split(Path.PathSeparator, Trimmed).Distinct(StringComparer.Ordinal)];
        string[] found = [.. named.Where(File.Exists)];
        if (found.Length == 0)
        {
            _logger.LogWarning("None of the files in KUBECONFIG exists: {Files}", string.Join(", ", named));
        }

        return Merge(found);
    }

    /// <summary>
    /// The settings of a context; without any kubeconfig, and none asked for, those of the pod this runs in.
    /// </summary>
    /// <param name="path">As for <see cref="Load"/>.</param>
    /// <param name="context">As for <see cref="KubeConfig.For"/>.</param>
    /// <param name="options">As for <see cref="KubeConfig.For"/>.</param>
    /// <exception cref="KubeConfigException">As for both; never a silent fall back to localhost.</exception>
    public ConnectionSettings LoadSettings(string? path = null, string? context = null, KubeConfigOptions? options = null)
    {
        var config = Load(path);
        return string.IsNullOrEmpty(path) && string.IsNullOrEmpty(context) && config.Contexts.Count == 0 && InClusterConfig.IsAvailable(_environment)
            ? InClusterConfig.Load(_environment)
            : config.For(context, options);
    }

    private string? DefaultFile()
    {
        var home = _environment("HOME") is { Length: > 0 } unix ? unix : _environment("USERPROFILE");
        return string.IsNullOrEmpty(home) ? null : Path.Combine(home, ".kube", "config");
    }

    private KubeConfig Merge(IReadOnlyList<string> files)
    {
        string? current = null;
        var contexts = new List<KubeConfigContext>();
        var clusters = new OrderedDictionary<string, ConfigEntry>(StringComparer.Ordinal);
        var users = new OrderedDictionary<string, ConfigEntry>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            if (Read(file) is not { } root)
            {
                continue;
            }

            current ??= root.Text("current-context");
            foreach (var (name, entry) in Named(root, "contexts", "context"))
            {
                if (!contexts.Exists(context => context.Name == name))
                {
                    var cluster = entry.Text("cluster") ?? string.Empty;
                    contexts.Add(new KubeConfigContext(name, cluster, entry.Text("user"), entry.Text("namespace")) { File = file });
                }
            }

            foreach (var (name, entry) in Named(root, "clusters", "cluster"))
            {
                clusters.TryAdd(name, entry);
            }

            foreach (var (name, entry) in Named(root, "users", "user"))
            {
                users.TryAdd(name, entry);
            }
        }

        return new KubeConfig(files, current, contexts, clusters, users, text => _logger.LogWarning("{Warning}", text));
    }

    private ConfigEntry? Read(string file)
    {
        string text;
        try
        {
            text = File.ReadAllText(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new KubeConfigException($"{file}: the kubeconfig can't be read: {error.Message}", error) { Remedy = "Check the file's permissions." };
        }

        try
        {
            var documents = YamlText.Read(text);
            if (documents is [{ Fault: { } fault }, ..])
            {
                throw fault;
            }

            if (documents is [{ Remarks: [var remark, ..] }, ..])
            {
                throw remark;
            }

            if (documents.Count > 1)
            {
                // As client-go, which reads the first and says nothing of the others.
                _logger.LogWarning("{File}: {Count} YAML documents stand in the kubeconfig; only the first is read.", file, documents.Count);
            }

            return (documents.Count == 0 ? null : documents[0].Content) switch
            {
                null => null,
                System.Text.Json.Nodes.JsonObject root => new ConfigEntry(file, string.Empty, root),
                _ => throw new KubeConfigException($"{file}: line 1, column 1: a kubeconfig must be a map, with clusters, users and contexts.")
                {
                    Remedy = "Check that this is the kubeconfig you mean.",
                },
            };
        }
        catch (YamlTextException error)
        {
            // The reason may quote the text around the fault, and that text may be a secret: only the place goes into the message.
            var at = FieldAt(text, error) is { } field ? $" (at {field})" : string.Empty;
            throw new KubeConfigException($"{file}: line {error.Line}, column {error.Column}{at}: the kubeconfig is not valid YAML.")
            {
                Remedy = "Correct the file at this place; common faults are tabs, a missing space after a colon, and a key that stands twice.",
            };
        }
    }

    /// <summary>The field that begins at a fault's place, if it is one that kubeconfigs have: any other text there may be a secret.</summary>
    private static string? FieldAt(string text, YamlTextException fault)
    {
        var line = text.Split('\n').ElementAtOrDefault((int)fault.Line - 1) ?? string.Empty;
        var start = (int)Math.Clamp(fault.Column - 1, 0, line.Length);
        var end = line.IndexOf(':', start);
        return end > start && line[start..end].Trim('"', '\'', ' ') is var name && KnownFields.Contains(name) ? name : null;
    }

    private static IEnumerable<(string Name, ConfigEntry Entry)> Named(ConfigEntry root, string list, string section)
    {
        foreach (var item in root.Entries(list))
        {
            var name = item.Text("name") ?? throw item.Error("name", "is missing");
            var body = item.Section(section)?.WithPath($"{list}['{name}'].{section}") ?? new ConfigEntry(item.File, $"{list}['{name}'].{section}", []);
            yield return (name, body);
        }
    }
}
