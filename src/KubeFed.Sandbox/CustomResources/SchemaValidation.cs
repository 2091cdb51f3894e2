using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KubeFed.Sandbox.Schema;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.CustomResources;

/// <summary>Checks a custom object against its version's OpenAPI v3 schema, in the API server's words.</summary>
/// <param name="namesItems">Whether errors in lists name the item; Kubernetes 1.20 named the list only.</param>
internal sealed class SchemaValidation(bool namesItems)
{
    private static readonly TimeSpan PatternTimeout = TimeSpan.FromSeconds(1);

    public IReadOnlyList<FieldError> Validate(JsonObject value, TypeSchema root)
    {
        var errors = new List<FieldError>();
        if (root.Rules is { } rules)
        {
            Check(value, rules, string.Empty, errors, isRoot: true);
        }

        return errors;
    }

    private void Check(JsonNode? value, JsonObject rules, string path, List<FieldError> errors, bool isRoot = false)
    {
        if (value is null && rules.Flag("nullable"))
        {
            return;
        }

        if (!CheckType(value, rules, path, errors) || value is null)
        {
            return;
        }

        CheckEnum(value, rules, path, errors);
        switch (value)
        {
            case JsonObject map:
                CheckObject(map, rules, path, errors, isRoot);
                break;
            case JsonArray list:
                CheckArray(list, rules, path, errors);
                break;
            case JsonValue scalar when scalar.GetValueKind() == JsonValueKind.String:
                CheckString(scalar.GetValue<string>(), rules, path, errors);
                break;
            case JsonValue scalar when scalar.GetValueKind() == JsonValueKind.Number:
                CheckNumber(scalar, rules, path, errors);
                break;
        }

        CheckCombinations(value, rules, path, errors);
    }

    private static bool CheckType(JsonNode? value, JsonObject rules, string path, List<FieldError> errors)
    {
        var actual = value is null
            ? "null"
            : value.GetValueKind() switch
            {
                JsonValueKind.String => "string",
                JsonValueKind.Number => IsWhole(value) ? "integer" : "number",
                JsonValueKind.True or JsonValueKind.False => "boolean",
                JsonValueKind.Array => "array",
                _ => "object",
            };
        if (rules.Flag("x-kubernetes-int-or-string"))
        {
            if (actual is "string" or "integer")
            {
                return true;
            }

            errors.Add(TypeError(path, "integer,string", actual));
            return false;
        }

        var expected = rules.Text("type");
        if (expected is null || expected == actual || (expected == "number" && actual == "integer"))
        {
            return true;
        }

        errors.Add(TypeError(path, expected, actual));
        return false;
    }

    private static FieldError TypeError(string path, string expected, string actual) =>
        Body(path, JsonValue.Create(actual), $"must be of type {expected}: {FieldError.Quote(actual)}");

    private static void CheckEnum(JsonNode value, JsonObject rules, string path, List<FieldError> errors)
    {
        if (rules.Items("enum") is { } allowed && !allowed.Any(item => WireJson.Same(item, value)))
        {
            var printed = allowed.Select(item => item is JsonValue text && text.TryGetValue<string>(out var s) ? s : item?.ToJsonString() ?? "null");
            var given = value is JsonValue plain && plain.TryGetValue<string>(out var held) ? FieldError.Quote(held) : value.ToJsonString(WireJson.Options);
            errors.Add(new FieldError(
                "FieldValueNotSupported", $"Unsupported value: {given}: supported values: {string.Join(", ", printed.Select(FieldError.Quote))}", path));
        }
    }

