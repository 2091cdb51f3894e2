using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Http;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;
using Microsoft.Extensions.Logging;

namespace KubeFed.Kubernetes.Discovery;

/// <summary>Reads what a server serves: in two requests where it offers aggregated discovery, else one per group and version, in parallel.</summary>
internal sealed class ApiDiscovery(string cluster, KubeHttp http, ILogger logger) : IApiDiscovery
{
    /// <summary>Far more groups and versions than any server has.</summary>
    private const int MaxVersions = 2000;

    private readonly Lock _lock = new();
    private Task<ServedApis>? _cached;

    public async Task<DiscoveryResult> GetAllAsync(CancellationToken cancellationToken)
    {
        var served = await ServedAsync(cancellationToken).ConfigureAwait(false);
        return new DiscoveryResult(served.All, served.Failures);
    }

    public async Task<DiscoveryResult> GetPreferredAsync(CancellationToken cancellationToken)
    {
        var served = await ServedAsync(cancellationToken).ConfigureAwait(false);
        return new DiscoveryResult(served.Preferred, served.Failures);
    }

    public async Task<ApiResource?> FindAsync(GroupVersionKind kind, CancellationToken cancellationToken)
    {
        var served = await ServedAsync(cancellationToken).ConfigureAwait(false);
        if (Find(served.All, kind) is { } known)
        {
            return known;
        }

        // The cache may be older than the CRD that defines the kind; asking for its group and version alone is cheap.
        var fresh = RequestPath.CanName(kind.Group, kind.Version)
            ? await ReadGroupVersionAsync(kind.Group, kind.Version, cancellationToken).ConfigureAwait(false)
            : null;
        var found = Find(fresh ?? [], kind);
        if (found is not null)
        {
            Invalidate();
        }

        return found;
    }

    public async Task<ApiResource> ResolveAsync(string name, string? version, CancellationToken cancellationToken)
    {
        var before = CachedNow();
        var served = await ServedAsync(cancellationToken).ConfigureAwait(false);
        var found = ResourceNames.Match(served, name, version);
        if (found.Count == 0 && ReferenceEquals(before, CachedNow()) && before is not null)
        {
            Invalidate();
            served = await ServedAsync(cancellationToken).ConfigureAwait(false);
            found = ResourceNames.Match(served, name, version);
        }

        return ResourceNames.Single(found, served, name, version);
    }

    public void Invalidate()
    {
        lock (_lock)
        {
            _cached = null;
        }
    }

    private static ApiResource? Find(IEnumerable<ApiResource> resources, GroupVersionKind kind) => resources.FirstOrDefault(resource => resource.Gvk == kind);

    private Task<ServedApis>? CachedNow()
    {
        lock (_lock)
        {
            return _cached;
        }
    }

    /// <summary>One reading serves all who ask meanwhile, so it ends with none of them; each stops waiting on its own token.</summary>
    private async Task<ServedApis> ServedAsync(CancellationToken cancellationToken)
    {
        Task<ServedApis> reading;
        lock (_lock)
        {
            if (_cached is null or { IsFaulted: true } or { IsCanceled: true })
            {
                _cached = ReadAsync();
            }

            reading = _cached;
        }

        var served = await reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (served.Failures.Count > 0)
        {
            // A group that is broken now may be back at the next question.
            lock (_lock)
            {
                if (ReferenceEquals(_cached, reading))
                {
                    _cached = null;
                }
            }
        }

        return served;
    }

    private async Task<ServedApis> ReadAsync()
    {
        await Task.Yield();
        var core = ReadRootAsync(RequestPath.CoreVersions);
        var groups = ReadRootAsync(RequestPath.Groups);
        await Task.WhenAll(core, groups).ConfigureAwait(false);
        var served = new ServedApisBuilder();
        foreach (var root in new[] { await core.ConfigureAwait(false), await groups.ConfigureAwait(false) })
        {
            if (DiscoveryDocuments.Kind(root) == "APIGroupDiscoveryList")
            {
                DiscoveryDocuments.ReadAggregated(root, served);
            }
            else
            {
                // One request each; and what a list of any length may not make of us is a source of requests without end.
                await ReadEachAsync([.. DiscoveryDocuments.GroupVersions(root).Take(MaxVersions)], served).ConfigureAwait(false);
            }
        }

        foreach (var failure in served.Failures)
        {
            logger.LogWarning("{Cluster}: discovery leaves out {Failure}", cluster, failure);
        }

        return served.Build();
    }

    private async Task ReadEachAsync(IReadOnlyList<ServedVersion> versions, ServedApisBuilder served)
    {
        var readings = versions.Select(async version =>
        {
            try
            {
                var resources = await ReadGroupVersionAsync(version.Group, version.Version, CancellationToken.None).ConfigureAwait(false);
                return (version, Resources: resources ?? [], Failure: resources is null ? "it is announced but not served" : null);
            }
            catch (KubeException error)
            {
                return (version, Resources: [], Failure: error.Message);
            }
        });
        foreach (var (version, resources, failure) in await Task.WhenAll(readings).ConfigureAwait(false))
        {
            if (failure is null)
            {
                served.Add(resources, version.Preferred);
            }
            else
            {
                served.Fail($"{version}: {failure}");
            }
        }
    }

    private async Task<IReadOnlyList<ApiResource>?> ReadGroupVersionAsync(string group, string version, CancellationToken cancellationToken)
    {
        var path = RequestPath.GroupVersion(group, version);
        try
        {
            return DiscoveryDocuments.ReadResourceList(await GetAsync(path, MediaTypes.Json, cancellationToken).ConfigureAwait(false), group, version);
        }
        catch (KubeApiException missing) when (missing.IsNotFound)
        {
            return null;
        }
    }

    private async Task<JsonObject> ReadRootAsync(RequestPath path)
    {
        try
        {
            return await GetAsync(path, MediaTypes.AggregatedDiscovery, CancellationToken.None).ConfigureAwait(false);
        }
        catch (KubeApiException error) when (error.Code is 404 or 406)
        {
            // 406: a server that does not take the list of media types; 404: one that serves no group here.
            return error.IsNotFound ? [] : await GetAsync(path, MediaTypes.Json, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task<JsonObject> GetAsync(RequestPath path, string accept, CancellationToken cancellationToken)
    {
        var request = new KubeRequest(HttpMethod.Get, path) { Accept = accept };
        var answer = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            var document = JsonText.ParseObject(answer.Body);
            return DiscoveryDocuments.Fault(document) is { } fault ? throw http.Failures.Malformed(request, fault) : document;
        }
        catch (JsonException error)
        {
            throw http.Failures.NotAnApiServer(request, answer.ContentType, error);
        }
    }
}
