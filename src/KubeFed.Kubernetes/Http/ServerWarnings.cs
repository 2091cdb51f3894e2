using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Text;
using Microsoft.Extensions.Logging;

namespace KubeFed.Kubernetes.Http;

/// <summary>Passes on the <c>Warning: 299 - "text"</c> headers an API server sends, each text once per client.</summary>
/// <remarks>RFC 7234 section 5.5; deprecated APIs and questionable fields are reported so.</remarks>
internal sealed class ServerWarnings(string cluster, Action<KubeWarning>? sink, ILogger logger)
{
    private const int MaxRemembered = 1000;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    public void Report(KubeRequest request, HttpResponseMessage response)
    {
        if (!response.Headers.NonValidated.TryGetValues("Warning", out var values))
        {
            return;
        }

        foreach (var text in values.SelectMany(Texts))
        {
            lock (_lock)
            {
                if (_seen.Count >= MaxRemembered || !_seen.Add(text))
                {
                    continue;
                }
            }

            logger.LogWarning("{Cluster}: {Request}: {Warning}", cluster, request.Title, text);
            sink?.Invoke(new KubeWarning(cluster, request.Title, text));
        }
    }

    /// <summary>The texts of one header value, which may hold several warnings: <c>299 - "a \"b\"", 299 - "c"</c>.</summary>
    internal static IEnumerable<string> Texts(string header)
    {
        var at = 0;
        while (at < header.Length)
        {
            var open = header.IndexOf('"', at);
            if (open < 0)
            {
                yield break;
            }

            var isWarning = header[at..open].TrimStart(' ', ',').StartsWith("299 ", StringComparison.Ordinal);
            var text = new System.Text.StringBuilder();
            for (at = open + 1; at < header.Length && header[at] != '"'; at++)
            {
                if (header[at] == '\\' && at + 1 < header.Length)
                {
                    at++;
                }

                text.Append(header[at]);
            }

            at++;
            if (isWarning && text.Length > 0)
            {
                yield return Printable.Of(text.ToString());
            }
        }
    }
}
