namespace KubeFed;

/// <summary>One problem of a federation, and what to do about it.</summary>
public sealed class Finding
{
    /// <summary><c>Error</c>: does not work; <c>Warning</c>: works now, and will bite; <c>Information</c>: works, and is worth knowing.</summary>
    public required string Severity { get; init; }

    /// <summary>What was checked, in one stable word, such as <c>TokenExpired</c>.</summary>
    public required string Check { get; init; }

    /// <summary>What it is about: <c>cluster east</c>, <c>type deployments.apps</c>.</summary>
    public required string Target { get; init; }

    /// <summary>What is wrong, with the value.</summary>
    public required string Message { get; init; }

    /// <summary>What to do.</summary>
    public required string Remedy { get; init; }

    /// <summary><c>Error SecretMissing: cluster east: Its Secret does not exist.</c></summary>
    public override string ToString() => $"{Severity} {Check}: {Target}: {Message}";
}
