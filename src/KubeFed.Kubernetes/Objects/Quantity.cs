using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeFed.Kubernetes.Objects;

/// <summary>A resource quantity such as <c>500m</c>, <c>64Mi</c> or <c>2e9</c>: exact, and printed in the server's canonical form.</summary>
/// <param name="Nano">Billionths of a unit. Finer values are rounded away from zero, and 2^63-1 units is the most there is, as for a server.</param>
/// <param name="Binary">Written with a binary suffix, and so printed.</param>
/// <remarks>resource.Quantity of k8s.io/apimachinery.</remarks>
public readonly record struct Quantity(BigInteger Nano, bool Binary)
{
    private static readonly BigInteger NanoPerUnit = BigInteger.Pow(10, 9);

    private static readonly BigInteger Most = long.MaxValue * NanoPerUnit;

    private static readonly (string Suffix, int Power)[] BinarySuffixes = [("Ei", 60), ("Pi", 50), ("Ti", 40), ("Gi", 30), ("Mi", 20), ("Ki", 10)];

    private static readonly (string Suffix, int Power)[] DecimalSuffixes =
        [("E", 18), ("P", 15), ("T", 12), ("G", 9), ("M", 6), ("k", 3), (string.Empty, 0), ("m", -3), ("u", -6), ("n", -9)];

    /// <summary>Written with an exponent (2e9), and so printed.</summary>
    public bool Exponent { get; init; }

    /// <summary>Whole units, rounded up.</summary>
    public long Units => Bounded(BigInteger.DivRem(Nano + NanoPerUnit - 1, NanoPerUnit, out _));

    /// <summary>Thousandths, rounded up: CPU in millicores.</summary>
    public long Milli => Bounded(BigInteger.DivRem(Nano + 999_999, 1_000_000, out _));

    public static Quantity operator +(Quantity left, Quantity right) => left with { Nano = left.Nano + right.Nano };

    public static Quantity Add(Quantity left, Quantity right) => left + right;

    /// <summary>A quantity as objects hold it, text or a number; null where it is none.</summary>
    public static Quantity? Read(JsonNode? node) => node?.GetValueKind() switch
    {
        JsonValueKind.String => TryParse(node.GetValue<string>(), out var text) ? text : null,
        JsonValueKind.Number => TryParse(node.ToJsonString(), out var number) ? number : null,
        _ => null,
    };

    public static bool TryParse(string text, out Quantity quantity)
    {
        quantity = default;
        var end = text.Length;
        while (end > 0 && !char.IsAsciiDigit(text[end - 1]) && text[end - 1] != '.')
        {
            end--;
        }

        var (number, suffix, exponent) = (text[..end], text[end..], 0L);
        var mark = number.AsSpan().IndexOfAny('e', 'E');
        if (mark > 0)
        {
            if (suffix.Length > 0 || !long.TryParse(number[(mark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
            {
                return false;
            }

            number = number[..mark];
        }

        if (Digits(number) is not var (digits, places))
        {
            return false;
        }

        if (BinarySuffixes.FirstOrDefault(entry => entry.Suffix == suffix) is { Suffix: not null } binary)
        {
            quantity = new Quantity(Scaled(digits * BigInteger.Pow(2, binary.Power), -places), Binary: true);
            return true;
        }

        if (DecimalSuffixes.FirstOrDefault(entry => entry.Suffix == suffix) is { Suffix: not null } known)
        {
            quantity = new Quantity(Scaled(digits, known.Power + exponent - places), Binary: false) { Exponent = mark > 0 };
            return true;
        }

        return false;
    }

    /// <summary>The largest suffix that leaves a whole number.</summary>
    public override string ToString()
    {
        if (Nano.IsZero)
        {
            return "0";
        }

        if (Binary && (Nano % NanoPerUnit).IsZero)
        {
            var units = Nano / NanoPerUnit;
            foreach (var (name, power) in BinarySuffixes)
            {
                var size = BigInteger.Pow(2, power);
                if ((units % size).IsZero)
                {
                    return (units / size).ToString(CultureInfo.InvariantCulture) + name;
                }
            }

            return units.ToString(CultureInfo.InvariantCulture);
        }

        foreach (var (name, power) in DecimalSuffixes)
        {
            var size = BigInteger.Pow(10, power + 9);
            if ((Nano % size).IsZero)
            {
                return (Nano / size).ToString(CultureInfo.InvariantCulture) + (!Exponent ? name : power == 0 ? string.Empty : $"e{power}");
            }
        }

        return Nano.ToString(CultureInfo.InvariantCulture) + "n";
    }

    private static (BigInteger Digits, int Places)? Digits(string number)
    {
        var unsigned = number is ['-' or '+', ..] ? number[1..] : number;
        var point = unsigned.IndexOf('.', StringComparison.Ordinal);
        var places = point < 0 ? 0 : unsigned.Length - point - 1;
        var digits = point < 0 ? unsigned : unsigned.Remove(point, 1);
        if (digits.Length == 0 || !digits.All(char.IsAsciiDigit))
        {
            return null;
        }

        var value = BigInteger.Parse(digits, CultureInfo.InvariantCulture);
        return (number[0] == '-' ? -value : value, places);
    }

    /// <summary>Digits times a power of ten, in nano.</summary>
    private static BigInteger Scaled(BigInteger digits, long power)
    {
        var size = BigInteger.Abs(digits);
        var scale = power + 9;

        // Beyond these powers nothing but the bounds is left, and to compute them would take forever.
        var length = (long)(size.IsZero ? 0 : BigInteger.Log10(size));
        var nano = size.IsZero ? size
            : scale + length > 40 ? Most
            : scale + length < -1 ? BigInteger.One
            : scale >= 0 ? size * BigInteger.Pow(10, (int)scale)
            : (size + BigInteger.Pow(10, (int)-scale) - 1) / BigInteger.Pow(10, (int)-scale);
        return BigInteger.Min(nano, Most) * digits.Sign;
    }

    private static long Bounded(BigInteger value) => (long)BigInteger.Min(value, long.MaxValue);
}
