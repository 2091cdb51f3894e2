using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.ControlPlane;

/// <summary>The objects a control plane consists of, as they are applied; kept as JSON beside this file.</summary>
/// <remarks>api.md sections 2 to 9 and A-126.</remarks>
public static class ControlPlaneManifests
{
    /// <summary>The definitions of KubeFed's own kinds.</summary>
    public static IReadOnlyList<KubeObject> Definitions() => [.. Load(name => !name.StartsWith("role-", StringComparison.Ordinal))];

    /// <summary>The roles that add the KubeFed kinds to the cluster's own admin, edit and view roles; for scope Cluster only .</summary>
    public static IReadOnlyList<KubeObject> UserRoles() => [.. Load(name => name.StartsWith("role-", StringComparison.Ordinal))];

    /// <summary>Everything an installation consists of, in the order it can be applied.</summary>
    public static IReadOnlyList<KubeObject> All(string systemNamespace, InstallRequest request) =>
    [
        SystemNamespace(systemNamespace),
        .. Definitions(),
        .. request.Scope == ControlPlaneScope.Cluster ? UserRoles() : [],
        Config(systemNamespace, request.Scope, request.AdoptResources),
    ];

    public static KubeObject SystemNamespace(string name) => KubeObject.Create(KnownResources.Namespaces, ObjectKey.ClusterScoped(name));

    /// <summary>KubeFedConfig <c>kubefed</c> with every value explicit (api.md section 14).</summary>
    public static KubeObject Config(string systemNamespace, ControlPlaneScope scope, bool adoptResources)
    {
        var config = KubeObject.Create(CoreResources.KubeFedConfigs, new ObjectKey(systemNamespace, KubeFedNames.ConfigName));
        config.Json["spec"] = ConfigDefaults.Apply(new JsonObject
        {
            ["scope"] = scope.ToString(),
            ["syncController"] = new JsonObject { ["adoptResources"] = adoptResources ? "Enabled" : "Disabled" },
        });
        return config;
    }

    private static IEnumerable<KubeObject> Load(Func<string, bool> chosen)
    {
        const string prefix = "Manifests/";
        var assembly = typeof(ControlPlaneManifests).Assembly;
        return assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && chosen(name[prefix.Length..]))
            .Order(StringComparer.Ordinal)
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return new KubeObject(JsonText.ParseObject(reader.ReadToEnd()));
            });
    }
}
