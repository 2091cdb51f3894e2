namespace KubeFed.Cluster.Tests.Conformance;

/// <summary>One request of a case. Wait steps are repeated until the answer contains a text, and are not compared.</summary>
/// <param name="Method">GET, POST, ...</param>
/// <param name="Target">Path and query with placeholders.</param>
/// <param name="Headers">By name, as written.</param>
/// <param name="Body">Null for none; placeholders are filled in.</param>
/// <param name="WaitFor">What the answer must contain before the case goes on; null for a step that is compared.</param>
public sealed record ConformanceStep(string Method, string Target, IReadOnlyDictionary<string, string> Headers, string? Body, string? WaitFor);

/// <summary>
/// A sequence of requests whose answers a real API server gave and the sandbox must give too. Cases are text:
/// <code>
/// === A name that is taken is refused
/// POST /api/v1/namespaces/{ns}/configmaps
/// {"metadata":{"name":"a"}}
/// ---
/// POST /api/v1/namespaces/{ns}/configmaps
/// {"metadata":{"name":"a"}}
/// </code>
/// Steps are separated by <c>---</c>. Lines of the form <c>Name: value</c> after the first are headers. <c>{ns}</c> is a namespace of the case's own,
/// <c>{id}</c> a name no other case has, <c>{1.metadata.uid}</c> a value of an earlier answer. <c>WAIT text GET path</c> asks until the answer contains the text;
/// <c>GONE GET path</c> until it is 404; <c>SECOND</c> until a new second begins, for answers that depend on whether a server dates two writes alike.
/// </summary>
public sealed record ConformanceCase(string File, string Name, IReadOnlyList<ConformanceStep> Steps)
{
    public const string GoneMark = "\"code\":404";

    /// <summary>The method of a step that sends nothing and waits for a new second to begin.</summary>
    public const string NextSecond = "SECOND";

    public override string ToString() => $"{File}: {Name}";

    /// <summary>All cases of all files, in order.</summary>
    public static IReadOnlyList<ConformanceCase> Load() =>
        [.. Directory.GetFiles(System.IO.Path.Combine(AppContext.BaseDirectory, "Conformance", "Cases"), "*.cases")
            .Order(StringComparer.Ordinal)
            .SelectMany(path => Parse(System.IO.Path.GetFileNameWithoutExtension(path), System.IO.File.ReadAllText(path)))];

    private static IEnumerable<ConformanceCase> Parse(string file, string text)
    {
        foreach (var block in ("\n" + text).Split("\n=== ").Skip(1))
        {
            var lines = block.Split('\n').Where(line => !line.StartsWith("# ", StringComparison.Ordinal)).ToList();
            var steps = string.Join('\n', lines.Skip(1)).Split("\n---\n").Select(step => Step(step.Trim('\n'))).ToList();
            yield return new ConformanceCase(file, lines[0].Trim(), steps);
        }
    }

    private static ConformanceStep Step(string text)
    {
        var lines = text.Split('\n');
        var first = lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string? wait = null;
        if (first[0] == "WAIT")
        {
            (wait, first) = (first[1], first[2..]);
        }
        else if (first[0] == "GONE")
        {
            (wait, first) = (GoneMark, first[1..]);
        }

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var at = 1;
        while (at < lines.Length && lines[at] is [>= 'A' and <= 'Z', ..] && lines[at].Split(": ", 2) is [var name, var value] && !name.Contains(' ', StringComparison.Ordinal))
        {
            headers[name] = value;
            at++;
        }

        var body = string.Join('\n', lines[at..]).Trim();
        return new ConformanceStep(first[0], string.Join("%20", first[1..]), headers, body.Length == 0 ? null : body, wait);
    }
}
