using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Planning;

/// <summary>How the copies of a deleted federated object are to be deleted: its <c>kubefed.io/deleteoption</c> annotation.</summary>
/// <param name="Options">The defaults when there is no annotation.</param>
/// <param name="Error">Why the annotation can't be read; null when it can. Then nothing may be deleted (S-37).</param>
/// <remarks>E-92; only gracePeriodSeconds, propagationPolicy and preconditions count.</remarks>
public sealed record DeletionAnnotation(DeleteOptions Options, string? Error)
{
    public static DeletionAnnotation Read(KubeObject federated)
    {
        if (federated.Annotation(KubeFedNames.DeleteOptionsAnnotation) is not { Length: > 0 } text)
        {
            return new DeletionAnnotation(DeleteOptions.Default, null);
        }

        try
        {
            return new DeletionAnnotation(Parse(JsonText.ParseObject(text)), null);
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException)
        {
            return new DeletionAnnotation(
                DeleteOptions.Default,
                $"annotation {KubeFedNames.DeleteOptionsAnnotation} is not a DeleteOptions object: '{text}': {error.Message} "
                + "Correct or remove it; until then no copy is deleted.");
        }
    }

    private static DeleteOptions Parse(JsonObject json)
    {
        var preconditions = json["preconditions"] as JsonObject;
        return new DeleteOptions
        {
            GracePeriodSeconds = json["gracePeriodSeconds"]?.GetValue<long>(),
            Propagation = json["propagationPolicy"]?.GetValue<string>() switch
            {
                null or "" => null,
                "Orphan" => DeletionPropagation.Orphan,
                "Background" => DeletionPropagation.Background,
                "Foreground" => DeletionPropagation.Foreground,
                var other => throw new FormatException($"propagationPolicy is '{other}'; use Orphan, Background or Foreground."),
            },
            PreconditionUid = preconditions?["uid"]?.GetValue<string>(),
            PreconditionResourceVersion = preconditions?["resourceVersion"]?.GetValue<string>(),
        };
    }
}
