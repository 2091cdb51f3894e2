using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Tests.Fakes;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.Sandbox;
using KubeFed.TestSupport.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>
/// Fifty-odd resources of every fate on three members, and the process cut off from every server at each single write of their sync, before the server acted
/// on it and after. The writes go on side by side, as they do outside of tests. From wherever that leaves the servers, another process must come to the very
/// same end.
/// </summary>
public class CrashEverywhereTests
{
    private const string Data = "'template':{'metadata':{'labels':{'l':'1'}},'data':{'a':'1','b':'2'}}";
    private const string Everywhere = "'placement':{'clusterSelector':{}}";

    private static readonly string[] Clusters = ["host", "c1", "c2", "c3"];
    private static readonly ApiResource[] Kinds = [KnownResources.ConfigMaps, KnownResources.Secrets, KnownResources.Deployments];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sync_of_fifty_resources_that_is_killed_at_any_write_is_completed_by_the_next(bool afterTheServerActed)
    {
        await using var bed = await PrepareAsync();
        var begin = Save(bed);
        var writes = await SyncAsync(bed);
        var expected = await WorldAsync(bed);
        Assert.InRange(writes, 180, 400);
        Assert.Equal(0, await SyncAsync(bed));
        for (var position = 1; position <= writes; position++)
        {
            Restore(bed, begin);
            await RunUntilAsync(bed, position, afterTheServerActed);
            var before = await WorldAsync(bed);

            await SyncAsync(bed);
            var again = await SyncAsync(bed);

            var after = await WorldAsync(bed);
            Assert.True(again == 0, $"killed at write {position}: the third run still makes {again} writes");
            AssertSame(expected, after, $"killed at write {position}");
            AssertUntouched(before, after, expected, $"killed at write {position}");
        }
    }

    /// <summary>
    /// Nine to create, ten changed, six that shrink and four that grow, six to delete, four to orphan, and more; and what others keep beside it.
    /// </summary>
    private static async Task<FederationBed> PrepareAsync()
    {
        var bed = await FederationBed.StartAsync(members: 3, types: ["namespaces", "configmaps", "secrets", "deployments.apps"], workloads: false);
        await bed.FederateNamespaceAsync("ns1");
        string[] everywhere = [.. Names("changed", 10), .. Names("shrunk", 6), .. Names("deleted", 6), .. Names("orphaned", 4), .. Names("drifted", 3)];
        foreach (var name in everywhere)
        {
            await bed.DeclareAsync("configmaps", name, $"{{{Data},{Everywhere}}}");
        }

        foreach (var name in Names("grown", 4))
        {
            await bed.DeclareAsync("configmaps", name, $"{{{Data},'placement':{{'clusters':[{{'name':'c1'}}]}}}}");
        }

        foreach (var name in Names("overridden", 3).Concat(Names("scaled", 2)))
        {
            await bed.DeclareAsync("deployments.apps", name,
                "{'template':{'spec':{'replicas':1,'selector':{'matchLabels':{'a':'b'}},'template':{'metadata':{'labels':{'a':'b'}},"
                + $"'spec':{{'containers':[{{'name':'c','image':'i'}}]}}}}}}}},{Everywhere}}}");
        }

        await bed.DeclareAsync("secrets", "same", $"{{'template':{{'data':{{'p':'cA=='}}}},{Everywhere}}}");
        await bed.SyncAsync();

        foreach (var name in Names("new", 8))
        {
            await bed.DeclareAsync("configmaps", name, $"{{{Data},{Everywhere}}}");
        }

        await bed.DeclareAsync("secrets", "new", $"{{'template':{{'data':{{'p':'cA=='}}}},{Everywhere}}}");
        foreach (var name in Names("adopted", 3))
        {
            await bed.PutAsync("c1", KnownResources.ConfigMaps, name, "{'data':{'a':'old','theirs':'1'}}");
            await bed.DeclareAsync("configmaps", name, $"{{{Data},{Everywhere}}}");
        }

        foreach (var cluster in Clusters.Skip(1))
        {
            await bed.PutAsync(cluster, KnownResources.ConfigMaps, "bystander", "{'data':{'theirs':'1'}}");
            await bed.EditAsync(cluster, KnownResources.ConfigMaps, "changed-1", "{'metadata':{'annotations':{'theirs':'1'}},'data':{'theirs':'1'}}");
        }

        foreach (var name in Names("changed", 10))
        {
            await bed.ChangeAsync("configmaps", name, "{'spec':{'template':{'data':{'a':'new','b':null,'c':'3'}}}}");
        }

        foreach (var name in Names("shrunk", 6))
        {
            await bed.ChangeAsync("configmaps", name, "{'spec':{'placement':{'clusters':[{'name':'c2'}]}}}");
        }

        foreach (var name in Names("grown", 4))
        {
            await bed.ChangeAsync("configmaps", name, "{'spec':{'placement':{'clusters':null,'clusterSelector':{}}}}");
        }

        foreach (var name in Names("overridden", 3))
        {
            await bed.ChangeAsync("deployments.apps", name,
                "{'spec':{'overrides':[{'clusterName':'c2','clusterOverrides':[{'path':'/spec/replicas','value':5}]}]}}");
        }

        foreach (var name in Names("scaled", 2))
        {
            await bed.EditAsync("c3", KnownResources.Deployments, name, "{'spec':{'replicas':9}}");
        }

        foreach (var name in Names("drifted", 3))
        {
            await bed.EditAsync("c1", KnownResources.ConfigMaps, name, "{'data':{'a':'drift','b':null}}");
        }

        foreach (var name in Names("deleted", 6))
        {
            await bed.DeleteAsync("configmaps", name);
        }

        foreach (var name in Names("orphaned", 4))
        {
            await bed.DeleteAsync("configmaps", name, KubeFedNames.OrphanAnnotation);
        }

        return bed;
    }

