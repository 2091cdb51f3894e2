using System.Globalization;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Text;
using KubeFed.PowerShell.Sandboxes;
using KubeFed.Sandbox;

namespace KubeFed.PowerShell.Commands;

/// <summary>Starts Kubernetes API servers in this process's memory, a host and members, and connects to the host.</summary>
[Cmdlet(VerbsLifecycle.Start, "KubeFedSandbox", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(SandboxInfo))]
public sealed class StartKubeFedSandboxCommand : CancellableCmdlet
{
    private const int MaxMembers = 1000;

    /// <summary>How many members (3), or their names (east, west).</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string[] Member { get; set; } = ["3"];

    /// <summary>The host cluster's name.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string HostName { get; set; } = "host";

    /// <summary>The sandbox's name.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "sandbox";

    /// <summary>The Kubernetes version the servers claim, such as 1.31 or v1.24.0.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KubernetesVersion { get; set; }

    /// <summary>Where to write the kubeconfig; without it, a file in the temporary folder that goes away with the sandbox.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KubeConfig { get; set; }

    /// <summary>Replaces an existing file at -KubeConfig.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Leaves the default session as it is.</summary>
    [Parameter]
    public SwitchParameter NoConnect { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var path = KubeConfig is null
            ? Path.Combine(Path.GetTempPath(), $"kubefed-{Name}-{Environment.ProcessId}.kubeconfig")
            : GetUnresolvedProviderPathFromPSPath(KubeConfig);
        var options = OrThrow(() => Options(path));
        if (!ShouldProcess($"sandbox {Name} with {string.Join(", ", options.Clusters)}", "Start"))
        {
            return;
        }

        if (!TryWork(Name, (_, stop) => StartAsync(options, path, stop), out var running))
        {
            return;
        }

        if (!NoConnect)
        {
            var open = OrThrow(() => SessionOpener.Open(new ConnectionChoice([path], HostName, null)));
            var session = new Session(open) { Connected = TimeProvider.System.GetLocalNow().DateTime, KubernetesVersion = running.Sandbox.Host.Version };
            SessionStore.Add(session, makeDefault: true);
        }

        WriteObject(running.ToOutput(TimeProvider.System.GetUtcNow()));
    }

    private SandboxOptions Options(string path)
    {
        var members = Member is [var only] && int.TryParse(only, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count <= MaxMembers
                ? Enumerable.Range(1, count).Select(number => string.Create(CultureInfo.InvariantCulture, $"member{number}"))
                : throw new InputException("TooManyMembers", $"-Member {count}: a sandbox has at most {MaxMembers} members.", count)
            : Member;
        string[] clusters = [HostName, .. members];
        if (LabelSyntax.CheckValue(Name).Count > 0)
        {
            throw new InputException("InvalidSandbox", $"-Name '{Excerpt.Of(Name)}' can't be part of a file's name.", Name)
            {
                Remedy = "Use at most 63 letters, digits, '-', '_' and '.', with a letter or digit first and last.",
            };
        }

        SandboxRegistry.Instance.CheckNames(clusters, Name);
        if (KubeConfig is not null && !Force && File.Exists(path))
        {
            throw new InputException("FileExists", $"-KubeConfig '{path}' exists already.", path)
            {
                Remedy = "Choose another path, or replace it with -Force.",
            };
        }

        var options = new SandboxOptions { Clusters = clusters };
        return KubernetesVersion is null ? options : options with { Version = Version(KubernetesVersion) };
    }

    /// <summary>The sandbox wants <c>v1.31.0</c>; people also write <c>1.31</c>.</summary>
    private static string Version(string text)
    {
        var version = text.StartsWith('v') ? text : $"v{text}";
        return version.Count(c => c == '.') == 1 ? $"{version}.0" : version;
    }

    private async Task<RunningSandbox> StartAsync(SandboxOptions options, string path, CancellationToken stop)
    {
        Sandbox.Sandbox sandbox;
        try
        {
            sandbox = Sandbox.Sandbox.Start(options);
        }
        catch (ArgumentException error)
        {
            throw new InputException("InvalidSandbox", error.Message, Name) { Remedy = "Correct -Member, -HostName or -KubernetesVersion." };
        }

        var running = new RunningSandbox(Name, sandbox, path, KubeConfig is null, TimeProvider.System.GetUtcNow());
        await sandbox.WriteKubeconfigAsync(path, stop).ConfigureAwait(false);
        SandboxRegistry.Instance.Add(running);
        return running;
    }
}
