using KubeFed.Engine.Propagation;
using KubeFed.Host.Commands;
using Microsoft.Extensions.Logging;

namespace KubeFed.Host.Manager.Logging;

/// <summary>Logs what became of resources: what was written and what failed. That all the others are as desired is no news.</summary>
internal sealed class OutcomeLog(ILogger log)
{
    internal void Tell(SyncOutcome outcome)
    {
        if (!outcome.Written && outcome.Succeeded)
        {
            return;
        }

        var fields = new Dictionary<string, object?>
        {
            ["Type"] = outcome.Type.Name,
            ["Resource"] = outcome.Resource.ToString(),
            ["Cluster"] = outcome.Cluster,
            ["Action"] = outcome.Action.ToString(),
            ["Reason"] = outcome.Reason.ToString(),
        };
        log.Log(outcome.Succeeded ? LogLevel.Information : LogLevel.Error, default, fields, null, (_, _) => OutcomeText.Line(outcome));
    }
}
