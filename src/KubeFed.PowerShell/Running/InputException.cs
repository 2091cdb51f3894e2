namespace KubeFed.PowerShell.Running;

/// <summary>A parameter's value cannot be used; the message names the parameter and the value.</summary>
internal sealed class InputException(string id, string message, object? target) : Exception(message)
{
    public string Id { get; } = id;

    public object? Target { get; } = target;

    public string? Remedy { get; init; }
}
