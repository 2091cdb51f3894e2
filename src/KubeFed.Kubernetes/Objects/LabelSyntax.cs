using System.Text.RegularExpressions;

namespace KubeFed.Kubernetes.Objects;

/// <summary>What the API server accepts as label keys, label values and names, with its own wording when it does not.</summary>
public static partial class LabelSyntax
{
    private const string QualifiedNamePattern = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
    private const string LabelValuePattern = "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?";
    private const string SubdomainPattern = @"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";

    /// <summary>What is wrong with a label or annotation key (<c>prefix/name</c>); empty when nothing is.</summary>
    public static IReadOnlyList<string> CheckKey(string key)
    {
        var errors = new List<string>();
        var parts = key.Split('/');
        var name = parts[^1];
        if (parts.Length > 2)
        {
            return ["a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
                + $"(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '{QualifiedNamePattern}') with an optional DNS subdomain "
                + "prefix and '/' (e.g. 'example.com/MyName')"];
        }

        if (parts.Length == 2)
        {
            if (parts[0].Length == 0)
            {
                errors.Add("prefix part must be non-empty");
            }
            else
            {
                errors.AddRange(CheckSubdomain(parts[0]).Select(error => "prefix part " + error));
            }
        }

        if (name.Length == 0)
        {
            errors.Add("name part must be non-empty");
        }
        else if (name.Length > 63)
        {
            errors.Add("name part must be no more than 63 characters");
        }

        if (!QualifiedName().IsMatch(name))
        {
            errors.Add("name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
                + $"(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '{QualifiedNamePattern}')");
        }

        return errors;
    }

    /// <summary>What is wrong with a label value; empty when nothing is.</summary>
    public static IReadOnlyList<string> CheckValue(string value)
    {
        var errors = new List<string>();
        if (value.Length > 63)
        {
            errors.Add("must be no more than 63 characters");
        }

        if (!LabelValue().IsMatch(value))
        {
            errors.Add("a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
                + $"alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '{LabelValuePattern}')");
        }

        return errors;
    }

    /// <summary>What is wrong with an object name or another DNS subdomain (RFC 1123); empty when nothing is.</summary>
    public static IReadOnlyList<string> CheckSubdomain(string name)
    {
        var errors = new List<string>();
        if (name.Length > 253)
        {
            errors.Add("must be no more than 253 characters");
        }

        if (!Subdomain().IsMatch(name))
        {
            errors.Add("a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an "
                + $"alphanumeric character (e.g. 'example.com', regex used for validation is '{SubdomainPattern}')");
        }

        return errors;
    }

    [GeneratedRegex($@"\A{QualifiedNamePattern}\z", RegexOptions.CultureInvariant)]
    private static partial Regex QualifiedName();

    [GeneratedRegex($@"\A{LabelValuePattern}\z", RegexOptions.CultureInvariant)]
    private static partial Regex LabelValue();

    [GeneratedRegex($@"\A{SubdomainPattern}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Subdomain();
}
