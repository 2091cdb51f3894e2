namespace KubeFed.Engine.Scheduling;

/// <summary>What the planner is told of one cluster.</summary>
/// <param name="Name">The cluster's name.</param>
/// <param name="Current">Replicas that run and are ready; null when the workload is not there .</param>
/// <param name="Capacity">The most replicas the cluster can run; null when nothing limits it, or nothing is known.</param>
public sealed record ClusterState(string Name, long? Current = null, long? Capacity = null);
