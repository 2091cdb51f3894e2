namespace KubeFed.Sandbox;

/// <summary>What a sandbox consists of, and how its clusters behave.</summary>
public sealed record SandboxOptions
{
    /// <summary>The clusters to start, host first. RFC 1123 labels; they become host names below <c>sandbox.invalid</c>.</summary>
    public IReadOnlyList<string> Clusters { get; init; } = ["host", "cluster1", "cluster2", "cluster3"];

    /// <summary>What every server says it is; a cluster can say otherwise in <see cref="Cluster"/>.</summary>
    public string Version { get; init; } = "v1.31.0-sandbox";

    /// <summary>Nodes per cluster.</summary>
    public int Nodes { get; init; } = 3;

    /// <summary>What each node can hold.</summary>
    public NodeCapacity NodeCapacity { get; init; } = new();

    /// <summary>Past changes a cluster remembers, for watches that resume and pages that continue; older positions get 410 Gone.</summary>
    public int HistoryWindow { get; init; } = 10_000;

    /// <summary>How often an idle watch that asked for bookmarks gets one.</summary>
    public TimeSpan BookmarkInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether Deployments, ReplicaSets, Jobs and their Pods come to life by themselves.</summary>
    public bool SimulateWorkloads { get; init; } = true;

    /// <summary>Timestamps, token lifetimes, bookmarks and watch timeouts follow it.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Changes the options of single clusters, by name; the options given are these.</summary>
    public Func<string, ClusterOptions, ClusterOptions>? Cluster { get; init; }
}

/// <summary>What one simulated node can hold.</summary>
public sealed record NodeCapacity
{
    /// <summary>CPU in thousandths of a core.</summary>
    public long MilliCpu { get; init; } = 4000;

    /// <summary>Memory in bytes.</summary>
    public long Memory { get; init; } = 16L * 1024 * 1024 * 1024;

    public int Pods { get; init; } = 110;
}

/// <summary>How one cluster of a sandbox differs from the others.</summary>
public sealed record ClusterOptions
{
    public required string Version { get; init; }

    public required int Nodes { get; init; }

    public required NodeCapacity NodeCapacity { get; init; }
}
