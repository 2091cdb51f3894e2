using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Api.Validation;

/// <summary>The checks that several kinds share.</summary>
internal static partial class FieldChecks
{
    internal static readonly string[] Switch = ["Enabled", "Disabled"];
    internal static readonly string[] Scopes = ["Cluster", "Namespaced"];
    internal static readonly string[] Running = ["Running", "NotRunning"];

    private const string Label1035 =
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric "
        + "character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

    /// <summary>Missing and empty are both Required, as a Go string cannot tell them apart.</summary>
    public static IEnumerable<FieldError> OneOf(JsonObject? parent, string field, string path, IReadOnlyList<string> supported)
    {
        var text = parent.Text(field);
        if (string.IsNullOrEmpty(text))
        {
            yield return FieldError.Required($"{path}.{field}");
        }
        else if (!supported.Contains(text, StringComparer.Ordinal))
        {
            yield return FieldError.Unsupported($"{path}.{field}", text, supported);
        }
    }

    public static IEnumerable<FieldError> Subdomain(string value, string path) =>
        LabelSyntax.CheckSubdomain(value).Select(detail => FieldError.Invalid(path, value, detail));

    /// <param name="value">The text to be a label.</param>
    /// <param name="path">Its place.</param>
    /// <param name="shown">What the error shows, where the text checked is derived from it.</param>
    public static IEnumerable<FieldError> Label(string value, string path, string? shown = null)
    {
        if (value.Length == 0)
        {
            yield return FieldError.Required(path);
            yield break;
        }

        if (value.Length > 63)
        {
            yield return FieldError.Invalid(path, shown ?? value, "must be no more than 63 characters");
        }

        if (!LabelPattern().IsMatch(value))
        {
            yield return FieldError.Invalid(path, shown ?? value, Label1035);
        }
    }

    /// <summary>A required integer above zero.</summary>
    public static IEnumerable<FieldError> PositiveInteger(JsonObject parent, string field, string path)
    {
        if (parent[field] is not { } node)
        {
            yield return FieldError.Required($"{path}.{field}");
        }
        else if (node.AsInteger() is not > 0)
        {
            yield return FieldError.Invalid($"{path}.{field}", node.DeepClone(), "should be greater than 0");
        }
    }

    /// <summary>A required duration above zero; the error shows nanoseconds (A-56).</summary>
    public static IEnumerable<FieldError> PositiveDuration(JsonObject parent, string field, string path)
    {
        if (parent[field] is not { } node)
        {
            yield return FieldError.Required($"{path}.{field}");
        }
        else if (!GoDuration.TryParse(parent.Text(field), out long nanoseconds))
        {
            yield return FieldError.Invalid($"{path}.{field}", node.DeepClone(), "must be a duration such as 20s or 1m30s");
        }
        else if (nanoseconds <= 0)
        {
            yield return FieldError.Invalid($"{path}.{field}", nanoseconds, "should be greater than 0");
        }
    }

    [GeneratedRegex(@"\A[a-z]([-a-z0-9]*[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex LabelPattern();
}
