using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using KubeFed.Cluster.Tests.Flows;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Cluster.Tests.TakeOver;

/// <summary>
/// Leaves clusters as KubeFed v0.10 leaves them: its definitions and configuration (those of the example, examples/takeover), clusters that kubefedctl joined,
/// and resources whose copies its controller wrote. Every request is plain: nothing of this project's federation takes part.
/// </summary>
internal sealed class LegacyHost(Fleet fleet, CancellationToken cancellationToken)
{
    public const string Controller = "controller-manager";
    public const string Namespace = "shop";

    private const string System = KubeFedNames.DefaultSystemNamespace;

    private static readonly WriteOptions s_write = new() { FieldManager = Controller };
    private static readonly WriteOptions s_status = new() { FieldManager = Controller, Subresource = "status" };
    private static readonly ApiResource s_bindings = new("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings", Namespaced: false);

    public static ApiResource Federated(string kind) => new("types.kubefed.io", "v1beta1", $"Federated{kind}", $"federated{kind.ToLowerInvariant()}s", true);

    public async Task BuildAsync()
    {
        foreach (var value in Manifest.Read(await File.ReadAllTextAsync(Example(), cancellationToken), "kubefed-v0.10.yaml"))
        {
            await InstallAsync(value);
        }

        foreach (var member in fleet.Clusters.Skip(1))
        {
            await JoinAsync(member);
        }

        await CreateAsync(fleet.Host, KnownResources.Namespaces, ObjectKey.ClusterScoped(Namespace), "{}");
        await FederateAsync(KnownResources.Namespaces, Namespace, "{}", null);
        await FederateAsync(KnownResources.ConfigMaps, "settings", """{"data":{"colour":"blue","size":"large"}}""", null);
        await FederateAsync(
            KnownResources.Deployments,
            "web",
            """{"spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},"spec":"""
                + """{"containers":[{"image":"web:1","name":"web"}]}}}}""",
            replicas: 5);
    }

    private static string Example([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "examples", "takeover", "kubefed-v0.10.yaml");

    private async Task InstallAsync(KubeObject value)
    {
        var resource = value.Kind switch
        {
            "Namespace" => KnownResources.Namespaces,
            "CustomResourceDefinition" => KnownResources.CustomResourceDefinitions,
            "KubeFedConfig" => CoreResources.KubeFedConfigs,
            "FederatedTypeConfig" => CoreResources.FederatedTypeConfigs,
            "Deployment" => KnownResources.Deployments,
            _ => throw new InvalidOperationException($"The example holds a {value.Kind}, which nobody installs."),
        };
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await fleet.Host.CreateAsync(resource, value, s_write, cancellationToken);
                break;
            }
            catch (KubeApiException error) when (error.IsNotFound && attempt < 100)
            {
                // A definition is served a moment after it is made.
                await Task.Delay(100, cancellationToken);
            }
        }

