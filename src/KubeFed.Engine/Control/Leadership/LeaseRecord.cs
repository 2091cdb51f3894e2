using System.Globalization;
using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Control.Leadership;

/// <summary>What a Lease says of its holder. Times are the holder's own clock's: they are shown to people and never compared with another clock.</summary>
/// <param name="Holder">Empty when the lease was released.</param>
/// <param name="LeaseSeconds">Null when it is not said.</param>
/// <param name="AcquireTime">As it is written.</param>
/// <param name="RenewTime">As it is written.</param>
/// <param name="Transitions">How often the lease went from one holder to another.</param>
/// <remarks>coordination.k8s.io/v1 LeaseSpec.</remarks>
internal sealed record LeaseRecord(string Holder, long? LeaseSeconds, string? AcquireTime, string? RenewTime, long Transitions)
{
    private const string MicroTime = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    public static LeaseRecord Of(KubeObject lease) => new(
        lease.Spec.Text("holderIdentity") ?? string.Empty,
        lease.Spec.Integer("leaseDurationSeconds"),
        lease.Spec.Text("acquireTime"),
        lease.Spec.Text("renewTime"),
        lease.Spec.Integer("leaseTransitions") ?? 0);

    /// <summary>A point in time as a Lease writes it.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString(MicroTime, CultureInfo.InvariantCulture);

    /// <summary>Writes this into a lease; what else its spec holds stays.</summary>
    public KubeObject Into(KubeObject lease)
    {
        var spec = lease.Section("spec");
        spec["holderIdentity"] = Holder;
        spec["leaseDurationSeconds"] = JsonValue.Create(LeaseSeconds);
        spec["acquireTime"] = AcquireTime;
        spec["renewTime"] = RenewTime;
        spec["leaseTransitions"] = Transitions;
        return lease;
    }
}
