using System.Net;

namespace KubeFed.TestSupport.Transport;

/// <summary>One request as it left the client.</summary>
/// <param name="Method">Upper case, such as <c>PATCH</c>.</param>
/// <param name="Path">The URI's path, still escaped, without query.</param>
/// <param name="Query">The query with its question mark, or empty.</param>
/// <param name="ContentType">The body's media type; null without a body.</param>
/// <param name="Body">The body as text; null for requests that carry none.</param>
/// <param name="Status">What was answered; null while it is under way or when no answer came.</param>
public sealed record RecordedRequest(string Method, string Path, string Query, string? ContentType, string? Body, HttpStatusCode? Status)
{
    /// <summary>
    /// Whether the server may have stored something because of this request: not for reads, dry runs, or the review APIs and token requests,
    /// which are POSTs that only ask.
    /// </summary>
    public bool IsWrite =>
        Method is "POST" or "PUT" or "PATCH" or "DELETE"
        && !Query.Contains("dryRun=All", StringComparison.Ordinal)
        && !Path.Contains("/apis/authorization.k8s.io/", StringComparison.Ordinal)
        && !Path.Contains("/apis/authentication.k8s.io/", StringComparison.Ordinal)
        && !(Path.Contains("/serviceaccounts/", StringComparison.Ordinal) && Path.EndsWith("/token", StringComparison.Ordinal));

    /// <summary>Whether this is a watch rather than a read that ends by itself.</summary>
    public bool IsWatch =>
        Method == "GET" && (Query.Contains("watch=true", StringComparison.Ordinal) || Query.Contains("watch=1", StringComparison.Ordinal));

    public override string ToString() => $"{Method} {Path}{Query} -> {(Status is { } status ? (int)status : "no answer")}";
}
