namespace KubeFed.PowerShell.Input;

/// <summary>Tells the user what of his input is not taken as he wrote it; of dates, once in a cmdlet.</summary>
/// <param name="warn">Writes a warning.</param>
/// <param name="parameter">The parameter it came in by.</param>
internal sealed class InputWarnings(Action<string> warn, string parameter)
{
    private bool _toldOfDates;

    public void Tell(GivenManifest given)
    {
        foreach (var remark in given.Remarks)
        {
            warn(remark);
        }

        if (given.Date is { } date && !_toldOfDates)
        {
            _toldOfDates = true;
            warn(date.Remark(parameter));
        }
    }

    /// <summary>The objects of what must be readable as a whole.</summary>
    public IReadOnlyList<System.Text.Json.Nodes.JsonObject> Whole(object value)
    {
        var read = ManifestInput.ReadEach(value, parameter, takeApart: false);
        foreach (var given in read)
        {
            Tell(given);
        }

        return [.. read.Select(given => given.Fault is { } fault ? throw fault : given.Value!)];
    }
}
