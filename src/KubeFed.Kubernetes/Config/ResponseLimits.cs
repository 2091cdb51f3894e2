using System.Globalization;
using KubeFed.Kubernetes.Client;

namespace KubeFed.Kubernetes.Config;

/// <summary>How much one API server may make this process read and hold. What goes beyond fails that request and nothing else.</summary>
public sealed record ResponseLimits
{
    /// <summary>The environment variable for <see cref="MaxBodyBytes"/>, in MiB.</summary>
    public const string BodyVariable = "KUBEFED_MAX_RESPONSE_MIB";

    /// <summary>The environment variable for <see cref="MaxListItems"/>.</summary>
    public const string ItemsVariable = "KUBEFED_MAX_LIST_ITEMS";

    /// <summary>The environment variable for <see cref="MaxListTime"/>, in minutes.</summary>
    public const string TimeVariable = "KUBEFED_MAX_LIST_MINUTES";

    /// <summary>One answer, decompressed. A page of a list that is longer is asked for again in smaller pages first.</summary>
    public long MaxBodyBytes { get; init; } = 64L << 20;

    /// <summary>All pages together of a list that is held whole, as they were sent: eight answers.</summary>
    public long MaxListBytes => 8 * MaxBodyBytes;

    /// <summary>The objects of one list, and those that one watch holds.</summary>
    public int MaxListItems { get; init; } = 1_000_000;

    /// <summary>The pages of one list.</summary>
    public int MaxListPages { get; init; } = 10_000;

    /// <summary>All requests of one list together; what the caller does between pages does not count.</summary>
    public TimeSpan MaxListTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The limits that the environment sets, and the usual ones for the rest.</summary>
    /// <param name="environment">Reads a variable.</param>
    /// <exception cref="KubeConfigException">A variable is no positive whole number, or too large; names it and its value.</exception>
    public static ResponseLimits FromEnvironment(Func<string, string?> environment)
    {
        var usual = new ResponseLimits();
        return usual with
        {
            MaxBodyBytes = Number(BodyVariable, 1024) is { } size ? (long)size << 20 : usual.MaxBodyBytes,
            MaxListItems = Number(ItemsVariable, int.MaxValue) ?? usual.MaxListItems,
            MaxListTime = Number(TimeVariable, 24 * 60) is { } minutes ? TimeSpan.FromMinutes(minutes) : usual.MaxListTime,
        };

        int? Number(string name, int most)
        {
            if (environment(name) is not { Length: > 0 } text)
            {
                return null;
            }

            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 && number <= most
                ? number
                : throw new KubeConfigException($"The environment's {name} is '{text}'.")
                {
                    Remedy = $"Set it to a whole number from 1 to {most}, or unset it.",
                };
        }
    }
}
