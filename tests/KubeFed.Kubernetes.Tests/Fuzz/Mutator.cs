using System.Text;

namespace KubeFed.Kubernetes.Tests.Fuzz;

/// <summary>Turns good inputs into bad ones, reproducibly: flips, cuts, repeats, splices, and inserts what parsers dislike.</summary>
public sealed class Mutator(int seed, params string[] samples)
{
    private static readonly string[] Nasty =
    [
        "\0", "\uFEFF", "\uD800", "\u2028", "\t", "\r", "\n", " ", "{", "}", "[", "]", ":", ": ", ",", "\"", "'", "\\", "/", "~", "~0", "~1", "~2", "-", "- ", "*", "&a ", "*a", "!!int ", "<<: ", "|", ">",
        "%", "@", "`", "#", " #", "?", "? ", "---\n", "...\n", "null", "true", "-1", "0", "00", "1e999", "99999999999999999999", "0x", "=", "==", "!=", "!", "(", ")", " in ", " notin ", "<", ">", "é", "😀",
        "\"kind\":\"Status\"", "\"code\":", "\"type\":\"ERROR\"", "\"object\":", "\\ud800", "\\uD83D", "\\u0000", "[[[[[[[[", "{\"a\":{\"a\":{\"a\":", "\u0001",
    ];

    private readonly Random _random = new(seed);

    public static int Count => int.TryParse(Environment.GetEnvironmentVariable("KUBEFED_FUZZ_INPUTS"), out var count) ? count : 20_000;

    public IEnumerable<string> Inputs()
    {
        for (var i = 0; i < Count; i++)
        {
            var text = new StringBuilder(samples[_random.Next(samples.Length)]);
            for (var changes = _random.Next(1, 6); changes > 0; changes--)
            {
                Change(text);
            }

            yield return text.ToString();
        }
    }

    private void Change(StringBuilder text)
    {
        var at = _random.Next(text.Length + 1);
        var length = Math.Min(_random.Next(1, 12), text.Length - at);
        switch (_random.Next(6))
        {
            case 0:
                text.Insert(at, Nasty[_random.Next(Nasty.Length)]);
                break;
            case 1:
                text.Remove(at, length);
                break;
            case 2:
                text.Insert(at, text.ToString(at, length));
                break;
            case 3 when at < text.Length:
                text[at] = (char)_random.Next(_random.Next(10) == 0 ? 0x10000 : 0x80);
                break;
            case 4:
                var other = samples[_random.Next(samples.Length)];
                var from = _random.Next(other.Length + 1);
                text.Insert(at, other.AsSpan(from, Math.Min(_random.Next(40), other.Length - from)));
                break;
            default:
                text.Length = at;
                break;
        }
    }
}
