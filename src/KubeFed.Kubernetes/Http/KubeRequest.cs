namespace KubeFed.Kubernetes.Http;

/// <summary>One request to an API server, replayable: a retry sends the same bytes again.</summary>
internal sealed record KubeRequest(HttpMethod Method, string Path)
{
    /// <summary>Name and value pairs, unescaped; empty values are sent as such.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Query { get; init; } = [];

    public byte[]? Body { get; init; }

    public string ContentType { get; init; } = MediaTypes.Json;

    public string Accept { get; init; } = MediaTypes.Json;

    /// <summary>What errors and logs call it; a query never carries a secret, but is noise there.</summary>
    public string Title => $"{Method} {Path}";

    /// <summary>Path and escaped query, relative to the server's base path.</summary>
    public string Target => Query.Count == 0
        ? Path
        : Path + "?" + string.Join('&', Query.Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}"));
}

/// <summary>The media types an API server knows.</summary>
internal static class MediaTypes
{
    public const string Json = "application/json";
    public const string JsonPatch = "application/json-patch+json";
    public const string MergePatch = "application/merge-patch+json";
    public const string StrategicPatch = "application/strategic-merge-patch+json";
    public const string ApplyPatch = "application/apply-patch+yaml";
    public const string MetadataList = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
    public const string Metadata = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";

    public const string AggregatedDiscovery =
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
        + "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";
}
