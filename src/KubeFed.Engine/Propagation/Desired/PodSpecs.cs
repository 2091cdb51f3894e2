using System.Text.Json.Nodes;
using KubeFed.Engine.Api;

namespace KubeFed.Engine.Propagation.Desired;

/// <summary>Finds the pod's spec in an object that is a Pod or makes Pods of a template.</summary>
internal static class PodSpecs
{
    /// <summary>Null where there is none.</summary>
    public static JsonObject? Of(JsonObject value)
    {
        if (value.Text("apiVersion") == "v1" && value.Text("kind") == "PodTemplate")
        {
            return value.Map("template").Map("spec");
        }

        var spec = value.Map("spec");
        return value.Text("apiVersion") == "v1" && value.Text("kind") == "Pod" ? spec : Template(spec) ?? Template(spec.Map("jobTemplate").Map("spec"));
    }

    private static JsonObject? Template(JsonObject? spec) => spec.Map("template").Map("spec");
}
