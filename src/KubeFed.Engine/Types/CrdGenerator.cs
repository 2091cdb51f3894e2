using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Federate;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Types;

/// <summary>
/// Writes the definition of a <c>Federated&lt;Kind&gt;</c>. The template is always there and open (P-120, A-94): whether it suits the target is for each
/// member to say. Beyond KubeFed's own schema the status has room for what each cluster said and holds, and kubectl gets columns (P-76). The status has one
/// writer and is atomic, so that the host need not keep, and read again with every list, who wrote which field of it. The spec keeps unknown fields beside
/// the declared ones, down to the operations of overrides, so that a mistyped one is found instead of dropped (<see cref="UnknownFields"/>); the template is
/// atomic, or older servers would then keep book of each of its fields.
/// </summary>
/// <remarks>A-90 to A-97, E-42.</remarks>
public static class CrdGenerator
{
    private const string KeepUnknown = "x-kubernetes-preserve-unknown-fields";

    /// <param name="federated">Names, group, version, scope and short names of the federated type (<see cref="TypeNames.Federated"/>).</param>
    /// <param name="retainReplicas">Whether <c>spec.retainReplicas</c> is offered (<see cref="ReplicaFields"/>).</param>
    public static KubeObject Generate(ApiResource federated, bool retainReplicas)
    {
        var version = LoadVersion();
        version["name"] = federated.Version;
        if (!retainReplicas)
        {
            var spec = (JsonObject)version["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!["properties"]!;
            spec.Remove("retainReplicas");
        }

        var names = new JsonObject { ["kind"] = federated.Kind, ["plural"] = federated.Plural };
        if (federated.ShortNames.Count > 0)
        {
            names["shortNames"] = new JsonArray([.. federated.ShortNames.Select(name => JsonValue.Create(name))]);
        }

        var definition = KubeObject.Create(KnownResources.CustomResourceDefinitions, ObjectKey.ClusterScoped(TypeNames.DefinitionName(federated)));
        definition.Json["spec"] = new JsonObject
        {
            ["group"] = federated.Group,
            ["names"] = names,
            ["scope"] = federated.Namespaced ? "Namespaced" : "Cluster",
            ["versions"] = new JsonArray(version),
        };
        return definition;
    }

    /// <summary>Whether a stored schema of <c>spec</c> keeps unknown fields wherever the generated one does.</summary>
    internal static bool KeepsUnknownFields(JsonObject? spec) =>
        IsAsOpen(spec, LoadVersion()["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!.AsObject());

    private static bool IsAsOpen(JsonObject? actual, JsonObject wanted) =>
        (!wanted.Flag(KeepUnknown) || actual.Flag(KeepUnknown))
        && (wanted.Map("items") is not { } items || IsAsOpen(actual.Map("items"), items))
        && (wanted.Map("properties") ?? []).All(pair => IsAsOpen(actual.Map("properties").Map(pair.Key), pair.Value!.AsObject()));

    private static JsonObject LoadVersion()
    {
        using var reader = new StreamReader(typeof(CrdGenerator).Assembly.GetManifestResourceStream("Schema/federated-version.json")!);
        return JsonText.ParseObject(reader.ReadToEnd());
    }
}
