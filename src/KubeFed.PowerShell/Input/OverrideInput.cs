using System.Text.Json.Nodes;
using KubeFed.Engine.Federate;
using KubeFed.Kubernetes.Text;

namespace KubeFed.PowerShell.Input;

/// <summary>
/// Reads <c>-Override</c>. One entry is <c>@{ cluster = 'member2'; path = '/spec/replicas'; value = 5; op = 'replace' }</c>, with <c>clusterSelector</c> for
/// <c>cluster</c> or <c>valueTemplate</c> for <c>value</c>; a map by cluster is <c>@{ member2 = @{ '/spec/replicas' = 5 } }</c> or, where an operation is
/// needed, <c>@{ member2 = @{ op = 'remove'; path = '/spec/x' }, ... }</c>. A key that cannot be the name of a cluster is a selector: <c>'env=prod'</c>.
/// </summary>
internal static class OverrideInput
{
    private const string Remedy = "Write @{ cluster = 'name'; path = '/spec/field'; value = 1 } or @{ name = @{ '/spec/field' = 1 } }; for clusters by "
        + "label @{ clusterSelector = 'env=prod'; ... } or @{ 'env=prod' = @{ ... } }.";

    private static readonly string[] s_fields = ["cluster", "clusterSelector", "op", "path", "value", "valueTemplate"];

    /// <exception cref="InputException">An entry lacks its cluster or its path, or has a member it should not.</exception>
    public static IReadOnlyList<OverrideEntry> Read(IEnumerable<object?> values) => [.. values.SelectMany(Entries)];

    /// <summary>An override that was shown, as the entry that says the same.</summary>
    public static OverrideEntry From(Override shown)
    {
        // What a selector gave to the one cluster it was shown for is that cluster's own here, as it got it.
        var effective = shown is { Cluster: not null, ClusterSelector: not null };
        var template = effective ? null : JsonInput.ToJson(shown.ValueTemplate, "Override");
        return new OverrideEntry(shown.Cluster, shown.Op, shown.Path, template is null ? JsonInput.ToJson(shown.Value, "Override") : null)
        {
            Selector = shown.Cluster is null && shown.ClusterSelector is not null ? SelectorInput.Read(shown.ClusterSelector, "Override") : null,
            ValueTemplate = template,
        };
    }

    private static IEnumerable<OverrideEntry> Entries(object? value)
    {
        if (value is PSObject { BaseObject: Override wrapped })
        {
            value = wrapped;
        }

        if (value is Override existing)
        {
            return [From(existing)];
        }

        var json = JsonInput.ToJsonObject(value, "Override");
        var cluster = Find(json, "cluster") is { } name && name is not JsonObject and not JsonArray ? name.ToString() : null;
        var selector = Find(json, "path") is null ? null : Find(json, "clusterSelector");
        return (cluster, selector) switch
        {
            (null, null) => json.SelectMany(pair => ForTarget(ReadTarget(pair.Key), pair.Value)),
            (_, null) => [Entry(Named(cluster!), json)],
            (null, JsonValue text) => [Entry(new OverrideTarget(null, SelectorInput.Read(text.ToString(), "Override")), json)],
            (null, _) => [Entry(new OverrideTarget(null, SelectorInput.Read(selector, "Override")), json)],
            _ => throw Invalid("-Override has both a cluster and a clusterSelector", json),
        };
    }

    private static OverrideTarget ReadTarget(string key) => key == SelectorInput.Everywhere || key.IndexOfAny(['=', '!', '(', ',', ' ', '/']) >= 0
        ? new OverrideTarget(null, SelectorInput.Read(key, "Override"))
        : Named(key);

    private static OverrideTarget Named(string cluster) =>
        Commands.OverrideTargets.IsName(cluster) ? new OverrideTarget(Commands.OverrideTargets.Stored(cluster), null) : throw Commands.OverrideTargets.NoName(cluster, "Override");

    private static IEnumerable<OverrideEntry> ForTarget(OverrideTarget target, JsonNode? value) => value switch
    {
        JsonArray entries => entries.SelectMany(entry => ForTarget(target, entry)),
        JsonObject json when Find(json, "path") is not null => [Entry(target, json)],
        JsonObject json when json.All(pair => pair.Key.StartsWith('/')) =>
            json.Select(pair => new OverrideEntry(target.Cluster, null, pair.Key, pair.Value?.DeepClone()) { Selector = target.Selector }),
        JsonObject json when json.FirstOrDefault(pair => !pair.Key.StartsWith('/')).Key is { } path => throw new InputException(
            "InvalidOverride", $"-Override: the path '{Excerpt.Of(path)}' for {target} does not start with a slash.", path)
        {
            Remedy = s_fields.Contains(path, StringComparer.OrdinalIgnoreCase)
                ? Remedy
                : $"Write '/{Excerpt.Of(path)}'; a path is a JSON Pointer from the object's root.",
        },
        _ => throw Invalid($"-Override: what is given for {target} is not a map of paths to values", value),
    };

    private static OverrideEntry Entry(OverrideTarget target, JsonObject json)
    {
        foreach (var (key, _) in json)
        {
            if (!s_fields.Contains(key, StringComparer.OrdinalIgnoreCase))
            {
                var hint = NearMatch.Of(key, s_fields) is [var near, ..] ? $"; did you mean {near}?" : string.Empty;
                throw Invalid($"-Override for {target}: '{Excerpt.Of(key)}' is not one of {string.Join(", ", s_fields)}{hint}", json);
            }
        }

        var (value, template) = (Find(json, "value"), Find(json, "valueTemplate"));
        if (value is not null && template is not null)
        {
            throw Invalid($"-Override for {target} has both a value and a valueTemplate", json);
        }

        var path = Find(json, "path")?.ToString() ?? throw Invalid($"-Override for {target} has no path", json);
        return new OverrideEntry(target.Cluster, Find(json, "op")?.ToString(), path, value?.DeepClone())
        {
            Selector = target.Selector,
            ValueTemplate = template?.DeepClone(),
        };
    }

    private static JsonNode? Find(JsonObject json, string name) =>
        json.FirstOrDefault(pair => pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    private static InputException Invalid(string message, JsonNode? value) =>
        new("InvalidOverride", $"{message}: {Excerpt.Of(value?.ToJsonString() ?? "null")}.", value?.ToJsonString()) { Remedy = Remedy };
}
