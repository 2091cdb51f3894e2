using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Builtins;

/// <summary>Checks <c>metadata</c>: the name by the kind's rule, labels, annotations, owners, finalizers.</summary>
internal static partial class MetadataValidation
{
    private const string SubdomainRule =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character "
        + "(e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    private const string LabelRule =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character "
        + "(e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

    private const string Label1035Rule =
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character "
        + "(e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

    private static readonly string[] ForbiddenInPaths = ["/", "%"];

    public static void Check(ResourceType resource, JsonObject value, List<FieldError> errors)
    {
        var metadata = value.Ensure("metadata");
        var name = metadata.Text("name") ?? string.Empty;
        if (name.Length == 0)
        {
            errors.Add(FieldError.Required("metadata.name", "name or generateName is required"));
        }
        else
        {
            errors.AddRange(NameFaults(resource.NameRule, name).Select(fault => FieldError.Invalid("metadata.name", JsonValue.Create(name), fault)));
        }

        foreach (var (key, _) in metadata.Child("labels") ?? [])
        {
            errors.AddRange(Kubernetes.Objects.LabelSyntax.CheckKey(key).Select(fault => FieldError.Invalid("metadata.labels", JsonValue.Create(key), fault)));
            var text = metadata.Child("labels").Text(key) ?? string.Empty;
            errors.AddRange(Kubernetes.Objects.LabelSyntax.CheckValue(text).Select(fault => FieldError.Invalid("metadata.labels", JsonValue.Create(text), fault)));
        }

        foreach (var (key, _) in metadata.Child("annotations") ?? [])
        {
            errors.AddRange(Kubernetes.Objects.LabelSyntax.CheckKey(key.ToLowerInvariant()).Select(fault => FieldError.Invalid("metadata.annotations", JsonValue.Create(key), fault)));
        }

        CheckOwners(metadata, errors);
    }

    public static void CheckUpdate(JsonObject before, JsonObject value, List<FieldError> errors)
    {
        var old = before.Ensure("metadata");
        var metadata = value.Ensure("metadata");
        if (metadata.Text("name") != old.Text("name"))
        {
            errors.Add(FieldError.Invalid("metadata.name", JsonValue.Create(metadata.Text("name") ?? string.Empty), "field is immutable"));
        }

        if (old.Text("deletionTimestamp") is null)
        {
            return;
        }

        var had = Texts(old.Items("finalizers"));
        var added = Texts(metadata.Items("finalizers")).Except(had).ToList();
        if (added.Count > 0)
        {
            var printed = string.Join(", ", added.Select(FieldError.Quote));
            errors.Add(FieldError.Forbidden(
                "metadata.finalizers", $"no new finalizers can be added if the object is being deleted, found new finalizers []string{{{printed}}}"));
        }
    }

    public static IEnumerable<string> NameFaults(NameRule rule, string name)
    {
        switch (rule)
        {
            case NameRule.Subdomain:
                if (name.Length > 253)
                {
                    yield return "must be no more than 253 characters";
                }

                if (!Subdomain().IsMatch(name))
                {
                    yield return SubdomainRule;
                }

                break;
            case NameRule.Label:
                if (name.Length > 63)
                {
                    yield return "must be no more than 63 characters";
                }

                if (!Label().IsMatch(name))
                {
                    yield return LabelRule;
                }

                break;
            case NameRule.Label1035:
                if (name.Length > 63)
                {
                    yield return "must be no more than 63 characters";
                }

                if (!Label1035().IsMatch(name))
                {
                    yield return Label1035Rule;
                }

                break;
            default:
                if (name is "." or "..")
                {
                    yield return $"may not be '{name}'";
                }

                foreach (var bad in ForbiddenInPaths.Where(bad => name.Contains(bad, StringComparison.Ordinal)))
                {
                    yield return $"may not contain '{bad}'";
                }

                break;
        }
    }

    private static void CheckOwners(JsonObject metadata, List<FieldError> errors)
    {
        if (metadata.Items("ownerReferences") is not { } owners)
        {
            return;
        }

        foreach (var owner in owners.OfType<JsonObject>())
        {
            foreach (var (field, detail) in new[] { ("apiVersion", "version must not be empty"), ("kind", "kind must not be empty"), ("name", "name must not be empty"), ("uid", "uid must not be empty") })
            {
                if (string.IsNullOrEmpty(owner.Text(field)))
                {
                    errors.Add(FieldError.Invalid("metadata.ownerReferences." + field, JsonValue.Create(string.Empty), detail));
                }
            }
        }

        var controllers = owners.OfType<JsonObject>().Where(owner => owner.Flag("controller")).ToList();
        if (controllers.Count > 1)
        {
            errors.Add(new FieldError(
                "FieldValueInvalid",
                $"Only one reference can have Controller set to true. Found \"true\" in references for {Describe(controllers[0])} and {Describe(controllers[1])}",
                "metadata.ownerReferences"));
        }
    }

    private static string Describe(JsonObject owner) => $"{owner.Text("kind")}/{owner.Text("name")}";

    private static IEnumerable<string> Texts(JsonArray? array) => (array ?? []).Select(item => item?.GetValue<string>() ?? string.Empty);

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Subdomain();

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Label();

    [GeneratedRegex("^[a-z]([-a-z0-9]*[a-z0-9])?\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Label1035();
}
