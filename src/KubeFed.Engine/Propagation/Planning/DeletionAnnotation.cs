using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Federate;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Planning;

/// <summary>How the copies of a deleted federated object are to be deleted: its <c>kubefed.io/deleteoption</c> annotation.</summary>
/// <param name="Options">Those of a copy that nobody says anything about when there is no annotation.</param>
/// <param name="Error">Why the annotation can't be read; null when it can. Then nothing may be deleted (S-37).</param>
/// <remarks>
/// E-92; only gracePeriodSeconds, propagationPolicy and preconditions count. Any other field is refused, where KubeFed ignored it: a policy under a mistyped
/// name would delete what it was to keep.
/// </remarks>
public sealed record DeletionAnnotation(DeleteOptions Options, string? Error)
{
    /// <summary>
    /// How a copy is deleted that nobody says anything about: what depends on it goes with it. Left to the server, some kinds leave their dependents behind:
    /// Jobs of batch/v1, CronJobs of batch/v1beta1, ReplicationControllers, and the workloads of extensions/v1beta1, apps/v1beta1 and apps/v1beta2.
    /// </summary>
    /// <remarks>Kubernetes keeps that default for these versions for back compatibility; all other kinds are deleted in the background.</remarks>
    public static DeleteOptions Unannotated { get; } = new() { Propagation = DeletionPropagation.Background };

    /// <summary>The policies there are, as they are written.</summary>
    public static IReadOnlyList<string> Policies { get; } = Enum.GetNames<DeletionPropagation>();

    public static DeletionAnnotation Read(KubeObject federated)
    {
        if (federated.Annotation(KubeFedNames.DeleteOptionsAnnotation) is not { Length: > 0 } text)
        {
            return new DeletionAnnotation(Unannotated, null);
        }

        try
        {
            return new DeletionAnnotation(Parse(JsonText.ParseObject(text)), null);
        }
        catch (Exception error) when (error is JsonException or FormatException)
        {
            return new DeletionAnnotation(
                Unannotated,
                $"annotation {KubeFedNames.DeleteOptionsAnnotation} is not a DeleteOptions object: '{text}': {error.Message} "
                + "Correct or remove it; until then no copy is deleted.");
        }
    }

    /// <summary>The annotation's value for a policy, a period in seconds, or both, beside what is stored and says something else.</summary>
    /// <param name="federated">Whose annotation is to be written. What it says already stays, unless it can't be read: then nothing of it counts.</param>
    /// <param name="propagation">Null leaves the policy as it is.</param>
    /// <param name="gracePeriodSeconds">Null leaves the period as it is.</param>
    /// <remarks>As KubeFed's ApplyDeleteOptions writes it.</remarks>
    public static string Write(KubeObject federated, DeletionPropagation? propagation, long? gracePeriodSeconds)
    {
        var stored = Read(federated).Error is null ? federated.Annotation(KubeFedNames.DeleteOptionsAnnotation) : null;
        var json = stored is { Length: > 0 } ? JsonText.ParseObject(stored) : [];
        if (gracePeriodSeconds is { } seconds)
        {
            json["gracePeriodSeconds"] = seconds;
        }

        if (propagation is { } policy)
        {
            json["propagationPolicy"] = policy.ToString();
        }

        return JsonText.Write(json);
    }

    private static DeleteOptions Parse(JsonObject json)
    {
        if (UnknownFields.InDeleteOptions(json).ToList() is { Count: > 0 } unknown)
        {
            throw new FormatException(FieldFault.Together(unknown));
        }

        var preconditions = json["preconditions"] is null or JsonObject
            ? json["preconditions"] as JsonObject
            : throw Wrong("preconditions", json["preconditions"], "an object with uid or resourceVersion");
        return new DeleteOptions
        {
            GracePeriodSeconds = Seconds(json["gracePeriodSeconds"]),
            Propagation = Text("propagationPolicy", json["propagationPolicy"]) switch
            {
                null or "" => Unannotated.Propagation,
                "Orphan" => DeletionPropagation.Orphan,
                "Background" => DeletionPropagation.Background,
                "Foreground" => DeletionPropagation.Foreground,
                var other => throw new FormatException($"propagationPolicy is '{other}'; use Orphan, Background or Foreground."),
            },
            PreconditionUid = Text("preconditions.uid", preconditions?["uid"]),
            PreconditionResourceVersion = Text("preconditions.resourceVersion", preconditions?["resourceVersion"]),
        };
    }

    private static long? Seconds(JsonNode? node) => node switch
    {
        null => null,
        JsonValue value when value.TryGetValue<long>(out var seconds) && seconds >= 0 => seconds,
        _ => throw Wrong("gracePeriodSeconds", node, "a whole number, 0 or more"),
    };

    private static string? Text(string field, JsonNode? node) => node switch
    {
        null => null,
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        _ => throw Wrong(field, node, "a text"),
    };

    private static FormatException Wrong(string field, JsonNode? value, string wanted) => new($"{field} is {JsonText.Write(value)}, and must be {wanted}.");
}
