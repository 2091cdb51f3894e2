using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Sandbox.Tests;

public sealed class ObjectsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static KubeObject ConfigMap(string name, string key = "a", string value = "1")
    {
        var map = KubeObject.Create(KnownResources.ConfigMaps, new ObjectKey("default", name));
        map.Json["data"] = new JsonObject { [key] = value };
        return map;
    }

    [Fact]
    public async Task An_object_can_be_created_read_changed_and_deleted()
    {
        await using var fixture = new SandboxFixture();
        var client = fixture.Client;
        var created = await client.CreateAsync(KnownResources.ConfigMaps, ConfigMap("m"), WriteOptions.Default, Cancel);
        Assert.NotEmpty(created.Uid);
        Assert.NotEmpty(created.ResourceVersion);

        created.Json["data"]!["a"] = "2";
        var replaced = await client.ReplaceAsync(KnownResources.ConfigMaps, created, WriteOptions.Default, Cancel);
        Assert.NotEqual(created.ResourceVersion, replaced.ResourceVersion);
        Assert.Equal("2", (string?)(await client.GetAsync(KnownResources.ConfigMaps, created.Key, Cancel)).Json["data"]!["a"]);

        await client.DeleteAsync(KnownResources.ConfigMaps, created.Key, DeleteOptions.Default, Cancel);
        Assert.Null(await client.FindAsync(KnownResources.ConfigMaps, created.Key, Cancel));
    }

    [Fact]
    public async Task A_stale_replace_is_refused_as_a_conflict()
    {
        await using var fixture = new SandboxFixture();
        var created = await fixture.Client.CreateAsync(KnownResources.ConfigMaps, ConfigMap("m"), WriteOptions.Default, Cancel);
        var changed = created.Clone();
        changed.Json["data"]!["a"] = "2";
        await fixture.Client.ReplaceAsync(KnownResources.ConfigMaps, changed, WriteOptions.Default, Cancel);
        var error = await Assert.ThrowsAsync<KubeApiException>(
            () => fixture.Client.ReplaceAsync(KnownResources.ConfigMaps, created, WriteOptions.Default, Cancel));
        Assert.True(error.IsConflict);
        Assert.Equal(
            "Operation cannot be fulfilled on configmaps \"m\": the object has been modified; please apply your changes to the latest version and try again",
            error.Status.Message);
    }

    [Fact]
    public async Task Applying_the_same_twice_writes_once()
    {
        await using var fixture = new SandboxFixture();
        var options = new WriteOptions { FieldManager = "kubefed", Force = true };
        var first = await fixture.Client.ApplyAsync(KnownResources.ConfigMaps, ConfigMap("m"), options, Cancel);
        var second = await fixture.Client.ApplyAsync(KnownResources.ConfigMaps, ConfigMap("m"), options, Cancel);
        Assert.Equal(first.ResourceVersion, second.ResourceVersion);
    }

    [Fact]
    public async Task A_deployment_is_defaulted_and_counted()
    {
        await using var fixture = new SandboxFixture();
        var deployment = KubeObject.Parse("""
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"default"},
             "spec":{"selector":{"matchLabels":{"app":"web"}},
                     "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}}}}
            """);
        var created = await fixture.Client.CreateAsync(KnownResources.Deployments, deployment, WriteOptions.Default, Cancel);
        Assert.Equal(1, created.Generation);
        Assert.Equal(1, (int?)created.Spec!["replicas"]);
        Assert.Equal("25%", (string?)created.Spec["strategy"]!["rollingUpdate"]!["maxSurge"]);
        Assert.Equal("Always", (string?)created.Spec["template"]!["spec"]!["containers"]![0]!["imagePullPolicy"]);
    }

    [Fact]
    public async Task A_service_account_token_secret_is_filled_and_its_token_speaks_for_the_account()
    {
        await using var fixture = new SandboxFixture();
        await fixture.Client.CreateAsync(
            KnownResources.ServiceAccounts, KubeObject.Create(KnownResources.ServiceAccounts, new ObjectKey("default", "robot")), WriteOptions.Default, Cancel);
        var secret = KubeObject.Parse("""
            {"apiVersion":"v1","kind":"Secret","type":"kubernetes.io/service-account-token",
             "metadata":{"name":"robot-token","namespace":"default","annotations":{"kubernetes.io/service-account.name":"robot"}}}
            """);
        await fixture.Client.CreateAsync(KnownResources.Secrets, secret, WriteOptions.Default, Cancel);
        var filled = await fixture.Client.GetAsync(KnownResources.Secrets, secret.Key, Cancel);
        var token = System.Text.Encoding.UTF8.GetString(Convert.FromBase64String((string)filled.Json["data"]!["token"]!));

        using var robot = fixture.ClientWith(token);
        var error = await Assert.ThrowsAsync<KubeApiException>(() => robot.ListAsync(KnownResources.Secrets, new ListQuery { Namespace = "default" }, Cancel));
        Assert.Equal(
            "secrets is forbidden: User \"system:serviceaccount:default:robot\" cannot list resource \"secrets\" in API group \"\" in the namespace \"default\"",
            error.Status.Message);
    }

    [Fact]
    public async Task A_custom_resource_is_served_as_soon_as_its_definition_is_created()
    {
        await using var fixture = new SandboxFixture();
        var crd = KubeObject.Parse("""
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"gadgets.example.io"},
             "spec":{"group":"example.io","scope":"Namespaced","names":{"plural":"gadgets","kind":"Gadget","shortNames":["gd"]},
                     "versions":[{"name":"v1","served":true,"storage":true,"subresources":{"status":{}},
                       "schema":{"openAPIV3Schema":{"type":"object","properties":{
                         "spec":{"type":"object","properties":{"size":{"type":"integer"}}},
                         "status":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}}}]}}
            """);
        await fixture.Client.CreateAsync(KnownResources.CustomResourceDefinitions, crd, WriteOptions.Default, Cancel);
        var gadgets = await fixture.Client.Discovery.ResolveAsync("gd", null, Cancel);
        Assert.Equal("gadgets", gadgets.Plural);
        var value = KubeObject.Create(gadgets, new ObjectKey("default", "g"));
        value.Json["spec"] = new JsonObject { ["size"] = 3, ["unknown"] = true };
        var created = await fixture.Client.CreateAsync(gadgets, value, WriteOptions.Default, Cancel);
        Assert.Equal("""{"size":3}""", created.Spec!.ToJsonString());
        Assert.Single((await fixture.Client.ListAsync(gadgets, new ListQuery(), Cancel)).Items);
    }

    [Fact]
    public async Task A_watch_tells_of_changes_as_they_happen()
    {
        await using var fixture = new SandboxFixture();
        var list = await fixture.Client.ListAsync(KnownResources.ConfigMaps, new ListQuery { Namespace = "default" }, Cancel);
        await using var events = fixture.Client.WatchAsync(KnownResources.ConfigMaps, new ListQuery { Namespace = "default" }, list.ResourceVersion, Cancel)
            .GetAsyncEnumerator(Cancel);
        await fixture.Client.CreateAsync(KnownResources.ConfigMaps, ConfigMap("m"), WriteOptions.Default, Cancel);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(WatchEventType.Added, events.Current.Type);
        await fixture.Client.DeleteAsync(KnownResources.ConfigMaps, new ObjectKey("default", "m"), DeleteOptions.Default, Cancel);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(WatchEventType.Deleted, events.Current.Type);
    }
}
