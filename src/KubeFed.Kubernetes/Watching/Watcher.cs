using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Http;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Text;
using Microsoft.Extensions.Logging;

namespace KubeFed.Kubernetes.Watching;

/// <summary>
/// Keeps one watch going over as many connections as it takes. The position is that of the last event or bookmark, so a reconnection neither repeats
/// nor loses one; only an expired position (410) ends it, or a refusal that waiting does not cure.
/// </summary>
internal sealed class Watcher(ConnectionSettings settings, KubeHttp http, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan TooShort = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan QuietSpell = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    /// <summary>A cut connection leaves half a line behind, once; what comes so again and again will not change by asking from the same position.</summary>
    private const int MalformedInARow = 3;

    public async IAsyncEnumerable<WatchEvent> WatchAsync(
        ApiResource resource, ListQuery query, string resourceVersion, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var position = resourceVersion;
        var backoff = new Backoff(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(30));
        var malformed = 0;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var started = time.GetTimestamp();
            var events = 0;
            string? trouble = null;

            // The server ends a watch after a random five to ten minutes, so that watches do not all come back at once after its restart.
            var seconds = Random.Shared.Next(300, 600);
            using var connection = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            using var overdue = time.CreateTimer(
                static state => ((CancellationTokenSource)state!).Cancel(), connection, TimeSpan.FromSeconds(seconds) + Grace, Timeout.InfiniteTimeSpan);
            var request = new KubeRequest(HttpMethod.Get, RequestPath.Of(resource, query.Namespace))
            {
                Query = ListParameters.OfWatch(query, position, seconds),
                Accept = query.MetadataOnly ? MediaTypes.Metadata : MediaTypes.Json,
            };
            var lines = ConnectAsync(request, connection, cancellationToken).GetAsyncEnumerator(CancellationToken.None);
            await using var closing = lines.ConfigureAwait(false);
            while (true)
            {
                RawWatchEvent raw;
                try
                {
                    if (!await lines.MoveNextAsync().ConfigureAwait(false))
                    {
                        break;
                    }

                    raw = lines.Current;
                }
                catch (Exception error) when (IsPassing(error, cancellationToken))
                {
                    malformed = error is MalformedWatchException ? malformed + 1 : 0;
                    if (malformed >= MalformedInARow)
                    {
                        throw http.Failures.Malformed(request, error.Message);
                    }

                    trouble = error.Message;
                    break;
                }

                if (raw.Type == "ERROR")
                {
                    trouble = Refused(request, raw.Object);
                    break;
                }

                if (TypeOf(raw.Type) is not { } type)
                {
                    logger.LogDebug(
                        "{Cluster}: {Request}: an event of the unknown type {Type} is left out", settings.Name, request.Title, Excerpt.Of(raw.Type));
                    continue;
                }

                (events, malformed) = (events + 1, 0);
                var value = ObjectShape.OfResource(raw.Object, resource, query.MetadataOnly);
                if (value.ResourceVersion is { Length: > 0 } version)
                {
                    position = version;
                }

                yield return new WatchEvent(type, value);
            }

            await connection.CancelAsync().ConfigureAwait(false);
            var lasted = time.GetElapsedTime(started);
            if (events > 0 || lasted >= QuietSpell)
            {
                backoff.Reset();
            }

            if (trouble is null && (events > 0 || lasted >= TooShort))
            {
                continue;
            }

            var wait = backoff.Next();
            logger.LogDebug(
                "{Cluster}: the watch of {Resource} goes on from {Version} in {Wait} ms: {Reason}",
                settings.Name, resource.QualifiedName, position, (int)wait.TotalMilliseconds, trouble ?? "the server closed it at once");
            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async IAsyncEnumerable<RawWatchEvent> ConnectAsync(
        KubeRequest request, CancellationTokenSource connection, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await http.OpenAsync(request, connection, cancellationToken).ConfigureAwait(false);
        using var stream = await response.Content.ReadAsStreamAsync(connection.Token).ConfigureAwait(false);
        await foreach (var raw in WatchLines.ReadAsync(stream, connection.Token).ConfigureAwait(false))
        {
            yield return raw;
        }
    }

    /// <summary>True for what another connection may cure.</summary>
    private static bool IsPassing(Exception error, CancellationToken caller) => error switch
    {
        OperationCanceledException => !caller.IsCancellationRequested,
        KubeConnectionException lost => lost.Failure is ConnectionFailure.Unreachable or ConnectionFailure.Interrupted or ConnectionFailure.TimedOut,
        KubeApiException refused => refused.Code is 429 or >= 500,
        _ => error is HttpRequestException or IOException or MalformedWatchException,
    };

    /// <summary>Throws, or says why to wait and try again.</summary>
    private string Refused(KubeRequest request, JsonObject status)
    {
        var error = new KubeApiException(settings.Name, request.Title, KubeStatus.Parse(500, JsonText.Write(status)));
        return !error.IsExpired && error.Code is 429 or >= 500 ? error.Message : throw error;
    }

    private static WatchEventType? TypeOf(string type) => type switch
    {
        "ADDED" => WatchEventType.Added,
        "MODIFIED" => WatchEventType.Modified,
        "DELETED" => WatchEventType.Deleted,
        "BOOKMARK" => WatchEventType.Bookmark,
        _ => null,
    };
}
