using System.Text.Json.Nodes;

namespace KubeFed.PowerShell.Input;

/// <summary>One object of what a user gave, or why it can't be read, which keeps no other from being read.</summary>
/// <param name="Value">Null where there is a fault.</param>
/// <param name="Fault">Null where it can be read.</param>
internal sealed record GivenManifest(JsonObject? Value, Exception? Fault)
{
    /// <summary>What of it is not taken as it is written, a sentence each.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>A field whose text PowerShell turned into a date before this module saw it; null where there is none.</summary>
    public DateField? Date { get; init; }
}
