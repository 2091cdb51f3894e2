using System.Runtime.Loader;

namespace KubeFed.PowerShell.Loading;

/// <summary>Runs when PowerShell imports or removes the module. Until <see cref="OnImport"/> has run, nothing here may touch a type of the engine.</summary>
public sealed class ModuleLifetime : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    private static readonly Lock s_gate = new();
    private static DependencyLoadContext? s_dependencies;

    /// <summary>Makes the engine loadable. A second import finds it done: load contexts of this kind live as long as the process.</summary>
    public void OnImport()
    {
        lock (s_gate)
        {
            if (s_dependencies is not null)
            {
                return;
            }

            var folder = Path.Combine(Path.GetDirectoryName(typeof(ModuleLifetime).Assembly.Location) ?? ".", "Dependencies");
            s_dependencies = new DependencyLoadContext(folder);
            AssemblyLoadContext.Default.Resolving += s_dependencies.Resolve;
        }
    }

    /// <summary>Closes this runspace's sessions. Sandboxes stay: their kubeconfigs lead to them again after another import.</summary>
    public void OnRemove(PSModuleInfo psModuleInfo) => SessionStore.CloseCurrent();
}
