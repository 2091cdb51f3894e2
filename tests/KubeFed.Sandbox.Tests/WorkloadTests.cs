using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Sandbox.Tests;

public sealed class WorkloadTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static ObjectKey Key(string name) => new("default", name);

    internal static KubeObject Deployment(string name, int replicas, string image = "nginx:1", string cpu = "100m") => KubeObject.Parse($$$"""
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"{{{name}}}","namespace":"default"},
         "spec":{"replicas":{{{replicas}}},"selector":{"matchLabels":{"app":"{{{name}}}"}},
                 "template":{"metadata":{"labels":{"app":"{{{name}}}"}},
                   "spec":{"containers":[{"name":"c","image":"{{{image}}}","resources":{"requests":{"cpu":"{{{cpu}}}"} } }]} } } }
        """);

    private static SandboxFixture Small(int nodes = 2, long milliCpu = 1000) => new(new SandboxOptions
    {
        Clusters = ["host"],
        Nodes = nodes,
        NodeCapacity = new NodeCapacity { MilliCpu = milliCpu },
    });

    [Fact]
    public async Task A_deployment_becomes_ready_within_its_own_write()
    {
        await using var fixture = Small();
        await fixture.Client.CreateAsync(KnownResources.Deployments, Deployment("web", 3), WriteOptions.Default, Cancel);
        var web = await fixture.Client.GetAsync(KnownResources.Deployments, Key("web"), Cancel);
        Assert.Equal(3, (int?)web.Status!["readyReplicas"]);
        Assert.Equal(3, (int?)web.Status["updatedReplicas"]);
        Assert.Equal(1, (int?)web.Status["observedGeneration"]);
        Assert.Equal("1", web.Annotation("deployment.kubernetes.io/revision"));
        var pods = await fixture.Client.ListAsync(KnownResources.Pods, new ListQuery { FieldSelector = "status.phase=Running" }, Cancel);
        Assert.Equal(3, pods.Items.Count);
        Assert.All(pods.Items, pod => Assert.NotEmpty((string?)pod.Spec!["nodeName"] ?? ""));
    }

    [Fact]
    public async Task Pods_beyond_the_capacity_of_the_nodes_stay_unschedulable()
    {
        await using var fixture = Small(nodes: 2, milliCpu: 1000);
        await fixture.Client.CreateAsync(KnownResources.Deployments, Deployment("web", 5, cpu: "500m"), WriteOptions.Default, Cancel);
        var web = await fixture.Client.GetAsync(KnownResources.Deployments, Key("web"), Cancel);
        Assert.Equal(5, (int?)web.Status!["replicas"]);
        Assert.Equal(4, (int?)web.Status["readyReplicas"]);
        var pending = Assert.Single((await fixture.Client.ListAsync(KnownResources.Pods, new ListQuery { FieldSelector = "status.phase=Pending" }, Cancel)).Items);
        var condition = Assert.Single(pending.Status!["conditions"]!.AsArray());
        Assert.Equal("Unschedulable", (string?)condition!["reason"]);
        Assert.Equal("0/2 nodes are available: 2 Insufficient cpu.", (string?)condition["message"]);

        await fixture.Client.PatchAsync(
            KnownResources.Deployments, Key("web"), KubePatch.Merge(new JsonObject { ["spec"] = new JsonObject { ["replicas"] = 4 } }), WriteOptions.Default, Cancel);
        web = await fixture.Client.GetAsync(KnownResources.Deployments, Key("web"), Cancel);
        Assert.Equal(4, (int?)web.Status!["readyReplicas"]);
        Assert.Equal(4, (int?)web.Status["replicas"]);
    }

    [Fact]
    public async Task A_cordoned_node_takes_no_more_pods_until_it_is_uncordoned()
    {
        await using var fixture = Small(nodes: 1);
        var node = ObjectKey.ClusterScoped("host-node-1");
        JsonObject Cordon(bool on) => new() { ["spec"] = new JsonObject { ["unschedulable"] = on } };
        await fixture.Client.PatchAsync(KnownResources.Nodes, node, KubePatch.Merge(Cordon(true)), WriteOptions.Default, Cancel);
        await fixture.Client.CreateAsync(KnownResources.Deployments, Deployment("web", 1), WriteOptions.Default, Cancel);
        var web = await fixture.Client.GetAsync(KnownResources.Deployments, Key("web"), Cancel);
        Assert.Null(web.Status!["readyReplicas"]);
        await fixture.Client.PatchAsync(KnownResources.Nodes, node, KubePatch.Merge(Cordon(false)), WriteOptions.Default, Cancel);
        web = await fixture.Client.GetAsync(KnownResources.Deployments, Key("web"), Cancel);
        Assert.Equal(1, (int?)web.Status!["readyReplicas"]);
    }

    [Fact]
    public async Task A_new_template_rolls_out_and_leaves_the_old_replica_set_empty()
    {
        await using var fixture = Small();
        await fixture.Client.CreateAsync(KnownResources.Deployments, Deployment("web", 4), WriteOptions.Default, Cancel);
        var options = new WriteOptions { FieldManager = "test", Force = true };
        await fixture.Client.ApplyAsync(KnownResources.Deployments, Deployment("web", 4, image: "nginx:2"), options, Cancel);
        var web = await fixture.Client.GetAsync(KnownResources.Deployments, Key("web"), Cancel);
        Assert.Equal(4, (int?)web.Status!["updatedReplicas"]);
        Assert.Equal(4, (int?)web.Status["replicas"]);
        Assert.Equal("2", web.Annotation("deployment.kubernetes.io/revision"));
        var sets = await fixture.Client.ListAsync(KnownResources.ReplicaSets, new ListQuery(), Cancel);
        Assert.Equal([0, 4], sets.Items.Select(set => (int)set.Spec!["replicas"]!).Order());
        var pods = await fixture.Client.ListAsync(KnownResources.Pods, new ListQuery(), Cancel);
        Assert.All(pods.Items, pod => Assert.Equal("nginx:2", (string?)pod.Spec!["containers"]![0]!["image"]));
    }

    [Fact]
    public async Task Deleting_a_deployment_takes_its_replica_sets_and_pods_along()
    {
        await using var fixture = Small();
        await fixture.Client.CreateAsync(KnownResources.Deployments, Deployment("web", 2), WriteOptions.Default, Cancel);
        await fixture.Client.DeleteAsync(KnownResources.Deployments, Key("web"), DeleteOptions.Default, Cancel);
        Assert.Empty((await fixture.Client.ListAsync(KnownResources.ReplicaSets, new ListQuery(), Cancel)).Items);
        Assert.Empty((await fixture.Client.ListAsync(KnownResources.Pods, new ListQuery(), Cancel)).Items);
    }

    [Fact]
    public async Task A_deleted_pod_is_replaced()
    {
        await using var fixture = Small();
        await fixture.Client.CreateAsync(KnownResources.Deployments, Deployment("web", 1), WriteOptions.Default, Cancel);
        var pod = Assert.Single((await fixture.Client.ListAsync(KnownResources.Pods, new ListQuery(), Cancel)).Items);
        await fixture.Client.DeleteAsync(KnownResources.Pods, pod.Key, DeleteOptions.Default, Cancel);
        var next = Assert.Single((await fixture.Client.ListAsync(KnownResources.Pods, new ListQuery(), Cancel)).Items);
        Assert.NotEqual(pod.Uid, next.Uid);
    }

    [Fact]
    public async Task A_job_completes()
    {
        await using var fixture = Small();
        var job = KubeObject.Parse("""
            {"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"j","namespace":"default"},
             "spec":{"completions":3,"parallelism":2,"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"busybox:1"}]}}}}
            """);
        await fixture.Client.CreateAsync(KnownResources.Jobs, job, WriteOptions.Default, Cancel);
        var done = await fixture.Client.GetAsync(KnownResources.Jobs, Key("j"), Cancel);
        Assert.Equal(3, (int?)done.Status!["succeeded"]);
        Assert.Equal("Complete", (string?)done.Status["conditions"]![0]!["type"]);
    }

    [Fact]
    public async Task A_load_balancer_service_gets_an_address()
    {
        await using var fixture = Small();
        var service = KubeObject.Parse("""
            {"apiVersion":"v1","kind":"Service","metadata":{"name":"s","namespace":"default"},"spec":{"type":"LoadBalancer","ports":[{"port":80}]}}
            """);
        await fixture.Client.CreateAsync(KnownResources.Services, service, WriteOptions.Default, Cancel);
        var ready = await fixture.Client.GetAsync(KnownResources.Services, Key("s"), Cancel);
        Assert.StartsWith("203.0.113.", (string?)ready.Status!["loadBalancer"]!["ingress"]![0]!["ip"], StringComparison.Ordinal);
        Assert.InRange((int)ready.Spec!["ports"]![0]!["nodePort"]!, 30000, 32767);
    }

    [Fact]
    public async Task Stateful_and_daemon_sets_get_their_pods()
    {
        await using var fixture = Small(nodes: 3);
        var template = """{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"a:1"}]}}""";
        fixture.Cluster.Seed(KubeObject.Parse($$$"""
            {"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"db","namespace":"default"},
             "spec":{"replicas":2,"serviceName":"db","selector":{"matchLabels":{"app":"x"}},"template":{{{template}}} } }
            """));
        fixture.Cluster.Seed(KubeObject.Parse($$$"""
            {"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"agent","namespace":"default"},
             "spec":{"selector":{"matchLabels":{"app":"x"}},"template":{{{template}}} } }
            """));
        var pods = await fixture.Client.ListAsync(KnownResources.Pods, new ListQuery { FieldSelector = "status.phase=Running" }, Cancel);
        Assert.Equal(2, pods.Items.Count(pod => pod.Name is "db-0" or "db-1"));
        Assert.Equal(3, pods.Items.Where(pod => pod.Name.StartsWith("agent-", StringComparison.Ordinal)).Select(pod => (string?)pod.Spec!["nodeName"]).Distinct().Count());
    }

    [Fact]
    public async Task Without_simulation_workloads_stay_as_written()
    {
        await using var fixture = new SandboxFixture(new SandboxOptions { Clusters = ["host"], SimulateWorkloads = false });
        await fixture.Client.CreateAsync(KnownResources.Deployments, Deployment("web", 1), WriteOptions.Default, Cancel);
        Assert.Empty((await fixture.Client.ListAsync(KnownResources.ReplicaSets, new ListQuery(), Cancel)).Items);
    }
}
