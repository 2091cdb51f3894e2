using System.Text.Json.Nodes;
using KubeFed.Engine.Propagation.Recording;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Propagation;

/// <summary>What the host remembers of deletions: little, for a short time, and whoever writes.</summary>
public class TombstonesTests
{
    private static readonly DateTimeOffset s_now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_is_written_is_read_with_the_clusters_it_does_not_hold_for()
    {
        var stored = Merged(null, s_now, new Tombstone("u1", s_now.AddMinutes(-1), []), new Tombstone("u2", s_now, ["c2", "c3"]));
        var read = Tombstones.Read(stored, s_now.AddDays(2));
        Assert.Equal(s_now.AddMinutes(-1), read.Find("u1")!.Deleted);
        Assert.Equal(["c2", "c3"], read.Find("u2")!.Except);
        Assert.True(read.Find("u2")!.Covers(Make.Cluster("c1") with { Joined = s_now }));
        Assert.False(read.Find("u2")!.Covers(Make.Cluster("c2") with { Joined = s_now }));
        Assert.False(read.Find("u2")!.Covers(Make.Cluster("c1") with { Joined = s_now.AddSeconds(1) }));
        Assert.False(read.Find("u2")!.Covers(Make.Cluster("c1") with { Joined = null }));
        Assert.Null(read.Find("u3"));
        Assert.Null(read.Find(null));
    }

    [Fact]
    public void What_is_old_is_neither_believed_nor_kept()
    {
        var stored = Merged(null, s_now, new Tombstone("u1", s_now, []));
        Assert.True(Tombstones.Read(stored, s_now + Tombstones.Lifetime).IsEmpty);
        stored = Merged(stored, s_now + Tombstones.Lifetime, new Tombstone("u2", s_now, []));
        Assert.DoesNotContain("u1", stored.Json.ToJsonString(), StringComparison.Ordinal);
        Assert.Single(stored.Json["data"]!.AsObject());
    }

    [Fact]
    public void Of_too_many_the_oldest_go_and_the_whole_stays_far_below_what_an_object_may_have()
    {
        KubeObject? stored = null;
        for (var batch = 0; batch < 12; batch++)
        {
            stored = Merged(
                stored,
                s_now.AddMinutes(batch),
                [.. Enumerable.Range(0, 1000).Select(i => new Tombstone($"{batch:00000000}-0000-0000-0000-{i:000000000000}", s_now, []))]);
        }

        var read = Tombstones.Read(stored, s_now.AddHours(1));
        Assert.NotNull(read.Find("00000011-0000-0000-0000-000000000999"));
        Assert.NotNull(read.Find("00000008-0000-0000-0000-000000000000"));
        Assert.Null(read.Find("00000007-0000-0000-0000-000000000999"));
        Assert.InRange(stored!.Json.ToJsonString().Length, 1, 500_000);
        stored = Merged(stored, s_now.AddHours(1), [.. Enumerable.Range(0, 10_000).Select(i => new Tombstone($"new-{i}", s_now, []))]);
        Assert.Equal(Tombstones.Most, JsonNode.Parse((string)Assert.Single(stored.Json["data"]!.AsObject()).Value!)!["deleted"]!.AsObject().Count);
    }

    [Fact]
    public void Two_writers_at_once_lose_nothing()
    {
        var one = Tombstones.Next(null, [new Tombstone("u1", s_now, [])], s_now);
        var two = Tombstones.Next(null, [new Tombstone("u2", s_now, [])], s_now);
        var stored = Stored([.. one, .. two]);
        Assert.NotNull(Tombstones.Read(stored, s_now).Find("u1"));
        Assert.NotNull(Tombstones.Read(stored, s_now).Find("u2"));
    }

    [Theory]
    [InlineData("7")]
    [InlineData("\"no json\"")]
    [InlineData("\"[]\"")]
    [InlineData("\"{}\"")]
    [InlineData("\"{\\\"time\\\":7,\\\"deleted\\\":{\\\"u1\\\":\\\"2026-05-01T12:00:00Z\\\"}}\"")]
    [InlineData("\"{\\\"time\\\":\\\"2026-05-01T12:00:00Z\\\",\\\"deleted\\\":[\\\"u1\\\"]}\"")]
    [InlineData("\"{\\\"time\\\":\\\"2026-05-01T12:00:00Z\\\",\\\"deleted\\\":{\\\"u1\\\":7}}\"")]
    public void What_can_not_be_read_says_nothing(string value)
    {
        var stored = Stored([KeyValuePair.Create("x", JsonNode.Parse(value))]);
        Assert.True(Tombstones.Read(stored, s_now).IsEmpty);
    }

    [Fact]
    public void Of_a_resource_that_too_many_clusters_did_not_answer_for_nothing_is_remembered()
    {
        var stored = Merged(null, s_now, new Tombstone("u1", s_now, [.. Enumerable.Range(0, 17).Select(i => $"c{i}")]), new Tombstone("u2", s_now, []));
        Assert.Null(Tombstones.Read(stored, s_now).Find("u1"));
        Assert.NotNull(Tombstones.Read(stored, s_now).Find("u2"));
    }

    private static KubeObject Merged(KubeObject? stored, DateTimeOffset now, params IReadOnlyList<Tombstone> added)
    {
        var data = (stored?.Json["data"] as JsonObject)?.ToDictionary(entry => entry.Key, entry => entry.Value?.DeepClone()) ?? [];
        foreach (var (name, value) in Tombstones.Next(stored, added, now))
        {
            data.Remove(name);
            if (value is not null)
            {
                data[name] = value.DeepClone();
            }
        }

        return Stored(data);
    }

    private static KubeObject Stored(IEnumerable<KeyValuePair<string, JsonNode?>> data) =>
        new(new JsonObject { ["data"] = new JsonObject(data.Select(entry => KeyValuePair.Create(entry.Key, entry.Value?.DeepClone()))) });
}
