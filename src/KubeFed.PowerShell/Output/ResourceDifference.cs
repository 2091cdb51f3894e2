using System.Text.Json.Nodes;

namespace KubeFed;

/// <summary>One field of one copy, as it is and as it should be, and who made it what it is.</summary>
public sealed class ResourceDifference
{
    private const int Shown = 48;

    /// <summary>The resource's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its namespace; null for a resource that has none.</summary>
    public string? Namespace { get; init; }

    /// <summary>The type's name: <c>configmaps</c>, <c>deployments.apps</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The member cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>The field, for people: <c>/spec/template/spec/containers[name=web]/image</c>; <c>/</c> is the whole object.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// The field as an override takes it, a JSON Pointer such as <c>/spec/template/spec/containers/0/image</c>; null where the template has nothing.
    /// </summary>
    public string? Pointer { get; init; }

    /// <summary><c>Same</c>, <c>Differs</c>, <c>Missing</c>, or <c>Leftover</c> when the next sync would take it away.</summary>
    public required string State { get; init; }

    /// <summary>What the member has; null when it has nothing there.</summary>
    public object? Actual { get; init; }

    /// <summary>What the member will have after a sync, as its server writes it; null when nothing is to be there.</summary>
    public object? Desired { get; init; }

    /// <summary>The names of those who set what is there, comma-separated; empty where nobody is on record.</summary>
    public required string Owner { get; init; }

    /// <summary>The same in full: how and when each of them wrote.</summary>
    public required FieldOwner[] Owners { get; init; }

    /// <summary>What the next sync would do with this copy.</summary>
    public required SyncAction Action { get; init; }

    /// <summary><c>OK</c>, or the stable reason why the sync would leave the copy as it is or fail.</summary>
    public required string Status { get; init; }

    /// <summary>That reason in words; empty when there is none.</summary>
    public string Message { get; init; } = string.Empty;

    internal JsonNode? ActualJson { get; init; }

    internal JsonNode? DesiredJson { get; init; }

    /// <summary>The actual value in one short line, for tables.</summary>
    public string ActualText => Short(ActualJson, Path);

    /// <summary>The desired value in one short line, for tables.</summary>
    public string DesiredText => Short(DesiredJson, Path);

    /// <summary><c>member1: deployments.apps demo/web: /spec/replicas: 9, should be 2 (kubectl-edit)</c>.</summary>
    public override string ToString() =>
        $"{Cluster}: {Type} {(Namespace is null ? Name : $"{Namespace}/{Name}")}: {Path}: {ActualText}, should be {DesiredText} ({Owner})";

    private static string Short(JsonNode? node, string path)
    {
        var text = node switch
        {
            null => "-",
            JsonObject when path == "/" => "(object)",
            JsonValue value when value.TryGetValue<string>(out var plain) => plain,
            _ => Kubernetes.Json.JsonText.Write(node),
        };

        // What a member holds must not drive the terminal; only as much of it is made printable as can be shown.
        text = Kubernetes.Text.Printable.Of(text.Length <= Shown ? text : text[..(Shown + 1)]);
        return text.Length <= Shown ? text : $"{text.AsSpan(0, Shown - 3)}...";
    }
}

/// <summary>One writer of a field, as the member's API server recorded it.</summary>
public sealed class FieldOwner
{
    /// <summary>The name it wrote under: <c>kubefed</c>, <c>kubectl-edit</c>.</summary>
    public required string Manager { get; init; }

    /// <summary><c>Apply</c> or <c>Update</c>.</summary>
    public required string Operation { get; init; }

    /// <summary><c>status</c>, <c>scale</c>, or empty for the object itself.</summary>
    public string Subresource { get; init; } = string.Empty;

    /// <summary>When it last changed something of the object.</summary>
    public DateTime? Time { get; init; }

    /// <summary>The manager.</summary>
    public override string ToString() => Manager;
}
