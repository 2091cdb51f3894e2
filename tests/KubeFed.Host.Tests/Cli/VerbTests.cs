using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Yaml;

namespace KubeFed.Host.Tests.Cli;

/// <summary>kubefedctl's verbs on the sandbox: what they print, and what is then there.</summary>
public sealed class VerbTests
{
    private const string System = KubeFedNames.DefaultSystemNamespace;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Join_and_unjoin_leave_standard_output_empty_K1()
    {
        await using var bench = await Bench.StartAsync();

        var joined = await bench.OkAsync("join", "cluster1");
        Assert.Empty(joined.Out);
        Assert.NotNull(await bench.Host.FindAsync(CoreResources.KubeFedClusters, new ObjectKey(System, "cluster1"), Token));
        Assert.NotNull(bench.Sandbox["cluster1"].Peek(KnownResources.ServiceAccounts, new ObjectKey(System, "cluster1-host")));

        var left = await bench.OkAsync("unjoin", "cluster1");
        Assert.Empty(left.Out);
        Assert.Null(await bench.Host.FindAsync(CoreResources.KubeFedClusters, new ObjectKey(System, "cluster1"), Token));
        Assert.Null(bench.Sandbox["cluster1"].Peek(KnownResources.ServiceAccounts, new ObjectKey(System, "cluster1-host")));
    }

    [Fact] // kubefedctl took the first name and said nothing of the others
    public async Task Every_verb_does_what_it_is_asked_for_each_of_its_names()
    {
        await using var bench = await Bench.StartAsync();
        Task<IReadOnlyList<string>> Clusters() => NamesAsync(bench, CoreResources.KubeFedClusters);

        await bench.OkAsync("join", "cluster1", "cluster2", "cluster3");
        Assert.Equal(["cluster1", "cluster2", "cluster3"], await Clusters());

        await bench.OkAsync("enable", "namespaces", "configmaps", "secrets");
        Assert.Equal(["configmaps", "namespaces", "secrets"], await NamesAsync(bench, CoreResources.FederatedTypeConfigs));

        foreach (var name in (string[])["one", "two"])
        {
            var map = KubeObject.Create(KnownResources.ConfigMaps, new ObjectKey("default", name));
            await bench.Host.CreateAsync(KnownResources.ConfigMaps, map, WriteOptions.Default, Token);
        }

        await bench.OkAsync("federate", "configmaps", "one", "two", "-n", "default");
        var federated = new ApiResource("types.kubefed.io", "v1beta1", "FederatedConfigMap", "federatedconfigmaps", Namespaced: true);
        Assert.Equal(["one", "two"], await NamesAsync(bench, federated));

        await bench.OkAsync("disable", "configmaps", "secrets");
        Assert.Equal(["namespaces"], await NamesAsync(bench, CoreResources.FederatedTypeConfigs));

        // One that fails is told, and keeps none of the others.
        var left = await bench.RunAsync("unjoin", "cluster1", "nowhere", "cluster3");
        Assert.Equal(1, left.ExitCode);
        Assert.Contains("'nowhere'", left.Error, StringComparison.Ordinal);
        Assert.Equal(["cluster2"], await Clusters());
    }

    [Theory]
    [InlineData("join a b --cluster-context c", "--cluster-context is for one name, and there are 2: a, b; run the command once for each")]
    [InlineData("unjoin a b --cluster-context c", "--cluster-context is for one name, and there are 2: a, b; run the command once for each")]
    [InlineData("join a b --secret-name s", "--secret-name is for one name, and there are 2: a, b; run the command once for each")]
    public async Task What_can_be_true_of_one_name_only_is_refused_for_several(string line, string message)
    {
        var run = await KubefedRun.Of(line.Split(' '));

        Assert.Equal((2, $"Error: {message}\n"), (run.ExitCode, run.Error));
    }

