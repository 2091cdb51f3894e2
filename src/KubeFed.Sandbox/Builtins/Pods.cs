using System.Text.Json.Nodes;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Builtins;

/// <summary>What a server does to a new Pod.</summary>
internal static class Pods
{
    public static void PrepareCreate(JsonObject value)
    {
        var spec = value.Ensure("spec");
        spec["serviceAccountName"] ??= "default";
        spec["serviceAccount"] = spec.Text("serviceAccountName");
        spec["priority"] ??= 0;
        spec["preemptionPolicy"] ??= "PreemptLowerPriority";
        value["status"] = new JsonObject { ["phase"] = "Pending", ["qosClass"] = QosClass(spec) };
    }

    private static string QosClass(JsonObject spec)
    {
        var guaranteed = true;
        var any = false;
        foreach (var container in spec.Items("containers")?.OfType<JsonObject>() ?? [])
        {
            var limits = container.At("resources.limits") as JsonObject;
            var requests = container.At("resources.requests") as JsonObject;
            any |= limits?.Count > 0 || requests?.Count > 0;
            guaranteed &= limits?.ContainsKey("cpu") == true && limits.ContainsKey("memory") && (requests is null || WireJson.Same(limits, requests));
        }

        return !any ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable";
    }
}
