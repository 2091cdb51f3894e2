using System.Text;
using KubeFed.Kubernetes.Text;

namespace KubeFed.Kubernetes.Authentication;

/// <summary>
/// Drains what a plugin writes to standard error, however much that is, and keeps its end. A plugin that talks to a person is passed on to the terminal as it
/// writes, up to a bound and without what could drive the terminal.
/// </summary>
/// <param name="terminal">Where a person reads along; null when nobody does.</param>
internal sealed class PluginComplaints(TextWriter? terminal)
{
    private const int Kept = 8 * 1024;
    private const int Shown = 16 * 1024;

    private readonly StringBuilder _end = new();
    private int _passed;

    /// <summary>The last line that says something, printable and shortened; null when there is none.</summary>
    public string? LastLine
    {
        get
        {
            const StringSplitOptions Lines = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
            return _end.ToString().Split(['\n', '\r'], Lines).LastOrDefault() is { } last ? Excerpt.Of(last) : null;
        }
    }

    public async Task DrainAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var buffer = new char[4096];
        int count;
        while ((count = await reader.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            _end.Append(buffer, 0, count);
            if (_end.Length > 2 * Kept)
            {
                _end.Remove(0, _end.Length - Kept);
            }

            Pass(new string(buffer, 0, count));
        }
    }

    private void Pass(string text)
    {
        if (terminal is null || _passed >= Shown)
        {
            return;
        }

        _passed += text.Length;
        terminal.Write(string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(Printable.Of)));
        if (_passed >= Shown)
        {
            terminal.WriteLine();
            terminal.WriteLine("(more that the plugin writes is not shown)");
        }

        terminal.Flush();
    }
}
