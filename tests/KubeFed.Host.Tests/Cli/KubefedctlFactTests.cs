using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Yaml;

namespace KubeFed.Host.Tests.Cli;

/// <summary>Single facts of kubefedctl's behaviour that scripts may rest on, each by its id.</summary>
public sealed class KubefedctlFactTests
{
    private static readonly ApiResource s_federatedConfigMaps =
        new(KubeFedNames.TypesGroup, KubeFedNames.TypesVersion, "FederatedConfigMap", "federatedconfigmaps", Namespaced: true);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task K_1_An_error_is_one_line_and_its_remedy_and_no_stack()
    {
        await using var bench = await Bench.StartAsync();

        var run = await bench.RunAsync("federate", "configmaps", "nowhere", "-n", "default");

        Assert.Equal(1, run.ExitCode);
        Assert.Empty(run.Out);
        Assert.Equal(2, run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.StartsWith("Error: ", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task K_2_Without_flags_KUBECONFIG_and_its_current_context_choose_the_host()
    {
        await using var bench = await Bench.StartAsync();
        using var output = new StringWriter { NewLine = "\n" };
        var environment = new Host.Cli.HostEnvironment
        {
            Out = output,
            Error = output,
            In = TextReader.Null,
            Transports = [bench.Sandbox.Transport],
            Variable = name => name == "KUBECONFIG" ? bench.KubeConfig : null,
        };

        Assert.Equal(0, await Host.Cli.KubefedCommandLine.RunAsync(["enable", "configmaps"], environment, Token));

        Assert.NotNull(await bench.Host.FindAsync(
            CoreResources.FederatedTypeConfigs, new ObjectKey(KubeFedNames.DefaultSystemNamespace, "configmaps"), Token));
    }

    [Fact]
    public async Task K_36_A_federated_group_of_ones_own_gets_user_roles_of_its_own()
    {
        await using var bench = await Bench.StartAsync();

        await bench.OkAsync("enable", "configmaps", "--federated-group", "types.example.io");

        var role = await bench.Host.GetAsync(KnownResources.ClusterRoles, ObjectKey.ClusterScoped("kubefed-edit:types.example.io"), Token);
        Assert.Equal("true", role.Labels["rbac.authorization.k8s.io/aggregate-to-edit"]);
        Assert.Equal("[\"types.example.io\"]", role.Json["rules"]![0]!["apiGroups"]!.ToJsonString());
    }

    [Fact]
    public async Task K_50_With_yaml_output_a_host_without_KubeFed_will_do()
    {
        await using var bench = await Bench.StartAsync();
        await SeedAsync(bench);
        await bench.Host.DeleteAsync(
            CoreResources.KubeFedConfigs, new ObjectKey(KubeFedNames.DefaultSystemNamespace, "kubefed"), new DeleteOptions(), Token);

        var federated = await bench.OkAsync("federate", "configmaps", "settings", "-n", "shop", "-o", "yaml");
        Assert.Equal("FederatedConfigMap", Assert.Single(YamlText.ParseAll(federated.Out))["kind"]!.ToString());

        // cli.md section 4 step 1: enabling so needs discovery and nothing else.
        var enabled = await bench.OkAsync("enable", "configmaps", "-o", "yaml");
        Assert.Equal(["FederatedTypeConfig", "CustomResourceDefinition"], YamlText.ParseAll(enabled.Out).Select(document => document["kind"]!.ToString()));
        Assert.Equal(1, (await bench.RunAsync("enable", "configmaps")).ExitCode);
    }

    [Fact]
    public async Task K_51_The_namespace_is_the_contexts_and_means_nothing_to_cluster_scoped_types()
    {
        await using var bench = await Bench.StartAsync();
        var map = KubeObject.Create(KnownResources.ConfigMaps, new ObjectKey("default", "here"));
        await bench.Host.CreateAsync(KnownResources.ConfigMaps, map, WriteOptions.Default, Token);

        await bench.OkAsync("federate", "configmaps", "here", "-t");
        await bench.OkAsync("federate", "namespaces", "default", "-n", "elsewhere", "-t");

        Assert.NotNull(await bench.Host.FindAsync(s_federatedConfigMaps, new ObjectKey("default", "here"), Token));
    }

    [Fact]
    public async Task K_58_K_59_P_124_Contents_leave_out_what_nobody_made_with_a_warning_and_names_that_cannot_be_kept_with_an_error()
    {
        await using var bench = await Bench.StartAsync();
        await SeedAsync(bench);
        var settings = await bench.Host.GetAsync(KnownResources.ConfigMaps, new ObjectKey("shop", "settings"), Token);
        await PutAsync(bench, KnownResources.ConfigMaps, "owned",
            $$$"""{"metadata":{"ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"settings","uid":"{{{settings.Uid}}}","controller":true}]}}""");
        await PutAsync(bench, KnownResources.ClusterRoles with { Kind = "Role", Plural = "roles", Namespaced = true }, "With:Colon", """{"rules":[]}""");

        var run = await bench.RunAsync("federate", "namespaces", "shop", "-c", "-t");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Warning: ConfigMap owned is skipped: ConfigMap settings controls it", run.Error, StringComparison.Ordinal);
        Assert.Contains("Warning: ServiceAccount default is skipped: every namespace has one", run.Error, StringComparison.Ordinal);
        Assert.Contains("Error: FederatedRole shop/With:Colon is not valid: metadata.name", run.Error, StringComparison.Ordinal);
        Assert.NotNull(await bench.Host.FindAsync(s_federatedConfigMaps, new ObjectKey("shop", "settings"), Token));
        Assert.Null(await bench.Host.FindAsync(s_federatedConfigMaps, new ObjectKey("shop", "owned"), Token));
    }

    [Fact]
    public async Task K_60_A_contained_type_that_is_not_enabled_is_an_error_before_anything_is_created()
    {
        await using var bench = await Bench.StartAsync();
        await SeedAsync(bench);
        await bench.OkAsync("enable", "namespaces");
        var before = bench.Sandbox.Host.ResourceVersion;

        var run = await bench.RunAsync("federate", "namespaces", "shop", "--contents");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("configmaps", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, bench.Sandbox.Host.ResourceVersion);
    }

    [Fact]
    public async Task K_61_What_is_federated_already_is_told_and_types_without_objects_are_passed_over()
    {
        await using var bench = await Bench.StartAsync();
        await SeedAsync(bench);
        await bench.OkAsync("federate", "namespaces", "shop", "-t");

        var run = await bench.OkAsync("federate", "namespaces", "shop", "-c", "-t");

        Assert.Contains("Namespace shop is skipped: it is federated already", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("deployments", run.Out, StringComparison.Ordinal);
        Assert.NotNull(await bench.Host.FindAsync(s_federatedConfigMaps, new ObjectKey("shop", "settings"), Token));
    }

    [Fact]
    public async Task P_124_An_object_the_host_refuses_is_told_and_does_not_end_the_rest()
    {
        await using var bench = await Bench.StartAsync();
        await SeedAsync(bench);
        await PutAsync(bench, KnownResources.ConfigMaps, "zebra", """{"binaryData":{"a":"AAAA"}}""");
        await bench.OkAsync("enable", "configmaps");
        await bench.Host.PatchAsync(
            KnownResources.CustomResourceDefinitions,
            ObjectKey.ClusterScoped("federatedconfigmaps.types.kubefed.io"),
            KubePatch.JsonPatch(JsonNode.Parse(
                """
                [{"op":"add","path":"/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/template/required","value":["binaryData"]}]
                """)!.AsArray()),
            WriteOptions.Default,
            Token);

        var run = await bench.RunAsync("federate", "namespaces", "shop", "-c", "-t");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Error: FederatedConfigMap shop/settings: ", run.Error, StringComparison.Ordinal);
        Assert.Null(await bench.Host.FindAsync(s_federatedConfigMaps, new ObjectKey("shop", "settings"), Token));
        Assert.NotNull(await bench.Host.FindAsync(s_federatedConfigMaps, new ObjectKey("shop", "zebra"), Token));
    }

    [Fact]
    public async Task K_71_Orphaning_deletion_takes_a_federated_type_by_any_of_its_names_and_nothing_else()
    {
        await using var bench = await Bench.StartAsync();
        await SeedAsync(bench);
        await bench.OkAsync("federate", "configmaps", "settings", "-n", "shop", "-t");

        foreach (var name in new[] { "FederatedConfigMap", "federatedconfigmaps", "federatedconfigmaps.types.kubefed.io", "fcm" })
        {
            Assert.Equal(["Disabled"], (await bench.OkAsync("orphaning-deletion", "status", name, "settings", "-n", "shop")).Lines);
        }

        Assert.Equal(1, (await bench.RunAsync("orphaning-deletion", "status", "deployments", "web", "-n", "shop")).ExitCode);
    }

    private static async Task SeedAsync(Bench bench)
    {
        await bench.Host.CreateAsync(
            KnownResources.Namespaces, KubeObject.Create(KnownResources.Namespaces, ObjectKey.ClusterScoped("shop")), WriteOptions.Default, Token);
        await PutAsync(bench, KnownResources.ConfigMaps, "settings", """{"data":{"color":"blue"}}""");
    }

    private static Task<KubeObject> PutAsync(Bench bench, ApiResource resource, string name, string json)
    {
        var value = KubeObject.Create(resource, new ObjectKey("shop", name));
        value = new KubeObject((JsonObject)Kubernetes.Json.MergePatch.Apply(value.Json, JsonNode.Parse(json))!);
        return bench.Host.CreateAsync(resource, value, WriteOptions.Default, Token);
    }
}
