using KubeFed.Kubernetes.Client;

namespace KubeFed.Host.Cli;

/// <summary>All the executable takes from its process, so that a test can give it something else.</summary>
public sealed record HostEnvironment
{
    /// <summary>Results.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Errors, warnings and progress.</summary>
    public required TextWriter Error { get; init; }

    public required TextReader In { get; init; }

    /// <summary>Reads an environment variable.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Asked before sockets are used; tests reach the sandbox through one.</summary>
    public IReadOnlyList<IKubeTransport> Transports { get; init; } = [];

    /// <summary>Columns of text a line may take.</summary>
    public int Width { get; init; } = 100;

    /// <summary>Whether <see cref="Out"/> is a terminal a person looks at, where colour may be used.</summary>
    public bool Interactive { get; init; }
}
