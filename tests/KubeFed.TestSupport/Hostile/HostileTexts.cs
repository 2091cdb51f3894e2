namespace KubeFed.TestSupport.Hostile;

/// <summary>
/// Values as somebody would choose them who wants a request, a file name, a header or a line of a terminal to become another one: paths, queries, dots,
/// escapes, control and bidirectional characters, half characters, and very long ones. The same seed gives the same values.
/// </summary>
public static class HostileTexts
{
    private static readonly string[] Whole =
    [
        "", ".", "..", "/", "//", "\\", "..\\..", "%", "%2e", "%2e%2e", "%2E%2e/", "..%2f", "%252e%252e", "..;/", ".%00.", "?", "#", ";", "&", "=", ":", "@",
        "x/../../api/v1/namespaces/other/services/http:dash:80/proxy/admin/run?cmd=1&", "../../../../etc/passwd", "a/b", "a\\b", "a%b", "a%2fb", "a%5cb",
        "v1/../../../api/v1", "apps/../v1", "/v1", "//v1", "v1/", "v1?", "v1#", "v1;x=1", "http://evil.example/", "//evil.example/api", "\u2025", "\u2024\u2024",
        "\uFF0E\uFF0E", "\u2215", "\u2044etc", "\uFF0F", "\uFF05", "\uFE52", "\0", "\r\n", "\nHost: evil", "a\r\nImpersonate-User: admin", "\u001b[2J", "\u001b]0;x\u0007",
        "\u009b31m", "\u202Eevil", "\u2066x\u2069", "\u200B", "\uFEFF", "\uD83D", "\uDE00", "\uD83D\uDE00", "\uDE00\uD83D", "\u2028", "\u2029", "\u0085", " ", " a ", "\t",
        "-", "-x", "--flag", "-rf", "$(id)", "`id`", "${IFS}", "'", "\"", "|", ">", "*", "~", "~root", "con", "nul:", "a\u0000b", "\u0130", "\u017F", "namespaces",
        "system:node", "kube-system", "status", "proxy", "null", "true", "0", "[]", "{}",
    ];

    private static readonly string[] Pieces =
    [
        "..", ".", "/", "\\", "%2e", "%2E", "%2f", "%5C", "%25", "%00", "%", "?", "#", ";", "&", "=", ":", "@", "a", "v1", "apps", "api", "apis", "namespaces",
        "proxy", "\r", "\n", "\0", "\t", "\u001b[31m", "\u0085", "\u009b", "\u202E", "\u2067", "\u200B", "\uFEFF", "\uD800", "\uDFFF", "\uD83D\uDE00", "é", "\uFF0E",
        "\uFF0F", "\u2215", " ", "-", "$", "`", "'", "\"", "<", ">", "|", "*", "cmd=1",
    ];

    /// <param name="count">How many, the fixed ones first.</param>
    /// <param name="seed">Chooses the others.</param>
    public static IEnumerable<string> Values(int count, int seed = 1)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            yield return i < Whole.Length ? Whole[i] : Composed(random);
        }
    }

    private static string Composed(Random random) => random.Next(40) switch
    {
        0 => string.Concat(Enumerable.Repeat("../", random.Next(1, 400))),
        1 => new string('a', random.Next(200, 5_000)),
        2 => string.Concat(Enumerable.Repeat(Pieces[random.Next(Pieces.Length)], random.Next(100, 2_000))),
        3 => new string([.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => (char)random.Next(0x10000))]),
        _ => string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => Pieces[random.Next(Pieces.Length)])),
    };
}
