using System.Globalization;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Api;

/// <summary>A registered cluster, read from a KubeFedCluster object.</summary>
/// <remarks>api.md section 3.</remarks>
public sealed record MemberCluster
{
    public required string Name { get; init; }

    /// <summary>Host, host:port or URL, as stored (A-11: without a scheme it means https).</summary>
    public required string ApiEndpoint { get; init; }

    /// <summary>PEM, or null when the object carries none.</summary>
    public string? CaBundle { get; init; }

    /// <summary>The Secret in the system namespace that holds the bearer token.</summary>
    public required string SecretName { get; init; }

    public TlsChecksDisabled TlsChecksDisabled { get; init; }

    /// <summary>Null or empty for none.</summary>
    public string? ProxyUrl { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<ClusterCondition> Conditions { get; init; } = [];

    /// <summary>Such as <c>v1.31.0</c>, as last recorded; null before that.</summary>
    public string? KubernetesVersion { get; init; }

    /// <summary>The 31 of <c>v1.31.0</c>; null when no version is recorded.</summary>
    public int? Minor =>
        KubernetesVersion?.Split('.') is [_, var minor, ..] && int.TryParse(minor.TrimEnd('+'), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    /// <summary>The server records in <c>managedFields</c> who scaled an object, as Kubernetes does from 1.22 on.</summary>
    public bool RecordsScaling => Minor >= 22;

    public DateTimeOffset? Joined { get; init; }

    /// <summary>True or False as the Ready condition says; null when no health check was recorded yet.</summary>
    public bool? Ready => Conditions.FirstOrDefault(c => c.Type == "Ready") is { } ready ? ready.Status == "True" : null;

    /// <summary>Null unless somebody suspended the cluster.</summary>
    public Suspension? Suspension { get; init; }

    /// <summary>The stored object.</summary>
    public required KubeObject Source { get; init; }
}

/// <summary>One entry of <c>status.conditions</c>: <c>Ready</c>, <c>Offline</c> or <c>ConfigMalformed</c>.</summary>
public sealed record ClusterCondition(
    string Type, string Status, string Reason, string Message, DateTimeOffset LastProbeTime, DateTimeOffset? LastTransitionTime);
