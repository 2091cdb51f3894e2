using System.Globalization;
using System.Numerics;

namespace KubeFed.Sandbox.Schema;

/// <summary>A resource quantity such as <c>500m</c> or <c>64Mi</c>: parsed exactly, and printed in the server's canonical form.</summary>
internal readonly record struct Quantity(BigInteger Nano, bool Binary)
{
    /// <summary>Written with an exponent (2e9), and so printed.</summary>
    public bool Exponent { get; init; }

    private static readonly BigInteger NanoPerUnit = BigInteger.Pow(10, 9);

    private static readonly (string Suffix, int Power)[] BinarySuffixes = [("Ei", 60), ("Pi", 50), ("Ti", 40), ("Gi", 30), ("Mi", 20), ("Ki", 10)];

    private static readonly (string Suffix, int Power)[] DecimalSuffixes =
        [("E", 18), ("P", 15), ("T", 12), ("G", 9), ("M", 6), ("k", 3), (string.Empty, 0), ("m", -3), ("u", -6), ("n", -9)];

    /// <summary>Whole units, rounded up.</summary>
    public long Units => (long)BigInteger.DivRem(Nano + NanoPerUnit - 1, NanoPerUnit, out _);

    /// <summary>Thousandths, rounded up: CPU in millicores.</summary>
    public long Milli => (long)BigInteger.DivRem(Nano + 999_999, 1_000_000, out _);

    public static bool TryParse(string text, out Quantity quantity)
    {
        quantity = default;
        var end = text.Length;
        while (end > 0 && !char.IsAsciiDigit(text[end - 1]) && text[end - 1] != '.')
        {
            end--;
        }

        var suffix = text[end..];
        var number = text[..end];
        var exponent = 0;
        var mark = number.AsSpan().IndexOfAny('e', 'E');
        if (mark > 0)
        {
            if (suffix.Length > 0 || !int.TryParse(number[(mark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
            {
                return false;
            }

            number = number[..mark];
        }

        if (number.Length == 0 || !TryNano(number, out var nano))
        {
            return false;
        }

        foreach (var (name, power) in BinarySuffixes)
        {
            if (name == suffix)
            {
                quantity = new Quantity(nano * BigInteger.Pow(2, power), Binary: true);
                return true;
            }
        }

        foreach (var (name, power) in DecimalSuffixes)
        {
            if (name == suffix)
            {
                var scale = power + exponent;
                quantity = new Quantity(scale >= 0 ? nano * BigInteger.Pow(10, scale) : nano / BigInteger.Pow(10, -scale), Binary: false) { Exponent = mark > 0 };
                return true;
            }
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

    private static bool TryNano(string number, out BigInteger nano)
    {
        nano = default;
        var negative = number[0] == '-';
        var digits = number[0] is '-' or '+' ? number[1..] : number;
        var point = digits.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? digits : digits[..point];
        var fraction = point < 0 ? string.Empty : digits[(point + 1)..];
        if (whole.Length + fraction.Length == 0 || !whole.All(char.IsAsciiDigit) || !fraction.All(char.IsAsciiDigit))
        {
            return false;
        }

        var padded = fraction.Length > 9 ? fraction[..9] : fraction.PadRight(9, '0');
        nano = BigInteger.Parse((whole.Length == 0 ? "0" : whole) + padded, CultureInfo.InvariantCulture);
        if (fraction.Length > 9 && fraction[9..].Any(c => c != '0'))
        {
            // Anything finer than a nano is rounded up, as the server does.
            nano += 1;
        }

        nano = negative ? -nano : nano;
        return true;
    }
}
