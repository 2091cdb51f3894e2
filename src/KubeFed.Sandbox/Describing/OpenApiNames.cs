using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Describing;

/// <summary>What schemas are called in OpenAPI documents: a Go package turned around, a version, a kind.</summary>
internal static class OpenApiNames
{
    private const string Machinery = "io.k8s.apimachinery.pkg.apis.meta.v1.";
    private const string Extensions = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.";
    private static readonly string[] s_machinery = ["ObjectMeta", "OwnerReference", "ManagedFieldsEntry", "LabelSelector", "LabelSelectorRequirement", "Condition"];

    /// <summary><c>io.k8s.api.apps.v1.Deployment</c>, <c>com.example.v1.Widget</c>.</summary>
    public static string OfKind(ResourceType type) => Package(type) + type.Kind;

    /// <summary>A type that a kind uses somewhere within.</summary>
    public static string OfPart(string name, ResourceType user) => (s_machinery.Contains(name) ? Machinery : Package(user)) + name;

    private static string Package(ResourceType type)
    {
        if (type.IsCustom)
        {
            return $"{string.Join('.', type.Group.Split('.').Reverse())}.{type.Version}.";
        }

        var group = type.Group.Split('.')[0];
        return group == "apiextensions" ? $"{Extensions}{type.Version}." : $"io.k8s.api.{(type.IsCore ? "core" : group)}.{type.Version}.";
    }
}
