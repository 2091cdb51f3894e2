using System.Text.Json.Nodes;

namespace KubeFed.Engine.Propagation.Desired;

/// <summary>
/// Writes out the protocol of ports that leave it to its default. It is part of the key by which a server merges lists of ports, and servers before 1.21
/// refuse to apply one without it, while KubeFed's PUT lost node ports over it (E-67, P-44).
/// </summary>
internal static class PortProtocols
{
    public static void Complete(JsonObject value)
    {
        if (value["spec"] is not JsonObject spec)
        {
            return;
        }

        if (IsService(value))
        {
            CompleteList(spec["ports"], "port");
        }

        CompletePod(IsPod(value) ? spec : PodOf(spec) ?? PodOf((spec["jobTemplate"] as JsonObject)?["spec"]));
    }

    private static JsonObject? PodOf(JsonNode? spec) => (spec as JsonObject)?["template"] is JsonObject template ? template["spec"] as JsonObject : null;

    private static void CompletePod(JsonObject? pod)
    {
        if (pod is null)
        {
            return;
        }

        foreach (var name in (string[])["containers", "initContainers", "ephemeralContainers"])
        {
            foreach (var container in (pod[name] as JsonArray ?? []).OfType<JsonObject>())
            {
                CompleteList(container["ports"], "containerPort");
            }
        }
    }

    private static void CompleteList(JsonNode? ports, string key)
    {
        foreach (var port in (ports as JsonArray ?? []).OfType<JsonObject>())
        {
            if (port.ContainsKey(key) && port["protocol"] is null)
            {
                port["protocol"] = "TCP";
            }
        }
    }

    private static bool IsService(JsonObject value) => Is(value, "v1", "Service");

    private static bool IsPod(JsonObject value) => Is(value, "v1", "Pod");

    private static bool Is(JsonObject value, string apiVersion, string kind) => Text(value["apiVersion"]) == apiVersion && Text(value["kind"]) == kind;

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
