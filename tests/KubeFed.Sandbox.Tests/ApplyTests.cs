using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Sandbox.Tests;

public sealed class ApplyTests
{
    private static readonly WriteOptions Owner = new() { FieldManager = "kubefed", Force = true };

    [Fact]
    public async Task Leaving_all_metadata_out_of_an_apply_takes_the_applied_labels_and_nothing_else()
    {
        await using var fixture = new SandboxFixture();
        var cancel = TestContext.Current.CancellationToken;
        var map = KubeObject.Create(KnownResources.ConfigMaps, new ObjectKey("default", "m"));
        map.SetLabel("a", "b").SetAnnotation("c", "d");
        map.Json["data"] = new JsonObject { ["k"] = "v" };
        var first = await fixture.Client.ApplyAsync(KnownResources.ConfigMaps, map, Owner, cancel);
        var less = await fixture.Client.ApplyAsync(KnownResources.ConfigMaps, KubeObject.Create(KnownResources.ConfigMaps, map.Key), Owner, cancel);
        Assert.Empty(less.Labels);
        Assert.Empty(less.Annotations);
        Assert.False(less.Json.ContainsKey("data"));
        Assert.Equal(first.Uid, less.Uid);
    }
}
