using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Kubernetes.Http;

/// <summary>One request to an API server, replayable: a retry sends the same bytes again.</summary>
internal sealed record KubeRequest(HttpMethod Method, RequestPath Path)
{
    /// <summary>System.Uri takes no longer ones, and no server does.</summary>
    private const int LongestTarget = 60_000;

    /// <summary>Name and value pairs, unescaped; empty values are sent as such.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Query { get; init; } = [];

    public byte[]? Body { get; init; }

    /// <summary>The body holds a Secret, so that a refusal may repeat it.</summary>
    public bool CarriesSecret { get; init; }

    public string ContentType { get; init; } = MediaTypes.Json;

    public string Accept { get; init; } = MediaTypes.Json;

    /// <summary>What errors and logs call it; a query never carries a secret, but is noise there.</summary>
    public string Title => $"{Method} {Path}";

    /// <summary>Path and escaped query, relative to the server's base path.</summary>
    /// <exception cref="InvalidRequestException">A value of the query is no text, or makes the address too long to send.</exception>
    public string Target
    {
        get
        {
            var target = Query.Count == 0 ? Path.ToString() : Path + "?" + string.Join('&', Query.Select(pair => $"{pair.Key}={Escaped(pair)}"));
            return target.Length <= LongestTarget
                ? target
                : throw new InvalidRequestException(
                    Query.MaxBy(pair => pair.Value.Length).Key, string.Empty, $"makes an address of {target.Length} characters; {LongestTarget} can be sent");
        }
    }

    private static string Escaped(KeyValuePair<string, string> pair) => RequestPath.IsWellFormed(pair.Value)
        ? Uri.EscapeDataString(pair.Value)
        : throw new InvalidRequestException(pair.Key, pair.Value, "holds half a character (a lone surrogate)");
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
