using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.ControlPlane;

/// <summary>What every operation says when the host has no control plane.</summary>
internal static class ControlPlaneErrors
{
    /// <remarks>cli.md section 2 step 1, word for word.</remarks>
    public static FederationException NotFound(string systemNamespace, Exception? inner = null) => new(
        "ControlPlaneNotFound",
        FederationProblem.NotFound,
        $"A KubeFedConfig named \"{KubeFedNames.ConfigName}\" was not found in namespace \"{systemNamespace}\". "
            + "Is a KubeFed control plane running in this namespace?",
        inner)
    {
        Remedy = $"Run Install-KubeFed, or name the control plane's namespace if it is not \"{systemNamespace}\".",
        Target = $"{systemNamespace}/{KubeFedNames.ConfigName}",
    };

    /// <summary>Lists one of KubeFed's own kinds; a server that does not know the kind has no control plane.</summary>
    public static async Task<IReadOnlyList<KubeObject>> ListCoreAsync(Federation federation, ApiResource resource, CancellationToken cancellationToken)
    {
        try
        {
            var list = await federation.Host
                .ListAsync(resource, new ListQuery { Namespace = federation.SystemNamespace }, cancellationToken)
                .ConfigureAwait(false);
            return [.. list.Items.OrderBy(item => item.Name, StringComparer.Ordinal)];
        }
        catch (KubeApiException error) when (error.IsNotFound)
        {
            throw NotFound(federation.SystemNamespace, error);
        }
    }
}
