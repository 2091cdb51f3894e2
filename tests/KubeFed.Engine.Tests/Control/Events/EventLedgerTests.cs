using KubeFed.Engine.Control.Events;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Tests.Fakes;

namespace KubeFed.Engine.Tests.Control.Events;

/// <summary>What is written of the same thing that happens again and again, as client-go's recorder has it.</summary>
public class EventLedgerTests
{
    private readonly ManualTime _time = new();
    private readonly EventLedger _ledger;

    public EventLedgerTests() => _ledger = new EventLedger(_time);

    [Fact]
    public void P_52_The_same_message_is_one_Event_that_counts()
    {
        var first = _ledger.Count(Notice("web"), "Creating", 1)!;
        _time.Advance(TimeSpan.FromMinutes(3));
        var second = _ledger.Count(Notice("web"), "Creating", 4)!;
        Assert.Same(first, second);
        Assert.Equal("""{"count":5,"lastTimestamp":"2026-01-01T00:03:00Z"}""", second.ToPatch().ToJsonString());
        Assert.Equal("2026-01-01T00:00:00Z", (string?)second.ToObject().Json["firstTimestamp"]);
    }

    [Fact]
    public void Another_message_or_another_object_is_another_Event()
    {
        var series = new[] { _ledger.Count(Notice("web"), "a", 1), _ledger.Count(Notice("web"), "b", 1), _ledger.Count(Notice("api"), "a", 1) };
        Assert.Equal(3, series.Select(one => one!.Key).Distinct().Count());
    }

    [Fact]
    public void An_Event_lies_in_its_objects_namespace_and_of_what_has_none_in_default()
    {
        Assert.Equal("ns1", _ledger.Count(Notice("web"), "a", 1)!.Key.Namespace);
        Assert.Equal("default", _ledger.Count(Notice("web", @namespace: null), "a", 1)!.Key.Namespace);
    }

    [Theory]
    [InlineData("web.v1", "web.v1.")]
    [InlineData("system:node", "kubefed.")]
    public void It_is_named_after_its_object_where_an_Event_may_be_called_so(string name, string stem) =>
        Assert.Matches($"^{stem.Replace(".", "\\.", StringComparison.Ordinal)}[0-9a-f]{{16}}$", _ledger.Count(Notice(name), "a", 1)!.Key.Name);

    [Fact]
    public void An_object_has_a_burst_of_twenty_five_and_then_one_in_five_minutes_and_what_is_over_is_counted_all_the_same()
    {
        var written = Enumerable.Range(0, 40).Count(i => _ledger.Count(Notice("web"), $"message {i}", 1) is not null);
        Assert.Equal(25, written);
        Assert.NotNull(_ledger.Count(Notice("api"), "message", 1));
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(2, _ledger.Count(Notice("web"), "message 39", 1)!.Count);
        Assert.Null(_ledger.Count(Notice("web"), "message 39", 1));
    }

    [Fact]
    public void What_the_server_forgot_begins_anew_under_another_name_with_its_count()
    {
        var series = _ledger.Count(Notice("web"), "a", 7)!;
        (series.IsStored, var before) = (true, series.Key);
        _ledger.Renew(series);
        Assert.NotEqual(before, series.Key);
        Assert.False(series.IsStored);
        Assert.Equal(7, (int)series.ToObject().Json["count"]!);
    }

    [Fact]
    public void It_remembers_so_many_and_those_that_were_told_last()
    {
        for (var i = 0; i < 4096; i++)
        {
            _ledger.Count(Notice($"web{i}"), "a", 1);
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        _ledger.Count(Notice("one too many"), "a", 1);
        Assert.Equal(1, _ledger.Count(Notice("web0"), "a", 1)!.Count);
        Assert.Equal(2, _ledger.Count(Notice("web4000"), "a", 1)!.Count);
    }

    internal static EventNotice Notice(string name, string? @namespace = "ns1") => new(
        new EventSubject("types.kubefed.io/v1beta1", "FederatedConfigMap", new ObjectKey(@namespace, name), "uid"),
        "federatedconfigmap-controller",
        IsWarning: false,
        "CreateInCluster",
        "Creating");
}
