namespace KubeFed.Sandbox.Controllers;

/// <summary>How workloads behave in a simulated cluster.</summary>
/// <param name="Simulate">Deployments get ReplicaSets, ReplicaSets get Pods, Pods get nodes, and all become ready; false leaves them alone.</param>
internal sealed record Workload(bool Simulate);
