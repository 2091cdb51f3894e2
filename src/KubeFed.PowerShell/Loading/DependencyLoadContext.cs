using System.Reflection;
using System.Runtime.Loader;

namespace KubeFed.PowerShell.Loading;

/// <summary>
/// Where the engine and its libraries live: a load context of this module's own, so that another module's SharpYaml, or a later one of ours, cannot meet
/// this one. Everything in the folder is served from it; anything else (the framework, PowerShell) comes from the default context.
/// </summary>
internal sealed class DependencyLoadContext(string folder) : AssemblyLoadContext("KubeFed")
{
    private const string OwnPrefix = "KubeFed.";

    /// <summary>
    /// Serves the default context's misses. The runtime does not say who asks, so only our own names are answered: whoever asks for one of those means us.
    /// </summary>
    public Assembly? Resolve(AssemblyLoadContext defaultContext, AssemblyName name) =>
        name.Name is { } simple && simple.StartsWith(OwnPrefix, StringComparison.Ordinal) ? Load(name) : null;

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        var path = Path.Combine(folder, assemblyName.Name + ".dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }
}
