using KubeFed.Engine.Api;
using KubeFed.Engine.Control.Events;
using KubeFed.Engine.Propagation;
using Microsoft.Extensions.Logging;

namespace KubeFed.Engine.Control;

/// <content>What is counted, and told to others.</content>
internal sealed partial class ControlRun
{
    public void HostWritten(ObservedWrite write)
    {
        if (write.Resource.Group == KubeFedNames.TypesGroup || _host.Federated.Values.Any(type => type.Type.Federated == write.Resource))
        {
            Interlocked.Increment(ref _hostWrites);
        }
    }

    public void MemberWritten(MemberWatch member, ObservedWrite write)
    {
        Interlocked.Increment(ref _memberWrites);
        _instruments.Wrote(write);
    }

    public void Rests(FederatedType type, string why) => _events.Tell(EventWording.Of(type, why));

    public void Told(SyncOutcome outcome)
    {
        if (outcome is { HeldBack: not null, Cluster: { } cluster })
        {
            _instruments.HeldBack(cluster);
        }

        // What no resource stands behind any more has nobody to tell of it.
        if (_host.Federated.GetValueOrDefault(outcome.Type.Name)?.Loop.Find(outcome.Resource) is { } resource)
        {
            _events.Tell(EventWording.Of(outcome, resource), outcome.Cluster);
        }

        lock (_telling)
        {
            try
            {
                _told(outcome);
            }
#pragma warning disable CA1031 // Whoever listens must not stop what it listens to; the log has it.
            catch (Exception error)
#pragma warning restore CA1031
            {
                _logger.LogError(error, "Whoever is told of the outcomes failed");
            }
        }
    }

    public void Dealt(WorkKey key, Verdict verdict)
    {
        _instruments.Dealt(QueueOf(key.Type), verdict);
        if (verdict.Failed)
        {
            Interlocked.Increment(ref _failures);
        }
    }

    public void Ran(TimeSpan took, Exception? failure)
    {
        Interlocked.Increment(ref _runs);
        _instruments.Ran(took);
        if (failure is not null)
        {
            _logger.LogError(failure, "A run failed");
            var text = $"A run failed, and what it was about is tried again: {failure.Message}";
            Sink.Error(failure as FederationException ?? new FederationException("RunFailed", FederationProblem.Failed, text, failure));
        }
    }
}