        if (value.Status is { } status)
        {
            await StatusAsync(resource, value.Key, status);
        }
    }

    /// <summary>cli.md section 2, steps 3 to 12.</summary>
    private async Task JoinAsync(ConnectionSettings settings)
    {
        using var member = fleet.Factory.Create(settings);
        var account = $"{settings.Name}-host";
        var role = $"kubefed-controller-manager:{account}";
        var key = new ObjectKey(System, account);
        await CreateAsync(member, KnownResources.Namespaces, ObjectKey.ClusterScoped(System), "{}");
        await CreateAsync(member, KnownResources.ServiceAccounts, key, "{}");
        await CreateAsync(
            member,
            KnownResources.Secrets,
            key,
            $$"""{"type":"kubernetes.io/service-account-token","metadata":{"annotations":{"kubernetes.io/service-account.name":"{{account}}"} } }""");
        await CreateAsync(
            member,
            KnownResources.ClusterRoles,
            ObjectKey.ClusterScoped(role),
            """{"rules":[{"apiGroups":["*"],"resources":["*"],"verbs":["*"]},{"nonResourceURLs":["*"],"verbs":["get"]}]}""");
        await CreateAsync(
            member,
            s_bindings,
            ObjectKey.ClusterScoped(role),
            $$"""
            {"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"{{role}}"},
             "subjects":[{"kind":"ServiceAccount","name":"{{account}}","namespace":"{{System}}"}]}
            """);
        var token = string.Empty;
        for (var attempt = 1; token.Length == 0; attempt++)
        {
            Assert.True(attempt < 300, $"No token was made for {account}.");
            await Task.Delay(100, cancellationToken);
            token = (await member.GetAsync(KnownResources.Secrets, key, cancellationToken)).Json["data"]?["token"]?.GetValue<string>() ?? string.Empty;
        }

        var secret = await CreateAsync(
            fleet.Host, KnownResources.Secrets, new ObjectKey(System, $"{settings.Name}-x7k2q"), $$"""{"data":{"token":"{{token}}"} }""");
        var spec = new JsonObject
        {
            ["apiEndpoint"] = settings.Server.OriginalString.TrimEnd('/'),
            ["secretRef"] = new JsonObject { ["name"] = secret.Name },
            ["proxyURL"] = string.Empty,
        };
        if (settings.CertificateAuthority is { } authority)
        {
            spec["caBundle"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(authority));
        }

        var cluster = KubeObject.Create(CoreResources.KubeFedClusters, new ObjectKey(System, settings.Name));
        cluster.Json["spec"] = spec;
        await fleet.Host.CreateAsync(CoreResources.KubeFedClusters, cluster, s_write, cancellationToken);
        await StatusAsync(CoreResources.KubeFedClusters, cluster.Key, JsonText.ParseObject(
            """
            {"kubernetesVersion":"v1.20.2","conditions":[{"type":"Ready","status":"True","reason":"ClusterReady","message":"/healthz responded with ok",
             "lastProbeTime":"2026-01-01T00:00:00Z","lastTransitionTime":"2026-01-01T00:00:00Z"}]}
            """));
    }

    /// <summary>A federated object for all clusters, a copy in each by POST, and what the controller then recorded (E-80 to E-86, A-71, A-72).</summary>
    /// <param name="type">The target.</param>
    /// <param name="name">Its name; that of the namespace for a namespace.</param>
    /// <param name="template">With keys in order and nothing between them, as KubeFed hashed it.</param>
    /// <param name="replicas">Overridden in the last cluster, or null.</param>
    private async Task FederateAsync(ApiResource type, string name, string template, int? replicas)
    {
        var last = fleet.Clusters[^1].Name;
        var overrides = replicas is null
            ? "null"
            : $$"""[{"clusterName":"{{last}}","clusterOverrides":[{"path":"/spec/replicas","value":{{replicas}}}]}]""";
        var federated = Federated(type.Kind);
        var key = new ObjectKey(Namespace, name);
        var stored = await CreateAsync(fleet.Host, federated, key, $$"""
            {"metadata":{"finalizers":["kubefed.io/sync-controller"]},
             "spec":{"template":{{template}},"placement":{"clusterSelector":{"matchLabels":{} } },"overrides":{{overrides}} } }
            """);
        var versions = new JsonArray();
        foreach (var settings in fleet.Clusters.Skip(1).OrderBy(cluster => cluster.Name, StringComparer.Ordinal))
        {
            using var member = fleet.Factory.Create(settings);
            var copy = JsonText.ParseObject(template);
            copy["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["kubefed.io/managed"] = "true" } };
            if (replicas is not null && settings.Name == last)
            {
                copy["spec"]!["replicas"] = replicas;
            }

            var written = await CreateAsync(member, type, type.Namespaced ? key : ObjectKey.ClusterScoped(name), copy.ToJsonString());
            var generation = written.Metadata["generation"]?.GetValue<long>() ?? 0;
            versions.Add(new JsonObject
            {
                ["clusterName"] = settings.Name, ["version"] = generation > 0 ? $"gen:{generation}" : $"rv:{written.ResourceVersion}",
            });
        }

        await StatusAsync(federated, key, JsonText.ParseObject($$"""
            {"observedGeneration":1,"clusters":[{{string.Join(',', fleet.Clusters.Skip(1).Select(cluster => $$"""{"name":"{{cluster.Name}}"}"""))}}],
             "conditions":[{"type":"Propagation","status":"True","lastUpdateTime":"2026-01-01T00:00:00Z","lastTransitionTime":"2026-01-01T00:00:00Z"}]}
            """));
        var version = new ObjectKey(Namespace, $"{type.Kind.ToLowerInvariant()}-{name}");
        await CreateAsync(fleet.Host, CoreResources.PropagatedVersions, version, $$"""
            {"metadata":{"ownerReferences":[
             {"apiVersion":"types.kubefed.io/v1beta1","kind":"Federated{{type.Kind}}","name":"{{name}}","uid":"{{stored.Uid}}"}]} }
            """);
        await StatusAsync(CoreResources.PropagatedVersions, version, new JsonObject
        {
            ["templateVersion"] = Hash(template),
            ["overridesVersion"] = Hash($$"""{"overrides":{{overrides}}}"""),
            ["clusterVersions"] = versions,
        });
    }

    private Task<KubeObject> StatusAsync(ApiResource resource, ObjectKey key, JsonObject status) =>
        fleet.Host.PatchAsync(resource, key, KubePatch.Merge(new JsonObject { ["status"] = status.DeepClone() }), s_status, cancellationToken);

    private Task<KubeObject> CreateAsync(IKubeClient client, ApiResource resource, ObjectKey key, string json) => client.CreateAsync(
        resource, new KubeObject((JsonObject)MergePatch.Apply(KubeObject.Create(resource, key).Json, JsonText.ParseObject(json))!), s_write, cancellationToken);

#pragma warning disable CA5351 // KubeFed's hash; nothing is protected by it.
    private static string Hash(string json) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(json + "\n")));
#pragma warning restore CA5351
}
