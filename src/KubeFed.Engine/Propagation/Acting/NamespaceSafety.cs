using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Kubernetes.Client;

namespace KubeFed.Engine.Propagation.Acting;

/// <summary>Keeps a namespace that merely left a placement from taking down what others keep in it.</summary>
/// <remarks>P-32, E-102.</remarks>
internal static class NamespaceSafety
{
    private const int Named = 5;

    /// <summary>The refusal, or null when nothing of others would be lost.</summary>
    /// <exception cref="KubeException">The namespace's contents could not be read.</exception>
    public static async Task<CellResult?> CheckAsync(IKubeClient client, ResourcePlan plan, CellPlan cell, CancellationToken cancellationToken)
    {
        if (!plan.MayLoseContent(cell))
        {
            return null;
        }

        var name = plan.Resource.TargetKey.Name;
        var foreign = await NamespaceContents
            .ListAsync(client, name, plan.Owns, cancellationToken)
            .ConfigureAwait(false);
        if (foreign.Count == 0)
        {
            return null;
        }

        var shown = string.Join(", ", foreign.Take(Named)) + (foreign.Count > Named ? $" and {foreign.Count - Named} more" : string.Empty);
        return cell.Failed(
            PropagationReason.DeletionFailed,
            $"namespace {name} holds what this federation did not put there ({shown}) and is kept; move or delete that, "
            + $"or set annotation {KubeFedNames.DeleteUnmanagedAnnotation}=true on FederatedNamespace {name} to let it go too");
    }
}
