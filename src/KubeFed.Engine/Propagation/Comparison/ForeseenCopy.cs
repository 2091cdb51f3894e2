using System.Text.Json.Nodes;
using KubeFed.Engine.Propagation.Acting;
using KubeFed.Engine.Propagation.Desired;
using KubeFed.Engine.Propagation.Planning;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Comparison;

/// <summary>
/// Asks a member's server what a copy would be after the next apply, by the very apply as a dry run: the server knows its defaults, how it writes quantities,
/// and what admission makes of it.
/// </summary>
internal static class ForeseenCopy
{
    private static readonly WriteOptions DryRun = new() { FieldManager = Api.KubeFedNames.FieldManager, Force = true, DryRun = true };

    /// <summary>The object as it would be stored.</summary>
    /// <param name="client">The member.</param>
    /// <param name="plan">The resource's plan.</param>
    /// <param name="target">The type in the version the member serves.</param>
    /// <param name="desired">What is to be applied.</param>
    /// <param name="actual">The object as it is; null when there is none.</param>
    /// <param name="cell">What the plan says of the cell.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    /// <exception cref="KubeException">The server refuses it, or does not answer.</exception>
    public static async Task<KubeObject> AskAsync(
        IKubeClient client,
        ResourcePlan plan,
        ApiResource target,
        DesiredObject desired,
        KubeObject? actual,
        CellPlan cell,
        CancellationToken cancellationToken)
    {
        var replicas = actual is null ? cell.InitialReplicas : Retained(plan, cell, actual);
        var (resource, value) = CellWriter.Body(
            target, desired, actual?.Uid, actual?.ResourceVersion ?? CellWriter.NeverCurrent, replicas);
        var foreseen = await client.ApplyAsync(resource, value, DryRun, cancellationToken).ConfigureAwait(false);
        return cell.TakeOver && actual is not null
            ? await HandedOverAsync(client, resource, foreseen, actual, desired, cancellationToken).ConfigureAwait(false)
            : foreseen;
    }

    /// <summary>
    /// What an apply leaves of an object that a KubeFed controller wrote. Its fields are ours by then, and those that are not applied go; but handing them over
    /// can't be tried dry together with the apply. So they are taken out here, and the server, by a replace that is a dry run again, fills in its defaults.
    /// </summary>
    private static async Task<KubeObject> HandedOverAsync(
        IKubeClient client, ApiResource resource, KubeObject foreseen, KubeObject actual, DesiredObject desired, CancellationToken cancellationToken)
    {
        var left = foreseen.Clone();
        if (!RelinquishedFields.Remove(left, OwnershipTakeOver.Foresee(actual), desired.Json))
        {
            return foreseen;
        }

        left.ResourceVersion = actual.ResourceVersion;
        left.Metadata.Remove("managedFields");
        try
        {
            return await client.ReplaceAsync(resource, left, DryRun, cancellationToken).ConfigureAwait(false);
        }
        catch (KubeApiException refused) when (refused.Code == 403)
        {
            // The sync replaces nothing and needs no right to. Without it nothing can be foretold of what goes.
            return foreseen;
        }
    }

    /// <summary>The replicas that an apply repeats because they are still ours although the member has the say.</summary>
    private static JsonNode? Retained(ResourcePlan plan, CellPlan cell, KubeObject actual)
    {
        if (!plan.Resource.RetainReplicas)
        {
            return null;
        }

        var handedOver = cell.TakeOver ? OwnershipTakeOver.Foresee(actual) : actual;
        return MemberVersion.Of(handedOver).OwnsReplicas ? actual.Spec?["replicas"] : null;
    }
}
