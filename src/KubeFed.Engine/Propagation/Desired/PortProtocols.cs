using System.Text.Json.Nodes;
using KubeFed.Engine.Api;

namespace KubeFed.Engine.Propagation.Desired;

/// <summary>
/// Writes out the protocol of ports that leave it to its default. It is part of the key by which a server merges lists of ports, and servers before 1.21
/// refuse to apply one without it, while KubeFed's PUT lost node ports over it (E-67, P-44).
/// </summary>
internal static class PortProtocols
{
    public static void Complete(JsonObject value)
    {
        if (value.Text("apiVersion") == "v1" && value.Text("kind") == "Service")
        {
            CompleteList(value.Map("spec")?["ports"], "port");
        }

        CompletePod(PodSpecs.Of(value));
    }

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
}
