using System.Text;

namespace KubeFed.PowerShell.Input;

/// <summary>
/// Objects as they come down a pipeline: one by one, as whole texts, or as the lines of a text, which is how <c>Get-Content</c> and native commands send it.
/// Lines that follow each other are one text.
/// </summary>
/// <param name="parameter">The parameter it comes in by, for error messages.</param>
/// <param name="takeApart">Whether lists are given as their objects.</param>
internal sealed class ManifestStream(string parameter, bool takeApart = true)
{
    private readonly List<GivenManifest> _objects = [];
    private readonly StringBuilder _lines = new();

    public void Add(object value)
    {
        if ((value is PSObject wrapper ? wrapper.BaseObject : value) is string text && !IsWhole(text))
        {
            _lines.Append(text).Append('\n');
            return;
        }

        EndText();
        _objects.AddRange(ManifestInput.ReadEach(value, parameter, takeApart));
    }

    /// <summary>All objects so far, in their order, those that can't be read among them.</summary>
    public IReadOnlyList<GivenManifest> End()
    {
        EndText();
        return _objects;
    }

    /// <summary>A text with lines of its own, or one line of JSON, while no other lines wait to be completed.</summary>
    private bool IsWhole(string text) =>
        text.Contains('\n', StringComparison.Ordinal) || (_lines.Length == 0 && text.TrimStart().StartsWith('{') && text.TrimEnd().EndsWith('}'));

    private void EndText()
    {
        if (_lines.Length > 0)
        {
            var text = _lines.ToString();
            _lines.Clear();
            _objects.AddRange(ManifestInput.ReadEach(text, parameter, takeApart));
        }
    }
}
