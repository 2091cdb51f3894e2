using System.Globalization;

namespace KubeFed.Sandbox.Server;

/// <summary>What a path and query ask for.</summary>
internal sealed record RequestInfo(string Method, IReadOnlyList<string> Segments, IReadOnlyDictionary<string, string> Query)
{
    public string Group { get; private init; } = string.Empty;

    public string Version { get; private init; } = string.Empty;

    public string Namespace { get; private init; } = string.Empty;

    /// <summary>Empty when the path is not a resource's.</summary>
    public string Plural { get; private init; } = string.Empty;

    public string Name { get; private init; } = string.Empty;

    public string Subresource { get; private init; } = string.Empty;

    /// <summary>More path segments than any resource has.</summary>
    public bool TooLong { get; private init; }

    public bool IsResource => Plural.Length > 0;

    public string Path => "/" + string.Join('/', Segments);

    public bool IsWatch => Method == "GET" && Parameter("watch") is "true" or "1" && Subresource.Length == 0;

    /// <summary>In authorization's words.</summary>
    public string Verb => !IsResource
        ? Method.ToLowerInvariant()
        : Method switch
        {
            "GET" or "HEAD" when IsWatch => "watch",
            "GET" or "HEAD" => Name.Length > 0 ? "get" : "list",
            "POST" => "create",
            "PUT" => "update",
            "PATCH" => "patch",
            "DELETE" => Name.Length > 0 ? "delete" : "deletecollection",
            _ => string.Empty,
        };

    public string? Parameter(string name) => Query.GetValueOrDefault(name);

    public int? Integer(string name) =>
        int.TryParse(Parameter(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static RequestInfo Parse(SandboxRequest request)
    {
        // Unescaped first and split then, as API servers do: an escaped slash ends a segment like any other.
        var segments = Uri.UnescapeDataString(request.Path).Split('/', StringSplitOptions.RemoveEmptyEntries).ToList();
        var info = new RequestInfo(request.Method, segments, ParseQuery(request.Query));
        int rest;
        if (segments is ["api", var coreVersion, ..])
        {
            info = info with { Version = coreVersion };
            rest = 2;
        }
        else if (segments is ["apis", var group, var version, ..])
        {
            info = info with { Group = group, Version = version };
            rest = 3;
        }
        else
        {
            return info;
        }

        if (segments.Count <= rest)
        {
            return info;
        }

        var isNamespacesItself = segments.Count <= rest + 2 || (segments.Count == rest + 3 && segments[rest + 2] is "status" or "finalize");
        if (segments[rest] == "namespaces" && segments.Count > rest + 2 && !(segments.Count == rest + 3 && segments[rest + 2] is "status" or "finalize"))
        {
            info = info with { Namespace = segments[rest + 1] };
            rest += 2;
        }
        else if (segments[rest] == "namespaces" && isNamespacesItself && segments.Count > rest + 1)
        {
            info = info with { Namespace = segments[rest + 1] };
        }

        return info with
        {
            Plural = segments[rest],
            Name = segments.Count > rest + 1 ? segments[rest + 1] : string.Empty,
            Subresource = segments.Count > rest + 2 ? segments[rest + 2] : string.Empty,
            TooLong = segments.Count > rest + 3,
        };
    }

    private static Dictionary<string, string> ParseQuery(string query)
    {
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var key = Decode(equals < 0 ? pair : pair[..equals]);
            result.TryAdd(key, equals < 0 ? string.Empty : Decode(pair[(equals + 1)..]));
        }

        return result;
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