    private static IEnumerable<string> Names(string prefix, int count) => Enumerable.Range(1, count).Select(i => $"{prefix}-{i}");

    /// <summary>Runs a sync whose connections all break for good at one of its writes.</summary>
    private static async Task RunUntilAsync(FederationBed bed, int position, bool afterTheServerActed)
    {
        var (left, dead) = (position, 0);
        var time = new LeapingTime();
        var factory = new KubeClientFactory([bed.Sandbox.Transport], time: time, wrap: (inner, _) =>
        {
            var wire = new FaultHandler(inner);
            wire.When(_ => Volatile.Read(ref dead) > 0, Fault.Unreachable);
            wire.When(
                request => request.Method != HttpMethod.Get && Interlocked.Decrement(ref left) == 0 && Interlocked.Increment(ref dead) > 0,
                afterTheServerActed ? Fault.AnswerLost : Fault.Unreachable);
            return wire;
        });
        using var host = factory.Create(bed.Sandbox.Host.Settings);
        using var federation = new Federation(
            new FederationOptions { Host = host, HostName = "host", Clients = factory, Loggers = NullLoggerFactory.Instance, Time = time });
        var failed = 0;
        await foreach (var outcome in federation.Sync.RunAsync(new SyncRequest(), NullSink.Instance, Token))
        {
            failed += outcome.Succeeded ? 0 : 1;
        }

        Assert.True(failed > 0, $"killed at write {position}: nothing failed");
    }

    /// <summary>A new process with nothing remembered synchronises. How many writes reached the servers.</summary>
    private static async Task<long> SyncAsync(FederationBed bed)
    {
        var before = bed.Sandbox.Clusters.Sum(cluster => cluster.Writes);
        var factory = new KubeClientFactory([bed.Sandbox.Transport]);
        using var host = factory.Create(bed.Sandbox.Host.Settings);
        using var federation = Open(host, factory);
        await foreach (var outcome in federation.Sync.RunAsync(new SyncRequest(), NullSink.Instance, Token))
        {
            Assert.True(outcome.Succeeded, $"{outcome.Resource} in {outcome.Cluster}: {outcome.Message}");
        }

        return bed.Sandbox.Clusters.Sum(cluster => cluster.Writes) - before;
    }

    private static Federation Open(IKubeClient host, IKubeClientFactory factory) =>
        new(new FederationOptions { Host = host, HostName = "host", Clients = factory, Loggers = NullLoggerFactory.Instance });

