using KubeFed.Kubernetes.Objects;

namespace KubeFed.PowerShell.Mapping;

internal static class ManifestMap
{
    public static Manifest ToOutput(KubeObject value) => new()
    {
        Name = value.Name,
        Namespace = value.Namespace,
        Kind = value.Kind,
        ApiVersion = value.ApiVersion,
        Json = value.Json,
    };
}
