using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Health;

/// <summary>Reads <c>status.conditions</c> in the shape that the API conventions give it.</summary>
internal static class Conditions
{
    public static JsonObject? Condition(this KubeObject value, string type) => value.Status.Maps("conditions").FirstOrDefault(c => c.Text("type") == type);

    /// <summary>The condition when its status is <c>True</c>.</summary>
    public static JsonObject? TrueCondition(this KubeObject value, string type) => value.Condition(type) is { } found && found.Text("status") == "True" ? found : null;

    /// <summary>What a condition has to say: <c>Reason: message</c>, or as much of it as there is.</summary>
    public static string Words(this JsonObject condition)
    {
        var (reason, message) = (condition.NonEmptyText("reason"), condition.NonEmptyText("message"));
        return reason is null ? message ?? $"{condition.Text("type")} is {condition.Text("status")}"
            : message is null ? reason
            : $"{reason}: {message}";
    }
}
