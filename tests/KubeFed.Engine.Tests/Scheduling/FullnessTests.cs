using KubeFed.Engine.Api;
using KubeFed.Engine.Scheduling;
using KubeFed.Engine.Scheduling.State;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Scheduling;

/// <summary>P-83: cool-down and hysteresis of full clusters, and R-23.</summary>
public class FullnessTests
{
    private static readonly DateTimeOffset _start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory] // P-90
    [InlineData(5, 2, 3L)]
    [InlineData(5, 0, null)]
    [InlineData(2, 5, 0L)]
    public void Capacity_is_what_is_asked_for_less_what_finds_no_node_and_never_negative(int replicas, int unschedulable, long? capacity) =>
        Assert.Equal(capacity, Fullness.Judge(Reading(replicas, unschedulable), SchedulingMode.Compatible, SchedulingMemory.Empty, SchedulingSettings.Default, _start).Capacity);

    [Fact]
    public void A_cluster_that_was_full_gets_no_more_until_its_cool_down_is_over()
    {
        var (capacity, memory) = Judge(Reading(8, 3), SchedulingMemory.Empty, 0);
        Assert.Equal((5L, _start, TimeSpan.FromMinutes(2)), (capacity, memory.FullSince, memory.CoolDown));

        Assert.Equal(5L, Judge(Reading(5, 0), memory, 1).Capacity);
        Assert.Null(Judge(Reading(5, 0), memory, 2).Capacity);
    }

    [Fact]
    public void Each_time_it_is_full_again_the_cool_down_doubles_up_to_the_longest()
    {
        var memory = Judge(Reading(8, 3), SchedulingMemory.Empty, 0).Memory;
        var minutes = 0.0;
        var coolDowns = new List<double>();
        for (var round = 0; round < 7; round++)
        {
            minutes += memory.CoolDown.TotalMinutes;
            memory = Judge(Reading(8, 3), memory, minutes).Memory;
            coolDowns.Add(memory.CoolDown.TotalMinutes);
        }

        Assert.Equal([4, 8, 16, 32, 60, 60, 60], coolDowns);
    }

    [Fact]
    public void One_that_had_room_for_long_is_forgotten()
    {
        var memory = Judge(Reading(8, 3), SchedulingMemory.Empty, 0).Memory;

        Assert.NotEqual(SchedulingMemory.Empty, Judge(Reading(8, 0), memory, 5).Memory);
        Assert.Equal(SchedulingMemory.Empty, Judge(Reading(8, 0), memory, 6).Memory);
    }

    [Fact]
    public void Nodes_that_say_there_is_room_end_the_cool_down()
    {
        var memory = Judge(Reading(8, 3), SchedulingMemory.Empty, 0).Memory;

        Assert.Equal(20L, Judge(Reading(5, 0) with { Room = 20 }, memory, 0.5).Capacity);
    }

    [Fact]
    public void The_note_of_a_full_cluster_is_renewed_once_per_half_cool_down_only()
    {
        var memory = Judge(Reading(8, 3), SchedulingMemory.Empty, 0).Memory;

        Assert.Equal(memory, Judge(Reading(8, 3), memory, 0.9).Memory);
        Assert.Equal(_start.AddMinutes(1), Judge(Reading(8, 3), memory, 1).Memory.FullSince);
    }

    [Fact]
    public void What_is_remembered_survives_the_status_it_is_kept_in()
    {
        var memory = new SchedulingMemory(_start, _start.AddMinutes(3), 7, TimeSpan.FromMinutes(4));
        var entry = new System.Text.Json.Nodes.JsonObject { ["name"] = "c1" };
        memory.Write(entry);
        var preference = new KubeObject(new() { ["status"] = new System.Text.Json.Nodes.JsonObject { ["clusters"] = new System.Text.Json.Nodes.JsonArray(entry) } });

        Assert.Equal(memory, SchedulingMemory.Read(preference)["c1"]);
    }

    private static (long? Capacity, SchedulingMemory Memory) Judge(ClusterReading reading, SchedulingMemory memory, double minutes) =>
        Fullness.Judge(reading, SchedulingMode.Fair, memory, SchedulingSettings.Default, _start.AddMinutes(minutes));

    private static ClusterReading Reading(int replicas, int unschedulable) =>
        new(new MemberCluster { Name = "c1", ApiEndpoint = "https://c1", SecretName = "s", Source = new KubeObject([]) })
        {
            Replicas = replicas,
            Ready = Math.Max(0, replicas - unschedulable),
            Pods = unschedulable == 0 ? null : new PodAnalysis(replicas, Math.Max(0, replicas - unschedulable), unschedulable, unschedulable),
        };
}
