using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.Scheduling;
using KubeFed.Engine.Tests.Fakes;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Scheduling;

/// <summary>A federation with workloads in it: federated objects on the host, and members whose pods behave.</summary>
public sealed class SchedulingFleet : IDisposable
{
    public static readonly ObjectKey Web = new("shop", "web");

    private readonly Clock _clock = new();

    public SchedulingFleet(params string[] members)
    {
        Fleet = new FakeFleet(time: _clock).Installed();
        Host.Served.Add(CoreResources.ReplicaSchedulingPreferences);
        Host.Put(KnownResources.Namespaces, ObjectKey.ClusterScoped("shop"));
        Enable("namespaces", "", "Namespace", "namespaces");
        Enable("deployments.apps", "apps", "Deployment", "deployments");
        Federated("Namespace", "namespaces", new ObjectKey("shop", "shop"), """{"placement":{"clusterSelector":{}}}""");
        Federated("Deployment", "deployments", Web, """{"template":{"spec":{"replicas":1}}}""");
        foreach (var member in members)
        {
            Join(member);
        }
    }

    public FakeFleet Fleet { get; }

    public FakeCluster Host => Fleet.Host;

    public Scheduler Scheduler => Fleet.Federation.Scheduling;

    public DateTimeOffset Now => _clock.GetUtcNow();

    public static ApiResource FederatedResource(string kind, string plural) =>
        new(KubeFedNames.TypesGroup, "v1beta1", $"Federated{kind}", $"federated{plural}", Namespaced: true);

    public void Advance(TimeSpan time) => _clock.Advance(time);

    public FakeCluster Join(string name, string labels = "{}")
    {
        var member = Fleet.Registered(name);
        Host.Put(CoreResources.KubeFedClusters, FakeFleet.System(name), $$$"""
            {"metadata":{"labels":{{{labels}}} },"spec":{"apiEndpoint":"{{{member.Settings.Server}}}","secretRef":{"name":"{{{name}}}-secret"} } }
            """);
        return member;
    }

    public void Enable(string name, string group, string kind, string plural) => Host.Put(CoreResources.FederatedTypeConfigs, FakeFleet.System(name), $$"""
        {"spec":{"targetType":{"group":"{{group}}","version":"v1","kind":"{{kind}}","pluralName":"{{plural}}","scope":"{{(kind == "Namespace" ? "Cluster" : "Namespaced")}}"},
         "propagation":"Enabled",
         "federatedType":{"group":"types.kubefed.io","version":"v1beta1","kind":"Federated{{kind}}","pluralName":"federated{{plural}}","scope":"Namespaced"} } }
        """);

    public void Federated(string kind, string plural, ObjectKey key, string spec) =>
        Host.Put(FederatedResource(kind, plural), key, $$"""{"spec":{{spec}}}""");

    /// <summary>Stores a preference for <see cref="Web"/> as a user's manifest would.</summary>
    public void Prefer(string spec, SchedulingMode mode = SchedulingMode.Compatible)
    {
        Host.Remove(CoreResources.ReplicaSchedulingPreferences, Web.Name, Web.Namespace);
        Host.Put(CoreResources.ReplicaSchedulingPreferences, Web, $$"""{"spec":{{spec}},"metadata":{"generation":1} }""");
        if (mode != SchedulingMode.Compatible)
        {
            Host.Put(CoreResources.ReplicaSchedulingPreferences, Web, $$"""
                {"spec":{{spec}},"metadata":{"generation":1,"annotations":{"scheduling.kubefed.io/mode":"{{mode}}"} } }
                """);
        }
    }

    public Task<SchedulingDecision> Apply() => Scheduler.ApplyAsync(Web, TestContext.Current.CancellationToken);

    /// <summary>Placement and overrides of a federated object: <c>c1=2 c2=1</c>; a cluster placed without override shows as <c>c1=?</c>.</summary>
    public string Written(string kind = "Deployment", string plural = "deployments", string path = "/spec/replicas")
    {
        var resource = Read(kind, plural);
        var replicas = ReplicaWriteBack.Read(resource, path);
        return string.Join(' ', (resource.PlacementClusters ?? []).Select(name => $"{name}={(replicas.TryGetValue(name, out var value) ? value : "?")}"));
    }

    public FederatedResource Read(string kind = "Deployment", string plural = "deployments")
    {
        var federated = FederatedResource(kind, plural);
        var target = new ApiResource("apps", "v1", kind, plural, Namespaced: true);
        var stored = Host.Peek(federated, Web.Name, Web.Namespace)!;
        return new(new() { Name = plural, Target = target, Federated = federated, Source = stored }, stored);
    }

    public JsonObject Status() => Host.Peek(CoreResources.ReplicaSchedulingPreferences, Web.Name, Web.Namespace)!.Status!;

    public JsonObject Condition() => Status()["conditions"]![0]!.AsObject();

    /// <summary>Puts a managed Deployment into a member.</summary>
    public void Running(string member, int replicas, int ready, string managed = "true") =>
        Fleet[member].Put(KnownResources.Deployments, Web, $$$"""
            {"metadata":{"labels":{"kubefed.io/managed":"{{{managed}}}"} },
             "spec":{"replicas":{{{replicas}}},"selector":{"matchLabels":{"app":"web"}},"template":{"spec":{"containers":[{"name":"c","resources":{"requests":{"cpu":"1"} } }] } } },
             "status":{"readyReplicas":{{{ready}}} } }
            """);

    public void Pod(string member, string name, string status, string node = "", string labels = """{"app":"web"}""") =>
        Fleet[member].Put(KnownResources.Pods, new ObjectKey(Web.Namespace, name), $$$"""
            {"metadata":{"labels":{{{labels}}} },"spec":{"nodeName":"{{{node}}}","containers":[{"name":"c","resources":{"requests":{"cpu":"1"} } }] },"status":{{{status}}} }
            """);

    public string Waiting(TimeSpan age) =>
        $$"""{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable","lastTransitionTime":"{{(Now - age).UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}}"}]}""";

    public void Lose(string member) => Fleet[member].Fault = request => new Kubernetes.Client.KubeConnectionException(
        member, Kubernetes.Client.ConnectionFailure.Unreachable, $"no answer to {request}");

    public void Return(string member) => Fleet[member].Fault = _ => null;

    public void Dispose() => Fleet.Dispose();

    private sealed class Clock : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => _now;

        public void Advance(TimeSpan time) => _now += time;
    }
}
