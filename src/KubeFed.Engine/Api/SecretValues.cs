using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Text;

namespace KubeFed.Engine.Api;

/// <summary>How messages show what a template or an override holds: shortened and printable; of a Secret, only what sort of value it is.</summary>
internal static class SecretValues
{
    /// <summary>The annotation in which <c>kubectl apply</c> keeps all of what it was given.</summary>
    public const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    /// <summary>Whether a type's templates, overrides and copies hold Secrets, so that messages name their fields and never their values.</summary>
    public static bool AreIn(FederatedType type) => type.Target.Group == KnownResources.Secrets.Group && type.Target.Kind == KnownResources.Secrets.Kind;

    public static string Shown(FederatedType type, JsonNode? value) => !AreIn(type) ? Excerpt.Of(JsonText.Write(value)) : value switch
    {
        null => "null",
        JsonObject => "a map",
        JsonArray => "a list",
        _ => "a single value",
    };
}
