using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.ControlPlane;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Recording;
using KubeFed.Engine.Types;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.TestSupport.Transport;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>
/// A second federation beside a <see cref="FederationBed"/>'s own: its host is one of the bed's clusters, its only member another one that both share.
/// </summary>
internal sealed class Rival : IDisposable
{
    private readonly FederationBed _bed;
    private readonly string _host;

    private Rival(FederationBed bed, string host)
    {
        (_bed, _host) = (bed, host);
        Federation = new Federation(new FederationOptions
        {
            Host = bed.Clients.Create(bed.Sandbox.Clusters.Single(c => c.Name == host).Settings),
            HostName = host,
            Clients = bed.Clients,
        });
    }

    public Federation Federation { get; }

    /// <summary>Installed on <paramref name="host"/>, with <paramref name="member"/> joined, and ns1 federated and synchronised there.</summary>
    public static async Task<Rival> StartAsync(FederationBed bed, string host, string member)
    {
        var rival = new Rival(bed, host);
        await rival.Federation.ControlPlane.InstallAsync(new InstallRequest(), bed, default);
        var shared = bed.Sandbox.Clusters.Single(c => c.Name == member);
        await rival.Federation.Clusters.JoinAsync(new JoinRequest { Name = member, Member = shared.Settings }, bed, default);
        foreach (var type in (string[])["namespaces", "configmaps"])
        {
            await rival.Federation.Types.EnableAsync(new EnableRequest { Name = type }, bed, default);
        }

        if (await bed.CopyAsync(host, KnownResources.Namespaces, "ns1") is null)
        {
            var ns1 = KubeObject.Create(KnownResources.Namespaces, ObjectKey.ClusterScoped("ns1"));
            await bed.Admin(host).CreateAsync(KnownResources.Namespaces, ns1, new WriteOptions { FieldManager = "user" }, default);
        }

        return rival;
    }

    public async Task DeclareAsync(string typeName, string name, string spec)
    {
        var type = await Federation.Types.ResolveAsync(typeName, default);
        var value = KubeObject.Create(type.Federated, new ObjectKey("ns1", name));
        value.Json["spec"] = Make.Json(spec);
        await _bed.Admin(_host).CreateAsync(type.Federated, value, new WriteOptions { FieldManager = "user" }, default);
    }

    public async Task DeleteAsync(string typeName, string name)
    {
        var type = await Federation.Types.ResolveAsync(typeName, default);
        await _bed.Admin(_host).DeleteAsync(type.Federated, new ObjectKey("ns1", name), DeleteOptions.Default, default);
    }

    public async Task<KubeObject?> FederatedAsync(string typeName, string name)
    {
        var type = await Federation.Types.ResolveAsync(typeName, default);
        return await _bed.Admin(_host).FindAsync(type.Federated, new ObjectKey("ns1", name), default);
    }

    public async Task<ClusterRecord?> RecordAsync(string typeName, string name, string cluster) =>
        PropagationStatus.Read((await FederatedAsync(typeName, name))!).Find(cluster);

    public async Task<IReadOnlyList<SyncOutcome>> SyncAsync(SyncRequest? request = null)
    {
        var outcomes = new List<SyncOutcome>();
        await foreach (var outcome in Federation.Sync.RunAsync(request ?? new SyncRequest(), _bed, default))
        {
            outcomes.Add(outcome);
        }

        return outcomes;
    }

    public void Dispose() => Federation.Dispose();
}
