using System.Diagnostics.Metrics;
using System.Globalization;
using KubeFed.Engine.Control;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Tests.Propagation;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Control;

/// <summary>A controller against somebody who changes a copy each time after it was applied.</summary>
public class ControlledRepetitionTests
{
    private const int Edits = 30;

    [Fact]
    public async Task A_copy_that_is_changed_back_each_time_is_held_back_told_once_and_counted()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 2);
        await bed.DeclareAsync("configmaps", "web", "{'template':{'data':{'a':'b'}},'placement':{'clusterSelector':{}}}");
        await bed.SyncAsync();
        var counted = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == ControllerMetrics.Meter && instrument.Name == ControllerMetrics.HeldBack)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => Interlocked.Add(ref counted, IsOf("c1", tags) ? value : 0));
        listener.Start();
        await using var controller = await RunningController.StartAsync(bed);
        bed.Warnings.Clear();
        for (var i = 0; i < Edits; i++)
        {
            var before = Of("c1").Count;
            await bed.EditAsync("c1", KnownResources.ConfigMaps, "web", $"{{'data':{{'a':'{i.ToString(CultureInfo.InvariantCulture)}'}}}}");
            await controller.UntilAsync(() => Of("c1").Count > before, $"edit {i} has been dealt with");
        }

        await controller.QuietAsync();

        // The pauses double: eight applies would take more than ten minutes.
        var (applies, held) = (Of("c1").Count(outcome => outcome.Written), Of("c1").Count(outcome => outcome.HeldBack is not null));
        Assert.InRange(applies, 1, 8);
        Assert.InRange(held, Edits - 8, int.MaxValue);
        Assert.InRange(Interlocked.Read(ref counted), held, long.MaxValue);
        Assert.Contains("applied again later and later", Assert.Single(bed.Warnings));
        Assert.DoesNotContain(Of("c2"), outcome => outcome.Written);
        Assert.Equal("False/CheckClusters c1=Pending c2=Ok", await bed.BriefAsync("configmaps", "web"));

        await bed.ChangeAsync("configmaps", "web", "{'spec':{'template':{'data':{'a':'c'}}}}");
        await controller.UntilBriefAsync("configmaps", "web", "True c1=Ok c2=Ok");

        List<SyncOutcome> Of(string cluster) => [.. controller.Outcomes.Where(outcome => outcome.Cluster == cluster && outcome.Resource.Name == "web")];
    }

    private static bool IsOf(string cluster, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var tag in tags)
        {
            if (tag is { Key: "cluster", Value: string value } && value == cluster)
            {
                return true;
            }
        }

        return false;
    }
}
