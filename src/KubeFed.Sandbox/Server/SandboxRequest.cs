using System.Security.Cryptography.X509Certificates;

namespace KubeFed.Sandbox.Server;

/// <summary>An API request, whatever brought it: an <see cref="HttpMessageHandler"/> in this process or a listener.</summary>
public sealed record SandboxRequest
{
    /// <summary>Upper case.</summary>
    public required string Method { get; init; }

    /// <summary>Unescaped segments are made from it: <c>/api/v1/namespaces/x</c>, without the query.</summary>
    public required string Path { get; init; }

    /// <summary>The raw query, with or without its question mark.</summary>
    public string Query { get; init; } = string.Empty;

    /// <summary>By lower-case name; several values joined by a comma.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>What the client showed when the connection was made; null without TLS or without a client certificate.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    public string? Header(string name) => Headers.GetValueOrDefault(name);
}

/// <summary>The answer: a body that is whole, or, for a watch, one that grows.</summary>
public sealed record SandboxResponse(int StatusCode, string ContentType)
{
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The parts of a watch's body as they come; null for every other answer. Cancelling the enumeration ends the watch.</summary>
    public IAsyncEnumerable<ReadOnlyMemory<byte>>? Stream { get; init; }

    /// <summary>Further headers, such as <c>Retry-After</c> and <c>Warning</c>.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}
