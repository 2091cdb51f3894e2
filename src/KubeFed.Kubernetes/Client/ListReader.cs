using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Http;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Kubernetes.Client;

/// <summary>Reads lists page by page, within the limits of the connection.</summary>
internal sealed class ListReader(KubeHttp http, TimeProvider time)
{
    /// <summary>All pages as one list; when a token expires half way, one whole list, which can't.</summary>
    public async Task<KubeList> ReadAsync(ApiResource resource, ListQuery query, CancellationToken cancellationToken)
    {
        var items = new List<KubeObject>();
        var version = string.Empty;
        try
        {
            await foreach (var page in PagesAsync(resource, query, held: true, cancellationToken).ConfigureAwait(false))
            {
                items.AddRange(page.Items);
                version = page.ResourceVersion;
            }
        }
        catch (KubeApiException expired) when (expired.IsExpired && items.Count > 0)
        {
            // The pages read so far belong to a state that is gone.
            items.Clear();
            await foreach (var page in PagesAsync(resource, query with { PageSize = 0 }, held: true, cancellationToken).ConfigureAwait(false))
            {
                items.AddRange(page.Items);
                version = page.ResourceVersion;
            }
        }

        return new KubeList(items, version);
    }

    /// <summary>The pages, each as objects with the resource's own kind.</summary>
    public async IAsyncEnumerable<KubeList> PagesAsync(
        ApiResource resource, ListQuery query, bool held, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in EachAsync(resource, query, held, list => Objects(list, resource, query), cancellationToken).ConfigureAwait(false))
        {
            yield return page;
        }
    }

    /// <summary>The pages, each as what <paramref name="keep"/> makes of its items.</summary>
    public IAsyncEnumerable<IReadOnlyList<T>> ReducedPagesAsync<T>(
        ApiResource resource, ListQuery query, Func<JsonElement, T> keep, CancellationToken cancellationToken) =>
        EachAsync<IReadOnlyList<T>>(resource, query, held: false, list => [.. Items(list).Select(keep)], cancellationToken);

    private async IAsyncEnumerable<T> EachAsync<T>(
        ApiResource resource, ListQuery query, bool held, Func<JsonElement, T> make, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var progress = new ListProgress(http.Limits, held);
        var size = query.PageSize;
        do
        {
            var request = RequestFor(resource, query with { PageSize = size }, progress.Next);
            T page;
            try
            {
                page = await PageAsync(request, progress, make, cancellationToken).ConfigureAwait(false);
            }
            catch (KubeConnectionException answer) when (answer.Failure == ConnectionFailure.TooLong && progress.MayAskForLess && size > 1)
            {
                // Large objects: the same part of the list in smaller pages. A server that takes no notice of the size ends with the error.
                size = Math.Max(1, size / 4);
                continue;
            }

            yield return page;
        }
        while (progress.Next is not null || progress.Pages == 0);
    }

    private async Task<T> PageAsync<T>(KubeRequest request, ListProgress progress, Func<JsonElement, T> make, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var (page, next, items, bytes) = await http.ReadAsync(
            request,
            (body, type) =>
            {
                using var document = Parse(request, body, type);
                var list = document.RootElement;
                if (AnswerShape.FaultOfList(list) is { } frame)
                {
                    throw http.Failures.Malformed(request, frame);
                }

                if (Count(list) > http.Limits.MaxListItems)
                {
                    throw http.Failures.TooLong(request, $"one page has {Count(list)} objects ({ResponseLimits.ItemsVariable} is {http.Limits.MaxListItems})");
                }

                if (FaultOfItems(list) is { } fault)
                {
                    throw http.Failures.Malformed(request, fault);
                }

                return (make(list), Continue(list), Count(list), body.Length);
            },
            cancellationToken).ConfigureAwait(false);
        return progress.Take(next, items, bytes, time.GetElapsedTime(started)) is { } refused ? throw http.Failures.TooLong(request, refused) : page;
    }

    private JsonDocument Parse(KubeRequest request, ReadOnlyMemory<byte> body, System.Net.Http.Headers.MediaTypeHeaderValue? type)
    {
        try
        {
            return JsonText.ParseDocument(body);
        }
        catch (JsonException error)
        {
            throw http.Failures.NotAnApiServer(request, type, error);
        }
    }

    private static string? FaultOfItems(JsonElement list)
    {
        var at = 0;
        foreach (var item in Items(list))
        {
            if ((AnswerShape.FaultOfObject(item) ?? AnswerShape.FaultOfName(item)) is { } fault)
            {
                return $"items[{at}]: {fault}";
            }

            at++;
        }

        return null;
    }

    private static KubeList Objects(JsonElement list, ApiResource resource, ListQuery query) => new(
        [.. Items(list).Select(item => ObjectShape.OfResource(JsonObject.Create(item.Clone())!, resource, query.MetadataOnly))],
        Metadata(list, "resourceVersion"u8) ?? string.Empty);

    private static JsonElement.ArrayEnumerator Items(JsonElement list) =>
        list.GetProperty("items"u8) is { ValueKind: JsonValueKind.Array } items ? items.EnumerateArray() : default;

    private static int Count(JsonElement list) => list.GetProperty("items"u8) is { ValueKind: JsonValueKind.Array } items ? items.GetArrayLength() : 0;

    private static string? Continue(JsonElement list) => Metadata(list, "continue"u8);

    private static string? Metadata(JsonElement list, ReadOnlySpan<byte> name) =>
        list.TryGetProperty("metadata"u8, out var metadata) && metadata.ValueKind == JsonValueKind.Object && metadata.TryGetProperty(name, out var value)
            ? value.GetString()
            : null;

    private static KubeRequest RequestFor(ApiResource resource, ListQuery query, string? token) => new(HttpMethod.Get, RequestPath.Of(resource, query.Namespace))
    {
        Query = ListParameters.Of(query, token),
        Accept = query.MetadataOnly ? MediaTypes.MetadataList : MediaTypes.Json,
    };
}