    private void CheckObject(JsonObject map, JsonObject rules, string path, List<FieldError> errors, bool isRoot)
    {
        foreach (var required in rules.Items("required") ?? [])
        {
            var name = required?.GetValue<string>() ?? string.Empty;
            if (!map.ContainsKey(name))
            {
                errors.Add(FieldError.Required(Join(path, name)));
            }
        }

        Limit(map.Count, rules, "minProperties", "maxProperties", path, JsonValue.Create(map.Count), "should have at least {0} properties", "should have at most {0} properties", errors);
        var properties = rules.Child("properties");
        foreach (var (name, child) in map)
        {
            if (isRoot && name is ("metadata" or "apiVersion" or "kind"))
            {
                continue;
            }

            if (properties?.Child(name) is { } declared)
            {
                Check(child, declared, Join(path, name), errors);
            }
            else if (rules.Child("additionalProperties") is { } additional)
            {
                Check(child, additional, Join(path, name), errors);
            }
        }
    }

    private void CheckArray(JsonArray list, JsonObject rules, string path, List<FieldError> errors)
    {
        Limit(list.Count, rules, "minItems", "maxItems", path, JsonValue.Create(list.Count), "should have at least {0} items", "should have at most {0} items", errors);
        if (rules.Flag("uniqueItems") && list.Where((item, i) => list.Take(i).Any(earlier => WireJson.Same(earlier, item))).Any())
        {
            errors.Add(Body(path, null, "shouldn't contain duplicates"));
        }

        if (rules.Child("items") is { } items)
        {
            for (var i = 0; i < list.Count; i++)
            {
                Check(list[i], items, namesItems ? $"{path}[{i}]" : path, errors);
            }
        }

        CheckListTopology(list, rules, path, errors);
    }

    private static void CheckListTopology(JsonArray list, JsonObject rules, string path, List<FieldError> errors)
    {
        var kind = rules.Text("x-kubernetes-list-type");
        if (kind == "set")
        {
            for (var i = 0; i < list.Count; i++)
            {
                if (list.Take(i).Any(earlier => WireJson.Same(earlier, list[i])))
                {
                    errors.Add(FieldError.Duplicate($"{path}[{i}]", list[i]));
                }
            }
        }
        else if (kind == "map")
        {
            var keys = (rules.Items("x-kubernetes-list-map-keys") ?? []).Select(key => key?.GetValue<string>() ?? string.Empty).ToList();
            var seen = new List<JsonObject>();
            for (var i = 0; i < list.Count; i++)
            {
                var identity = new JsonObject(keys.Select(key => KeyValuePair.Create(key, list[i] is JsonObject item ? item[key]?.DeepClone() : null)));
                if (seen.Any(earlier => WireJson.Same(earlier, identity)))
                {
                    var printed = $"map[string]interface {{}}{{{string.Join(", ", identity.Select(k => $"{FieldError.Quote(k.Key)}:{k.Value?.ToJsonString(WireJson.Options) ?? "nil"}"))}}}";
                    errors.Add(new FieldError("FieldValueDuplicate", $"Duplicate value: {printed}", $"{path}[{i}]"));
                }

                seen.Add(identity);
            }
        }
    }

    private static void CheckString(string text, JsonObject rules, string path, List<FieldError> errors)
    {
        var value = JsonValue.Create(text);
        var before = errors.Count;
        Limit(text.Length, rules, "minLength", "maxLength", path, value, "should be at least {0} chars long", "should be at most {0} chars long", errors);
        if (errors.Count > before)
        {
            // A server stops at the first thing wrong with a string.
            return;
        }

        if (rules.Text("pattern") is { } pattern && !Matches(text, pattern))
        {
            errors.Add(Body(path, value, $"should match '{pattern}'"));
        }

        if (rules.Text("format") is { } format && !FitsFormat(text, format))
        {
            errors.Add(Body(path, value, $"must be of type {format}: {FieldError.Quote(text)}"));
        }
    }

    private static bool Matches(string text, string pattern)
    {
        try
        {
            return Regex.IsMatch(text, pattern, RegexOptions.CultureInvariant, PatternTimeout);
        }
        catch (ArgumentException)
        {
            // A pattern that is RE2 but not .NET: better to let a value pass than to refuse what a real server takes.
            return true;
        }
    }

