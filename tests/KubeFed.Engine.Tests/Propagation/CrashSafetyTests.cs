using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Tests.Fakes;
using KubeFed.Kubernetes.Objects;
using KubeFed.TestSupport.Transport;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>
/// The process dies at a write, before the server got it or after, at every position of a run that creates, updates, removes, deletes and orphans. Another
/// process must then bring everything to the same end, and have nothing left to do.
/// </summary>
public class CrashSafetyTests
{
    private const string Everywhere = "{'template':{'data':{'a':'1'}},'placement':{'clusterSelector':{}}}";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_killed_at_any_write_is_completed_by_the_next(bool afterTheServerActed)
    {
        var expected = string.Empty;
        for (var position = 0; ; position++)
        {
            await using var bed = await Prepared();
            var left = position;
            var dead = false;
            foreach (var name in (string[])["host", "c1", "c2"])
            {
                // The write at the chosen position is lost, and from then on the process says nothing more to anybody.
                if (afterTheServerActed)
                {
                    bed.Faults(name).When(request => IsWrite(request) && position > 0 && Interlocked.Decrement(ref left) == 0
                        && (dead = true), Fault.AnswerLost);
                }

                bed.Faults(name).When(
                    request => dead || (!afterTheServerActed && IsWrite(request) && position > 0 && Interlocked.Decrement(ref left) == 0 && (dead = true)),
                    Fault.Unreachable);
            }

            await Sync(bed);
            foreach (var name in (string[])["host", "c1", "c2"])
            {
                bed.Faults(name).Heal();
            }

            bed.Open();
            await Sync(bed);
            await Sync(bed);
            bed.Clear();
            await Sync(bed);

            Assert.True(bed.Writes.Count == 0, $"killed at write {position}: a third run still writes {string.Join("; ", bed.Writes)}");
            var end = await Describe(bed);
            if (position == 0)
            {
                expected = end;
                continue;
            }

            Assert.True(expected == end, $"killed at write {position}: {end}");
            if (!dead)
            {
                Assert.InRange(position, 15, 200);
                return;
            }
        }
    }

    private static bool IsWrite(HttpRequestMessage request) => request.Method != HttpMethod.Get;

    /// <summary>Something to do of every kind.</summary>
    private static async Task<FederationBed> Prepared()
    {
        var bed = await FederationBed.StartAsync(members: 2, types: ["namespaces", "configmaps"], time: new LeapingTime());
        await bed.FederateNamespaceAsync("ns1");
        foreach (var name in (string[])["changed", "shrunk", "deleted", "orphaned"])
        {
            await bed.DeclareAsync("configmaps", name, Everywhere);
        }

        await bed.SyncAsync();
        await bed.DeclareAsync("configmaps", "new", Everywhere);
        await bed.PutAsync("c1", KnownResources.ConfigMaps, "adopted", "{'data':{'theirs':'1'}}");
        await bed.DeclareAsync("configmaps", "adopted", Everywhere);
        await bed.ChangeAsync("configmaps", "changed", "{'spec':{'template':{'data':{'a':null,'b':'2'}}}}");
        await bed.ChangeAsync("configmaps", "shrunk", "{'spec':{'placement':{'clusters':[{'name':'c2'}]}}}");
        await bed.DeleteAsync("configmaps", "deleted");
        await bed.DeleteAsync("configmaps", "orphaned", KubeFedNames.OrphanAnnotation);
        return bed;
    }

    private static async Task Sync(FederationBed bed)
    {
        try
        {
            await bed.SyncAsync(new SyncRequest { ThrottleLimit = 2 });
        }
        catch (Exception error) when (error is FederationException or Kubernetes.Client.KubeException)
        {
            // Dead before it could start.
        }
    }

    private static async Task<string> Describe(FederationBed bed)
    {
        var lines = new List<string>();
        foreach (var cluster in (string[])["c1", "c2"])
        {
            foreach (var map in (await bed.Admin(cluster).ListAsync(KnownResources.ConfigMaps, new Kubernetes.Client.ListQuery { Namespace = "ns1" },
                default)).Items)
            {
                if (map.Name != "kube-root-ca.crt")
                {
                    lines.Add($"{cluster} {map.Name} {map.Label(KubeFedNames.ManagedLabel)} {map.Json["data"]?.ToJsonString()}");
                }
            }
        }

        foreach (var name in (string[])["new", "adopted", "changed", "shrunk", "deleted", "orphaned"])
        {
            lines.Add(await bed.FederatedAsync("configmaps", name) is null ? $"{name} gone" : $"{name} {await bed.BriefAsync("configmaps", name)}");
        }

        return string.Join('\n', lines);
    }
}
