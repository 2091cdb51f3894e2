using KubeFed.Engine.Scheduling.State;
using KubeFed.Engine.Tests.Fakes;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Scheduling;

/// <summary>P-87: where types keep their replicas.</summary>
public class ScaleShapeTests
{
    [Theory]
    [InlineData("apps", "deployments", "/spec/replicas")]
    [InlineData("apps", "replicasets", "/spec/replicas")]
    [InlineData("apps", "statefulsets", "/spec/replicas")]
    [InlineData("", "replicationcontrollers", "/spec/replicas")]
    [InlineData("batch", "jobs", "/spec/parallelism")]
    [InlineData("", "configmaps", null)]
    [InlineData("apps", "daemonsets", null)]
    [InlineData("networking.k8s.io", "ingresses", null)]
    public async Task Built_in_types_are_known(string group, string plural, string? path)
    {
        using var host = new FakeCluster("host");

        var shape = await ScaleShape.FindAsync(host, new ApiResource(group, "v1", "X", plural, Namespaced: true), TestContext.Current.CancellationToken);

        Assert.Equal(path, shape?.ReplicasPath);
    }

    [Fact]
    public void A_definition_says_where_each_of_its_versions_keeps_them()
    {
        var definition = KubeObject.Parse("""
            {"spec":{"versions":[{"name":"v1","subresources":{"scale":{"specReplicasPath":".spec.pool.size","statusReplicasPath":".status.up","labelSelectorPath":".status.selector"}}},
             {"name":"v2","subresources":{"status":{}}}]}}
            """);

        var shape = ScaleShape.OfDefinition(definition, "v1")!;

        Assert.Equal(("/spec/pool/size", "/status/readyReplicas /status/up", "/status/selector"), (shape.ReplicasPath, string.Join(' ', shape.ReadyPaths), shape.SelectorPath));
        Assert.Null(ScaleShape.OfDefinition(definition, "v2"));
        Assert.Null(ScaleShape.OfDefinition(definition, "v3"));
    }
}
