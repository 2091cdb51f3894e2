using System.Globalization;
using KubeFed.Engine.Control;
using KubeFed.Engine.Tests.Propagation;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeFed.Engine.Tests.Control;

/// <summary>Own writes and what the watch tells of them, in whichever order they come.</summary>
public class WatchLoopTests
{
    private const int Writes = 2000;

    private static readonly ObjectKey Web = new("ns1", "web");

    [Fact]
    public async Task What_was_written_is_never_unknown_again_and_nothing_of_it_is_left_when_the_watch_has_told_it()
    {
        await using var bed = await FederationBed.WithNamespaceAsync(members: 1);
        using var stop = new CancellationTokenSource();
        var setting = new WatchSetting(TimeProvider.System, NullLogger.Instance, defect => Assert.Fail(defect.ToString()), stop.Token);
        var told = 0UL;
        var loop = new WatchLoop<string>(setting, version => version)
        {
            Changed = change => Volatile.Write(ref told, change.After is { } version ? Number(version) : told),
        };
        var made = await bed.PutAsync("c1", KnownResources.ConfigMaps, "web", "{'data':{'a':'0'}}");
        loop.Start(bed.Admin("c1"), KnownResources.ConfigMaps, new ListQuery { Namespace = "ns1" }, value => value.ResourceVersion);
        await loop.WhenSettled;

        var written = Number(made.ResourceVersion);
        var isDone = false;
        var reading = Task.Run(() =>
        {
            while (!Volatile.Read(ref isDone))
            {
                var least = Volatile.Read(ref written);
                Assert.InRange(Number(loop.Find(Web)!), least, ulong.MaxValue);
            }
        });
        for (var i = 1; i <= Writes; i++)
        {
            var now = await bed.EditAsync("c1", KnownResources.ConfigMaps, "web", $"{{'data':{{'a':'{i}'}}}}");
            loop.Wrote(Web, now.ResourceVersion, now.ResourceVersion);
            Volatile.Write(ref written, Number(now.ResourceVersion));
        }

        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref told) == written, TimeSpan.FromSeconds(30)), "The watch fell silent.");
        Volatile.Write(ref isDone, true);
        await reading;
        Assert.Empty(loop.Expire(TimeSpan.Zero));
        await stop.CancelAsync();
    }

    private static ulong Number(string version) => ulong.Parse(version, CultureInfo.InvariantCulture);
}
