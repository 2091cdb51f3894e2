namespace KubeFed.Engine.Propagation.Planning;

/// <summary>
/// Tells by who wrote it whether an object with the managed label is a federation's copy. The label alone does not: Kubernetes copies the labels of a Service
/// to its Endpoints and EndpointSlices, those of Endpoints to mirrored slices, those of a template to what is made of it, and so do many controllers.
/// </summary>
internal static class CopyOrigin
{
    /// <summary>What KubeFed's controllers are called as field managers: after their executable, and the link it is started by (C-1).</summary>
    private static readonly string[] KubeFedManagers = ["controller-manager", "hyperfed"];

    /// <summary>Kubernetes' own components; k3s and MicroK8s run all of them in one process.</summary>
    private static readonly string[] KubernetesManagers =
        ["kube-controller-manager", "cloud-controller-manager", "kube-scheduler", "kubelet", "kube-apiserver", "k3s", "kubelite"];

    public static bool IsKubeFed(string? manager) => KubeFedManagers.Contains(manager, StringComparer.Ordinal);

    public static bool IsKubernetes(string manager) => KubernetesManagers.Contains(manager, StringComparer.Ordinal);

    /// <summary>Why an object is derived that an owner reference with <c>controller: true</c> names the maker of.</summary>
    public static string ControlledBy(string? kind, string? name) => $"{kind} {name} controls it";

    /// <summary>Why an object is derived that a component of Kubernetes writes.</summary>
    public static string WrittenBy(string manager) => $"{manager} makes it from another object";
}
