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

    /// <summary>The cell, with the namespace only let go of when another federation has copies in it.</summary>
    /// <remarks>What our account may not list is not ours to look after; what it may list, every federation of this member lists.</remarks>
    /// <exception cref="KubeException">The namespace's contents could not be read.</exception>
    public static async Task<CellPlan> SpareAsync(IKubeClient client, ResourcePlan plan, CellPlan cell, CancellationToken cancellationToken)
    {
        if (!plan.MayTakeOthersCopies(cell))
        {
            return cell;
        }

        var others = await NamespaceContents
            .ListReadableAsync(client, plan.Resource.TargetKey.Name, KubeFedNames.ManagedLabel, item => !plan.IsOthers(item), cancellationToken)
            .ConfigureAwait(false);
        return others.Count == 0
            ? cell
            : cell.Spare($"the namespace holds copies of another federation ({Shown(others)}) and is left to it; "
                + $"annotation {KubeFedNames.DeleteUnmanagedAnnotation}=true on the FederatedNamespace would take them along");
    }

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

        return cell.Failed(
            PropagationReason.DeletionFailed,
            $"namespace {name} holds what this federation did not put there ({Shown(foreign)}) and is kept; move or delete that, "
            + $"or set annotation {KubeFedNames.DeleteUnmanagedAnnotation}=true on FederatedNamespace {name} to let it go too");
    }

    private static string Shown(IReadOnlyList<string> items) =>
        string.Join(", ", items.Take(Named)) + (items.Count > Named ? $" and {items.Count - Named} more" : string.Empty);
}
