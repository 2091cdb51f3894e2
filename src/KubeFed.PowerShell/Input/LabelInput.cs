using System.Collections;
using System.Globalization;

namespace KubeFed.PowerShell.Input;

/// <summary>Reads <c>-Label @{ env = 'prod' }</c>; a null value means: remove the label.</summary>
internal static class LabelInput
{
    public static Dictionary<string, string?> Read(IDictionary? labels)
    {
        var result = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in labels ?? new Hashtable())
        {
            var key = Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? string.Empty;
            result[key] = entry.Value switch
            {
                null => null,
                bool truth => truth ? "true" : "false",
                var value => Convert.ToString(value, CultureInfo.InvariantCulture),
            };
        }

        return result;
    }

    /// <summary>Reads <c>region=eu,tier=gold</c>; <c>tier-</c> means: remove the label.</summary>
    /// <exception cref="ArgumentTransformationMetadataException">A part is neither.</exception>
    public static Hashtable Parse(string text)
    {
        var labels = new Hashtable(StringComparer.Ordinal);
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                labels[part[..equals].TrimEnd()] = part[(equals + 1)..].TrimStart();
            }
            else if (part.Length > 1 && part.EndsWith('-'))
            {
                labels[part[..^1]] = null;
            }
            else
            {
                throw new ArgumentTransformationMetadataException($"'{part}' is not a label. Write labels as key=value, separated by commas.");
            }
        }

        return labels;
    }

    /// <summary>As <see cref="Read"/>, where there is nothing to remove from.</summary>
    public static Dictionary<string, string> ReadValues(IDictionary? labels) =>
        Read(labels).Where(pair => pair.Value is not null).ToDictionary(pair => pair.Key, pair => pair.Value!, StringComparer.Ordinal);
}
