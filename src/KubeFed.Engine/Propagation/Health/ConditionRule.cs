using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Health;

/// <summary>
/// Any kind we know nothing of. It is judged by the condition that says it all, <c>Ready</c> or else <c>Available</c>, and by the two with which controllers
/// say that they are still at it (<c>Reconciling</c>) or have given up (<c>Stalled</c>). A kind that shows none of these is healthy by being there.
/// </summary>
/// <remarks>P-70, P-71, kstatus. A Ready that is False is taken for a failure, unless a condition says that work is going on.</remarks>
internal static class ConditionRule
{
    private static readonly string[] Verdicts = ["Ready", "Available"];
    private static readonly string[] StillAtIt = ["Reconciling", "Progressing", "Issuing"];

    public static ObjectHealth Judge(KubeObject value)
    {
        if (value.Status is null)
        {
            return ObjectHealth.Healthy;
        }

        if (value.TrueCondition("Stalled") is { } stalled)
        {
            return ObjectHealth.Degraded(stalled.Words());
        }

        if (Observation.Behind(value) is { } behind)
        {
            return behind;
        }

        var working = StillAtIt.Select(value.TrueCondition).OfType<JsonObject>().FirstOrDefault();
        if (Verdicts.Select(value.Condition).OfType<JsonObject>().FirstOrDefault() is not { } verdict)
        {
            return working is not null && working.Text("type") == "Reconciling" ? ObjectHealth.Progressing(working.Words()) : ObjectHealth.Healthy;
        }

        if (verdict.Integer("observedGeneration") < value.Generation)
        {
            return ObjectHealth.Progressing("its controller has not seen the latest change yet");
        }

        return verdict.Text("status") switch
        {
            "True" => ObjectHealth.Healthy,
            "False" when working is null => ObjectHealth.Degraded(verdict.Words()),
            _ => ObjectHealth.Progressing(verdict.Words()),
        };
    }
}
