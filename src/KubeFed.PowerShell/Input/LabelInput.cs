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

    /// <summary>As <see cref="Read"/>, where there is nothing to remove from.</summary>
    public static Dictionary<string, string> ReadValues(IDictionary? labels) =>
        Read(labels).Where(pair => pair.Value is not null).ToDictionary(pair => pair.Key, pair => pair.Value!, StringComparer.Ordinal);
}
