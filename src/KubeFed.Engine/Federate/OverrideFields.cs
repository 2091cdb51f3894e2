using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Desired;

namespace KubeFed.Engine.Federate;

/// <summary>
/// The fields of overrides that KubeFed's definitions know nothing of, so that a host which KubeFed installed drops them without a word. What is left then
/// means something else: an entry for nobody, or a value of null. So the server is asked first, in a dry run.
/// </summary>
/// <remarks>P-60, P-65.</remarks>
internal static class OverrideFields
{
    /// <summary>How many a resource uses.</summary>
    public static int Of(FederatedResource resource) => OverrideSet.Of(resource).Rules
        .Sum(rule => (rule.Selector is null ? 0 : 1) + rule.Operations.Count(operation => operation.Template is not null));

    /// <exception cref="FederationException"><c>FederatedDefinitionTooOld</c>.</exception>
    public static void ThrowIfDropped(FederatedResource sent, FederatedResource answered)
    {
        if (Of(answered) < Of(sent))
        {
            throw new FederationException(
                "FederatedDefinitionTooOld",
                FederationProblem.Refused,
                $"{sent.Type.Federated.Kind} {sent.Key} was not written: the host's definition of the type would drop clusterSelector or valueTemplate from "
                + "its overrides, which would then mean something else.")
            {
                Remedy = $"Run Enable-KubeFedType {sent.Type.Name} again; it extends the definition.",
                Target = sent.Key.ToString(),
            };
        }
    }
}
