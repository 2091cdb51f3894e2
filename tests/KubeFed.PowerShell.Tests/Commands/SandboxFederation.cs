using System.Text.Json.Nodes;
using KubeFed.Engine.ControlPlane;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Objects;
using KubeFed.PowerShell.Running;
using KubeFed.PowerShell.Sessions;
using KubeFed.PowerShell.Tests.Running;
using KubeFed.Sandbox;

namespace KubeFed.PowerShell.Tests.Commands;

/// <summary>A federation of three members in memory, and a session into it, as a cmdlet would have them.</summary>
internal sealed class SandboxFederation : IAsyncDisposable
{
    private readonly Sandbox.Sandbox _sandbox = Sandbox.Sandbox.Start(new SandboxOptions { Clusters = ["host", "member1", "member2", "member3"] });

    private SandboxFederation()
    {
        Session = new OpenSession(new Contexts(_sandbox), _sandbox.Settings("host"), new KubeClientFactory([_sandbox.Transport]), "kube-federation-system");
    }

    public OpenSession Session { get; }

    public ListSink Sink { get; private set; } = new();

    public Operation Operation => new(Session, Sink, TestContext.Current.CancellationToken);

    public long Writes => _sandbox.Clusters.Sum(cluster => cluster.Writes);

    public static async Task<SandboxFederation> StartAsync()
    {
        var made = new SandboxFederation();
        var stop = TestContext.Current.CancellationToken;
        var federation = made.Session.Federation;
        await federation.ControlPlane.InstallAsync(new InstallRequest(), made.Sink, stop);
        foreach (var member in made._sandbox.Members)
        {
            await federation.Clusters.JoinAsync(new JoinRequest { Name = member.Name, Member = made._sandbox.Settings(member.Name) }, made.Sink, stop);
        }

        foreach (var type in new[] { "namespaces", "configmaps" })
        {
            await federation.Types.EnableAsync(new EnableRequest { Name = type }, made.Sink, stop);
        }

        made._sandbox.Host.Seed(KubeObject.Create(KnownResources.Namespaces, ObjectKey.ClusterScoped("demo")));
        await made.DeclareAsync("namespaces", "demo", PlacementSpec.All);
        return made;
    }

    public async Task DeclareAsync(string typeName, string name, PlacementSpec placement, params OverrideEntry[] overrides)
    {
        var stop = TestContext.Current.CancellationToken;
        var type = await Session.Federation.Types.ResolveAsync(typeName, stop);
        var draft = Session.Federation.Resources.Draft(new NewFederatedResource
        {
            Type = type,
            Key = new ObjectKey("demo", name),
            Template = type.IsNamespaceType ? [] : new JsonObject { ["data"] = new JsonObject { ["a"] = "1" } },
            Placement = placement,
            Overrides = overrides,
        });
        await Session.Federation.Resources.CreateAsync(draft, dryRun: false, stop);
    }

    /// <summary>Forgets what was yielded so far.</summary>
    public void Clear() => Sink = new ListSink();

    public async ValueTask DisposeAsync()
    {
        Session.Dispose();
        await _sandbox.DisposeAsync();
    }

    private sealed class Contexts(Sandbox.Sandbox sandbox) : IContextSource
    {
        public IReadOnlyList<string> Files => [];

        public IReadOnlyList<string> Names => [.. sandbox.Clusters.Select(cluster => cluster.Name)];

        public ConnectionSettings Find(string? context) => sandbox.Settings(context ?? "host");
    }
}