    private static ClusterImage[] Save(FederationBed bed) => [.. bed.Sandbox.Clusters.Select(cluster => cluster.Save())];

    private static void Restore(FederationBed bed, ClusterImage[] state)
    {
        foreach (var (cluster, image) in bed.Sandbox.Clusters.Zip(state))
        {
            cluster.Restore(image);
        }
    }

    /// <summary>Everything that is in the namespace: on the host what is federated, in members what there is, whoever it belongs to.</summary>
    private static async Task<Dictionary<string, Seen>> WorldAsync(FederationBed bed)
    {
        var world = new Dictionary<string, Seen>(StringComparer.Ordinal);
        foreach (var cluster in Clusters)
        {
            var kinds = cluster == "host" ? Kinds.Select(kind => new ApiResource(
                KubeFedNames.TypesGroup, KubeFedNames.TypesVersion, "Federated" + kind.Kind, "federated" + kind.Plural, Namespaced: true)) : Kinds;
            foreach (var kind in kinds)
            {
                foreach (var item in (await bed.Admin(cluster).ListAsync(kind, new ListQuery { Namespace = "ns1" }, Token)).Items)
                {
                    world[$"{cluster} {kind.Plural} {item.Name}"] = new Seen(item.Uid, item.ResourceVersion, Content(item));
                }
            }
        }

        return world;
    }

    /// <summary>The object without what differs from run to run: identity, versions and times.</summary>
    private static string Content(KubeObject item)
    {
        var json = (JsonObject)item.Json.DeepClone();
        Strip(json);

        // Servers list owners in the order of their times.
        if (json["metadata"]!["managedFields"] is JsonArray owners)
        {
            json["metadata"]!["managedFields"] = new JsonArray([.. owners.Select(owner => (JsonNode)owner!.ToJsonString()).OrderBy(text => (string)text!)]);
        }

        return json.ToJsonString();
    }

    private static void Strip(JsonNode? node)
    {
        if (node is JsonArray items)
        {
            foreach (var item in items)
            {
                Strip(item);
            }
        }
        else if (node is JsonObject map)
        {
            foreach (var name in (string[])["uid", "resourceVersion", "creationTimestamp", "time", "lastTransitionTime", "lastUpdateTime", "lastProbeTime"])
            {
                map.Remove(name);
            }

            // What we own tells whether a copy is as it should be; the generation beside it may be an older one.
            if (map["observedVersion"] is JsonValue version)
            {
                map["observedVersion"] = version.GetValue<string>().Split(',')[0];
            }

            foreach (var (_, value) in map)
            {
                Strip(value);
            }
        }
    }

    /// <summary>Nothing is missing, nothing is too many, and everything has the content, the owners and the record of an undisturbed run.</summary>
    private static void AssertSame(Dictionary<string, Seen> expected, Dictionary<string, Seen> actual, string when)
    {
        Assert.True(expected.Keys.ToHashSet().SetEquals(actual.Keys), $"{when}: {string.Join(", ", expected.Keys.Except(actual.Keys))} missing, "
            + $"{string.Join(", ", actual.Keys.Except(expected.Keys))} too many");
        foreach (var (key, seen) in expected)
        {
            Assert.True(seen.Content == actual[key].Content, $"{when}: {key} is {actual[key].Content}, should be {seen.Content}");
        }
    }

    /// <summary>
    /// What was there and is to stay is the same object still; what was as it should be in a member was not written again with another result.
    /// </summary>
    private static void AssertUntouched(Dictionary<string, Seen> before, Dictionary<string, Seen> after, Dictionary<string, Seen> expected, string when)
    {
        foreach (var (key, seen) in before)
        {
            if (!after.TryGetValue(key, out var now))
            {
                continue;
            }

            Assert.True(seen.Uid == now.Uid, $"{when}: {key} was deleted and made again");
            if (!key.StartsWith("host", StringComparison.Ordinal) && seen.Content == expected[key].Content)
            {
                Assert.True(seen.ResourceVersion == now.ResourceVersion, $"{when}: {key} was as it should be and was changed");
            }
        }
    }

    private sealed record Seen(string Uid, string ResourceVersion, string Content);
}