    [Fact] // As with kubectl, a namespace means nothing to what has none
    public async Task Sync_in_namespaces_leaves_out_what_lies_in_none_unless_its_type_is_named()
    {
        await using var bench = await Bench.StartAsync();
        await bench.OkAsync("join", "cluster1");
        await bench.OkAsync("enable", "namespaces", "configmaps", "clusterroles.rbac.authorization.k8s.io");
        var role = KubeObject.Create(KnownResources.ClusterRoles, ObjectKey.ClusterScoped("reader"));
        await bench.Host.CreateAsync(KnownResources.ClusterRoles, role, WriteOptions.Default, Token);
        foreach (var space in (string[])["a", "b", "c"])
        {
            var map = KubeObject.Create(KnownResources.ConfigMaps, new ObjectKey(space, "map"));
            var home = KubeObject.Create(KnownResources.Namespaces, ObjectKey.ClusterScoped(space));
            await bench.Host.CreateAsync(KnownResources.Namespaces, home, WriteOptions.Default, Token);
            await bench.Host.CreateAsync(KnownResources.ConfigMaps, map, WriteOptions.Default, Token);
            await bench.OkAsync("federate", "namespaces", space);
            await bench.OkAsync("federate", "configmaps", "map", "-n", space);
        }

        await bench.OkAsync("federate", "clusterroles", "reader");

        var some = await bench.OkAsync("sync", "--namespace", "a,B", "--cluster", "CLUSTER1");
        Assert.Equal(4, some.Lines.Count);
        Assert.DoesNotContain("reader", some.Out, StringComparison.Ordinal);
        Assert.NotNull(bench.Sandbox["cluster1"].Peek(KnownResources.ConfigMaps, new ObjectKey("b", "map")));
        Assert.Null(bench.Sandbox["cluster1"].Peek(KnownResources.ConfigMaps, new ObjectKey("c", "map")));
        Assert.Null(bench.Sandbox["cluster1"].Peek(KnownResources.ClusterRoles, ObjectKey.ClusterScoped("reader")));

        var named = await bench.OkAsync("sync", "--type", "clusterroles", "-n", "a");
        Assert.Contains("reader", Assert.Single(named.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Join_takes_another_context_host_name_and_secret_name()
    {
        await using var bench = await Bench.StartAsync();

        await bench.OkAsync(
            "join", "east", "--cluster-context", "cluster2", "--host-cluster-name", "hub", "--secret-name", "east-token", "--host-cluster-context", "host");

        Assert.NotNull(await bench.Host.FindAsync(KnownResources.Secrets, new ObjectKey(System, "east-token"), Token));
        Assert.NotNull(bench.Sandbox["cluster2"].Peek(KnownResources.ServiceAccounts, new ObjectKey(System, "east-hub")));
    }

    [Fact]
    public async Task A_second_join_is_an_error_unless_existing_objects_are_allowed_K10()
    {
        await using var bench = await Bench.StartAsync();
        await bench.OkAsync("join", "cluster1");

        var again = await bench.RunAsync("join", "cluster1");
        Assert.Equal(1, again.ExitCode);
        Assert.StartsWith("Error: ", again.Error, StringComparison.Ordinal);

        await bench.OkAsync("join", "cluster1", "--error-on-existing=false");
    }

    [Fact]
    public async Task A_dry_run_of_join_stores_nothing_K3()
    {
        await using var bench = await Bench.StartAsync();
        var before = bench.Sandbox.Clusters.Select(cluster => cluster.ResourceVersion).ToList();

        await bench.OkAsync("join", "cluster1", "--dry-run");

        Assert.Equal(before, bench.Sandbox.Clusters.Select(cluster => cluster.ResourceVersion));
    }

    [Fact]
    public async Task An_unknown_context_is_named_and_exits_with_1()
    {
        await using var bench = await Bench.StartAsync();

        var run = await bench.RunAsync("join", "nowhere");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("'nowhere'", run.Error, StringComparison.Ordinal);
        Assert.Contains("cluster1", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Enable_prints_what_it_created_and_then_updated_K35()
    {
        await using var bench = await Bench.StartAsync();

        Assert.Equal(
            [
                "customresourcedefinition.apiextensions.k8s.io/federateddeployments.types.kubefed.io created",
                "federatedtypeconfig.core.kubefed.io/deployments.apps created in namespace kube-federation-system",
            ],
            (await bench.OkAsync("enable", "deployments.apps")).Lines);
        Assert.Equal(
            [
                "customresourcedefinition.apiextensions.k8s.io/federateddeployments.types.kubefed.io updated",
                "federatedtypeconfig.core.kubefed.io/deployments.apps updated in namespace kube-federation-system",
            ],
            (await bench.OkAsync("enable", "deployments.apps")).Lines);
    }

    [Fact]
    public async Task Enable_with_yaml_output_prints_both_objects_and_makes_neither()
    {
        await using var bench = await Bench.StartAsync();

        var run = await bench.OkAsync("enable", "deploy", "-o", "yaml");

        var documents = YamlText.ParseAll(run.Out);
        Assert.Equal(["FederatedTypeConfig", "CustomResourceDefinition"], documents.Select(d => d["kind"]!.ToString()));
        Assert.Equal("deployments.apps", documents[0]["metadata"]!["name"]!.ToString());
        Assert.Null(documents[0]["metadata"]!["namespace"]);
        Assert.Equal("FederatedDeployment", documents[0]["spec"]!["federatedType"]!["kind"]!.ToString());
        Assert.Equal("federateddeployments.types.kubefed.io", documents[1]["metadata"]!["name"]!.ToString());
        Assert.All(documents, d => Assert.Null(d["status"]));
        Assert.Null(await bench.Host.FindAsync(CoreResources.FederatedTypeConfigs, new ObjectKey(System, "deployments.apps"), Token));
    }

    [Fact]
    public async Task Enable_reads_a_directive_file()
    {
        await using var bench = await Bench.StartAsync();
        var file = Path.Combine(Path.GetDirectoryName(bench.KubeConfig)!, "directive.yaml");
        await File.WriteAllTextAsync(
            file,
            "apiVersion: core.kubefed.io/v1beta1\nkind: EnableTypeDirective\nmetadata:\n  name: configmaps\nspec:\n  federatedVersion: v1beta1\n",
            Token);

        await bench.OkAsync("enable", "-f", file);

        Assert.NotNull(await bench.Host.FindAsync(CoreResources.FederatedTypeConfigs, new ObjectKey(System, "configmaps"), Token));
    }

    [Fact]
    public async Task Disable_prints_what_went()
    {
        await using var bench = await Bench.StartAsync();
        await bench.OkAsync("enable", "configmaps");

        var run = await bench.OkAsync("disable", "configmaps", "--delete-crd");

        Assert.Contains("customresourcedefinition \"federatedconfigmaps.types.kubefed.io\" deleted", run.Lines);
        Assert.Contains("federatedtypeconfig \"kube-federation-system/configmaps\" deleted", run.Lines);
        Assert.Null(await bench.Host.FindAsync(CoreResources.FederatedTypeConfigs, new ObjectKey(System, "configmaps"), Token));
    }

    [Fact]
    public async Task Federate_makes_the_federated_form_placed_everywhere_K55()
    {
        await using var bench = await Bench.StartAsync();
        await SeedAsync(bench);

        var refused = await bench.RunAsync("federate", "configmaps", "settings", "-n", "shop");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("--enable-type", refused.Error, StringComparison.Ordinal);

        await bench.OkAsync("federate", "configmaps", "settings", "-n", "shop", "-t");
        var stored = await bench.Host.GetAsync(FederatedConfigMaps, new ObjectKey("shop", "settings"), Token);
        Assert.Equal("{\"matchLabels\":{}}", stored.Spec!["placement"]!["clusterSelector"]!.ToJsonString());
        Assert.Equal("blue", stored.Spec!["template"]!["data"]!["color"]!.ToString());

        var again = await bench.RunAsync("federate", "configmaps", "settings", "-n", "shop");
        Assert.Equal(1, again.ExitCode); // K-52: AlreadyExists is an error.
    }

    [Fact]
    public async Task Federate_with_yaml_output_needs_no_enabled_type_and_creates_nothing_K50()
    {
        await using var bench = await Bench.StartAsync();
        await SeedAsync(bench);

        var run = await bench.OkAsync("federate", "configmaps", "settings", "-n", "shop", "-o", "yaml");

        var document = Assert.Single(YamlText.ParseAll(run.Out));
        Assert.Equal("FederatedConfigMap", document["kind"]!.ToString());
        Assert.Equal("types.kubefed.io/v1beta1", document["apiVersion"]!.ToString());
        Assert.Equal("shop", document["metadata"]!["namespace"]!.ToString());
        Assert.Null(document["spec"]!["template"]!["kind"]);
    }

    [Fact]
    public async Task Federate_converts_a_file_without_any_cluster_K62_K63()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(
            file,
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 3\n---\n"
                + "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: i\n  namespace: shop\nspec: {}\n",
            Token);

        var run = await KubefedRun.Of("federate", "-f", file, "--kubeconfig", "/does/not/exist");

        File.Delete(file);
        Assert.Equal(0, run.ExitCode);
        var documents = YamlText.ParseAll(run.Out);
        Assert.Equal(["FederatedDeployment", "FederatedIngress"], documents.Select(d => d["kind"]!.ToString()));
        Assert.Null(documents[0]["metadata"]!["namespace"]);
        Assert.Equal("3", documents[0]["spec"]!["template"]!["spec"]!["replicas"]!.ToString());
        Assert.Equal("shop", documents[1]["metadata"]!["namespace"]!.ToString());
    }

    [Fact]
    public async Task Federate_converts_what_it_can_of_a_file_and_tells_the_rest_one_by_one()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(
            file,
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\ndata: {x: ab, x: cd}\n---\nb: [\n---\n"
                + "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: 'cm:io'}\n---\n"
                + "apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: once-, namespace: shop}\n---\n"
                + "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: z, namespace: shop}\n",
            Token);

        var run = await KubefedRun.Of("federate", "-f", file, "--kubeconfig", "/does/not/exist");

        File.Delete(file);
        Assert.Equal(1, run.ExitCode);
        Assert.Equal(["a", "z"], YamlText.ParseAll(run.Out).Select(document => document["metadata"]!["name"]!.ToString()));
        Assert.Contains($"Warning: {file}: Line 4, column 15: the key 'x' stands twice", run.Error, StringComparison.Ordinal);
        Assert.Contains($"Error: {file}: document 2: Line ", run.Error, StringComparison.Ordinal);
        Assert.Contains("Error: FederatedClusterRole cm:io is not valid: metadata.name", run.Error, StringComparison.Ordinal);
        Assert.Contains(
            $"Error: {file}: document 4 (line 12): a Job has no metadata.name (but metadata.generateName \"once-\")", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Federate_contents_takes_the_namespace_and_what_people_made_in_it_K57_K60()
    {
        await using var bench = await Bench.StartAsync();
        await SeedAsync(bench);

        var refused = await bench.RunAsync("federate", "ns", "shop", "--contents");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("configmaps", refused.Error, StringComparison.Ordinal);

        var wrong = await bench.RunAsync("federate", "configmaps", "settings", "-n", "shop", "--contents");
        Assert.Equal(2, wrong.ExitCode);
        Assert.StartsWith("Error: Flag '--contents' can only be used with type 'namespaces'.", wrong.Error, StringComparison.Ordinal);

        await bench.OkAsync("federate", "ns", "shop", "--contents", "--enable-type", "-s", "secrets,serviceaccounts");
        Assert.NotNull(await bench.Host.FindAsync(FederatedConfigMaps, new ObjectKey("shop", "settings"), Token));
        Assert.NotNull(await bench.Host.FindAsync(CoreResources.FederatedTypeConfigs, new ObjectKey(System, "namespaces"), Token));
        Assert.Null(await bench.Host.FindAsync(CoreResources.FederatedTypeConfigs, new ObjectKey(System, "serviceaccounts"), Token));
    }

    [Fact]
    public async Task A_kubeconfig_that_is_not_YAML_is_refused_with_its_place()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "apiVersion: v1\nclusters: [\n", Token);

        var run = await KubefedRun.Of("join", "a", "--kubeconfig", file);

        File.Delete(file);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(file, run.Error, StringComparison.Ordinal);
        Assert.Contains("line", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_cannot_be_reached_is_named()
    {
        await using var bench = await Bench.StartAsync();
        bench.Sandbox.Host.Offline = true;

        var run = await bench.RunAsync("enable", "configmaps");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("Error: host: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_type_is_named_in_kubefedctls_words_K32()
    {
        await using var bench = await Bench.StartAsync();

        var run = await bench.RunAsync("enable", "nonsenses");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("nonsenses", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Orphaning_deletion_is_switched_and_shown_K72_K73()
    {
        await using var bench = await Bench.StartAsync();
        await SeedAsync(bench);
        await bench.OkAsync("federate", "configmaps", "settings", "-n", "shop", "-t");

        Assert.Equal(["Disabled"], (await bench.OkAsync("orphaning-deletion", "status", "FederatedConfigMap", "settings", "-n", "shop")).Lines);
        Assert.Empty((await bench.OkAsync("orphaning-deletion", "enable", "FederatedConfigMap", "settings", "-n", "shop")).Out);
        Assert.Equal(["Enabled"], (await bench.OkAsync("orphaning-deletion", "status", "fcm", "settings", "-n", "shop")).Lines);
        await bench.OkAsync("orphaning-deletion", "disable", "FederatedConfigMap", "settings", "-n", "shop");
        Assert.Null((await bench.Host.GetAsync(FederatedConfigMaps, new ObjectKey("shop", "settings"), Token)).Annotation(KubeFedNames.OrphanAnnotation));
    }

    [Fact]
    public async Task Sync_prints_a_line_per_resource_and_cluster_and_a_dry_run_writes_nothing()
    {
        await using var bench = await Bench.StartAsync();
        await SeedAsync(bench);
        await bench.OkAsync("join", "cluster1");
        await bench.OkAsync("federate", "namespaces", "shop", "-t");
        await bench.OkAsync("federate", "configmaps", "settings", "-n", "shop", "-t");

        var plan = await bench.OkAsync("sync", "--dry-run", "--type", "namespaces");
        Assert.Equal(["federatednamespaces.types.kubefed.io/shop/shop in cluster1 created (dry run)"], plan.Lines);
        Assert.Null(bench.Sandbox["cluster1"].Peek(KnownResources.Namespaces, ObjectKey.ClusterScoped("shop")));

        var run = await bench.OkAsync("sync");
        Assert.Contains("federatedconfigmaps.types.kubefed.io/shop/settings in cluster1 created", run.Lines);
        Assert.NotNull(bench.Sandbox["cluster1"].Peek(KnownResources.ConfigMaps, new ObjectKey("shop", "settings")));
    }

    [Fact]
    public async Task Sync_exits_with_1_when_a_copy_failed()
    {
        await using var bench = await Bench.StartAsync();
        await SeedAsync(bench);
        await bench.OkAsync("join", "cluster1");
        await bench.OkAsync("federate", "namespaces", "shop", "-t");
        bench.Sandbox["cluster1"].Offline = true;

        var run = await bench.RunAsync("sync");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(run.Lines, line => line.StartsWith("federatednamespaces.types.kubefed.io/shop/shop in cluster1 failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Sync_tells_of_what_was_asked_for_by_name_and_is_not_there_and_does_the_rest()
    {
        await using var bench = await Bench.StartAsync();
        await SeedAsync(bench);
        await bench.OkAsync("join", "cluster1");
        await bench.OkAsync("federate", "namespaces", "shop", "-t");

        var run = await bench.RunAsync("sync", "--name", "shop", "--name", "nope", "--name", "any*");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(["federatednamespaces.types.kubefed.io/shop/shop in cluster1 created"], run.Lines);
        Assert.Contains("'nope'; nothing is synchronised for it", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("any*", run.Error, StringComparison.Ordinal);
        await bench.OkAsync("sync", "--name", "any*");
    }

    [Fact]
    public async Task P_36_P_56_Sync_takes_copies_over_and_gives_copies_up_on_request()
    {
        await using var bench = await Bench.StartAsync();
        await SeedAsync(bench);
        await bench.OkAsync("join", "cluster1");
        await bench.OkAsync("federate", "namespaces", "shop", "-t");
        await bench.OkAsync("federate", "configmaps", "settings", "-n", "shop", "-t");
        await bench.OkAsync("sync");
        var key = new ObjectKey("shop", "settings");
        using (var member = new KubeClientFactory([bench.Sandbox.Transport]).Create(bench.Sandbox["cluster1"].Settings))
        {
            var annotations = new JsonObject { [KubeFedNames.FederationAnnotation] = "other/system" };
            var patch = KubePatch.Merge(new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = annotations } });
            await member.PatchAsync(KnownResources.ConfigMaps, key, patch, new WriteOptions { FieldManager = "other" }, Token);
        }

        var contested = await bench.RunAsync("sync");
        Assert.Equal(1, contested.ExitCode);
        Assert.Contains(contested.Lines, line => line.Contains("failed (OwnedByOtherFederation): federation other/system", StringComparison.Ordinal));
        var taken = await bench.OkAsync("sync", "--take-over");
        Assert.Contains(taken.Lines, line => line.Contains("in cluster1 adopted: taken over from federation other/system", StringComparison.Ordinal));

        await bench.Host.DeleteAsync(FederatedConfigMaps, key, DeleteOptions.Default, Token);
        bench.Sandbox["cluster1"].Offline = true;
        Assert.Equal(1, (await bench.RunAsync("sync", "--type", "configmaps")).ExitCode);
        var given = await bench.OkAsync("sync", "--type", "configmaps", "--abandon-unreachable");
        Assert.Contains(given.Lines, line => line.Contains("in cluster1 given up (ClusterNotReady)", StringComparison.Ordinal));
        Assert.Null(await bench.Host.FindAsync(FederatedConfigMaps, key, Token));
    }

    private static ApiResource FederatedConfigMaps { get; } =
        new(KubeFedNames.TypesGroup, KubeFedNames.TypesVersion, "FederatedConfigMap", "federatedconfigmaps", Namespaced: true);

    private static async Task SeedAsync(Bench bench)
    {
        var shop = KubeObject.Create(KnownResources.Namespaces, ObjectKey.ClusterScoped("shop"));
        await bench.Host.CreateAsync(KnownResources.Namespaces, shop, WriteOptions.Default, Token);
        var map = KubeObject.Create(KnownResources.ConfigMaps, new ObjectKey("shop", "settings"));
        map.Json["data"] = new global::System.Text.Json.Nodes.JsonObject { ["color"] = "blue" };
        await bench.Host.CreateAsync(KnownResources.ConfigMaps, map, WriteOptions.Default, Token);
    }

    private static async Task<IReadOnlyList<string>> NamesAsync(Bench bench, ApiResource resource) =>
        [.. (await bench.Host.ListAsync(resource, new ListQuery(), Token)).Items.Select(item => item.Name).Order(StringComparer.Ordinal)];
}