    private static bool FitsFormat(string text, string format) =>
        format switch
        {
            "date-time" or "datetime" => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _)
                && text.Contains('T', StringComparison.OrdinalIgnoreCase),
            "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
            "byte" => Convert.TryFromBase64String(text, new byte[text.Length], out _),
            "ipv4" => System.Net.IPAddress.TryParse(text, out var v4) && v4.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork,
            "ipv6" => System.Net.IPAddress.TryParse(text, out var v6) && v6.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6,
            "uuid" => Guid.TryParse(text, out _),
            "uri" => Uri.TryCreate(text, UriKind.Absolute, out _),
            "email" => text.Contains('@', StringComparison.Ordinal),
            _ => true,
        };

    private static void CheckNumber(JsonValue value, JsonObject rules, string path, List<FieldError> errors)
    {
        if (!decimal.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            return;
        }

        if (Limit(rules, "minimum") is { } minimum)
        {
            var exclusive = rules.Flag("exclusiveMinimum");
            if (number < minimum || (exclusive && number == minimum))
            {
                errors.Add(Body(path, value, $"should be greater than {(exclusive ? string.Empty : "or equal to ")}{minimum.ToString(CultureInfo.InvariantCulture)}"));
            }
        }

        if (Limit(rules, "maximum") is { } maximum)
        {
            var exclusive = rules.Flag("exclusiveMaximum");
            if (number > maximum || (exclusive && number == maximum))
            {
                errors.Add(Body(path, value, $"should be less than {(exclusive ? string.Empty : "or equal to ")}{maximum.ToString(CultureInfo.InvariantCulture)}"));
            }
        }

        if (Limit(rules, "multipleOf") is { } step && step != 0 && number % step != 0)
        {
            errors.Add(Body(path, value, $"should be a multiple of {step.ToString(CultureInfo.InvariantCulture)}"));
        }

        if (rules.Text("format") == "int32" && (number < int.MinValue || number > int.MaxValue))
        {
            errors.Add(Body(path, value, "must be of type int32: \"" + value.ToJsonString() + "\""));
        }
    }

    private void CheckCombinations(JsonNode value, JsonObject rules, string path, List<FieldError> errors)
    {
        foreach (var branch in rules.Items("allOf")?.OfType<JsonObject>() ?? [])
        {
            Check(value, branch, path, errors);
        }

        if (rules.Items("anyOf") is { } any && !any.OfType<JsonObject>().Any(branch => Passes(value, branch, path)))
        {
            errors.Add(Body(path, null, "must validate at least one schema (anyOf)"));
        }

        if (rules.Items("oneOf") is { } one)
        {
            var passed = one.OfType<JsonObject>().Count(branch => Passes(value, branch, path));
            if (passed != 1)
            {
                errors.Add(Body(path, null, "must validate one and only one schema (oneOf). Found " + (passed == 0 ? "none valid" : $"{passed} valid alternatives")));
            }
        }

        if (rules.Child("not") is { } not && Passes(value, not, path))
        {
            errors.Add(Body(path, null, "must not validate the schema (not)"));
        }
    }

    private bool Passes(JsonNode value, JsonObject rules, string path)
    {
        var errors = new List<FieldError>();
        Check(value, rules, path, errors);
        return errors.Count == 0;
    }

    private static void Limit(
        int count, JsonObject rules, string minimum, string maximum, string path, JsonNode value, string tooFew, string tooMany, List<FieldError> errors)
    {
        if (rules.Number(minimum) is { } least && count < least)
        {
            errors.Add(Body(path, value, string.Format(CultureInfo.InvariantCulture, tooFew, least)));
        }

        if (rules.Number(maximum) is { } most && count > most)
        {
            errors.Add(Body(path, value, string.Format(CultureInfo.InvariantCulture, tooMany, most)));
        }
    }

    private static decimal? Limit(JsonObject rules, string name) =>
        rules[name] is JsonValue value && decimal.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static bool IsWhole(JsonNode value) =>
        decimal.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number == decimal.Truncate(number);

    private static FieldError Body(string path, JsonNode? value, string detail) =>
        FieldError.Invalid(path, value ?? JsonValue.Create(string.Empty), $"{path} in body {detail}");

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
