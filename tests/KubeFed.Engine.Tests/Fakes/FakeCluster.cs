using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Discovery;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Fakes;

/// <summary>
/// Just enough of an API server to test against without transport: objects by resource and key, resourceVersions, merge patches, a log of every request
/// and a hook that makes any of them fail. Definitions are established at once; tokens appear as the token controller makes them.
/// </summary>
public sealed class FakeCluster : IKubeClient, IApiDiscovery
{
    private readonly ConcurrentDictionary<(string Group, string Plural, ObjectKey Key), KubeObject> _objects = new();
    private readonly List<ApiResource> _served = [];
    private readonly Lock _lock = new();
    private long _version;

    public FakeCluster(string name)
    {
        Settings = new ConnectionSettings { Name = name, Server = new Uri($"https://{name}.example:6443") };
        Put(KnownResources.Namespaces, ObjectKey.ClusterScoped("kube-system"));
        Put(KnownResources.Namespaces, ObjectKey.ClusterScoped("default"));
        Requests.Clear();
    }

    public ConnectionSettings Settings { get; set; }

    public IApiDiscovery Discovery => this;

    /// <summary>Every request as <c>verb plural[/subresource] key</c>, in order.</summary>
    public List<string> Requests { get; } = [];

    public IEnumerable<string> Writes => Requests.Where(request => !request.StartsWith("get ", StringComparison.Ordinal) && !request.StartsWith("list ", StringComparison.Ordinal));

    /// <summary>Returns the error a request meets, or null to let it pass; given the text that is logged.</summary>
    public Func<string, Exception?> Fault { get; set; } = _ => null;

    public bool MakesTokens { get; set; } = true;

    public bool Establishes { get; set; } = true;

    /// <summary>Answers SelfSubjectAccessReviews.</summary>
    public Func<KubeObject, bool> Allows { get; set; } = _ => true;

    /// <summary>Answers SelfSubjectRulesReviews; incompletely, as most servers do.</summary>
    public string Rules { get; set; } = """[{"apiGroups":["*"],"resources":["*"],"verbs":["*"]}]""";

    /// <summary>Resources the server knows beyond those of installed definitions.</summary>
    public List<ApiResource> Served => _served;

    public IReadOnlyList<string> DiscoveryFailures { get; set; } = [];

    public KubeVersion Version { get; set; } = new(1, 30, "v1.30.1");

    public Dictionary<string, string> Texts { get; } = new() { ["/readyz"] = "ok", ["/healthz"] = "ok" };

    public bool Disposed { get; private set; }

    public KubeObject Put(ApiResource resource, ObjectKey key, string? json = null)
    {
        var value = KubeObject.Create(resource, key);
        if (json is not null)
        {
            value = new KubeObject((JsonObject)MergePatch.Apply(value.Json, JsonNode.Parse(json))!);
        }

        return Store(resource, value);
    }

    public KubeObject? Peek(ApiResource resource, string name, string? @namespace = null) =>
        _objects.TryGetValue(Slot(resource, new ObjectKey(@namespace, name)), out var found) ? found.Clone() : null;

    public bool Remove(ApiResource resource, string name, string? @namespace = null) => _objects.TryRemove(Slot(resource, new ObjectKey(@namespace, name)), out _);

    public IReadOnlyList<string> Names(ApiResource resource) =>
        [.. _objects.Keys.Where(k => k.Group == resource.Group && k.Plural == resource.Plural).Select(k => k.Key.ToString()).Order(StringComparer.Ordinal)];

    public Task<KubeObject> GetAsync(ApiResource resource, ObjectKey key, CancellationToken cancellationToken)
    {
        Note("get", resource, key, cancellationToken);
        return Task.FromResult(Require(resource, key).Clone());
    }

    public Task<KubeList> ListAsync(ApiResource resource, ListQuery query, CancellationToken cancellationToken)
    {
        Note("list", resource, new ObjectKey(query.Namespace, string.Empty), cancellationToken);
        if (resource.Group.EndsWith("kubefed.io", StringComparison.Ordinal) && !IsServed(resource))
        {
            throw Refuse("list", 404, "NotFound", "the server could not find the requested resource");
        }

        var selector = query.LabelSelector is null ? LabelSelector.Everything : LabelSelector.Parse(query.LabelSelector);
        var items = _objects
            .Where(pair => pair.Key.Group == resource.Group && pair.Key.Plural == resource.Plural)
            .Where(pair => query.Namespace is null || pair.Key.Key.Namespace == query.Namespace)
            .Where(pair => selector.Matches(pair.Value))
            .OrderBy(pair => pair.Key.Key)
            .Select(pair => pair.Value.Clone());
        return Task.FromResult(new KubeList([.. items], _version.ToString(System.Globalization.CultureInfo.InvariantCulture)));
    }

    public Task<KubeObject> CreateAsync(ApiResource resource, KubeObject value, WriteOptions options, CancellationToken cancellationToken)
    {
        value = value.Clone();
        if (value.Name.Length == 0 && value.Metadata["generateName"]?.GetValue<string>() is { } prefix)
        {
            value.Name = prefix + Guid.NewGuid().ToString("n")[..5];
        }

        if (resource.Plural == "selfsubjectaccessreviews")
        {
            // A question in the form of a create: it stores nothing, so it is no write.
            Note("get", resource, value.Key, cancellationToken);
            value.Json["status"] = new JsonObject { ["allowed"] = Allows(value), ["reason"] = "no rule" };
            return Task.FromResult(value);
        }

        if (resource.Plural == "selfsubjectrulesreviews")
        {
            Note("get", resource, value.Key, cancellationToken);
            value.Json["status"] = new JsonObject { ["incomplete"] = true, ["resourceRules"] = JsonNode.Parse(Rules) };
            return Task.FromResult(value);
        }

        Note("create", resource, value.Key, cancellationToken);
        if (_objects.ContainsKey(Slot(resource, value.Key)))
        {
            throw Refuse("create", 409, "AlreadyExists", $"{resource.Plural} \"{value.Name}\" already exists");
        }

        if (resource.Namespaced && Peek(KnownResources.Namespaces, value.Namespace ?? string.Empty) is null)
        {
            throw Refuse("create", 404, "NotFound", $"namespaces \"{value.Namespace}\" not found");
        }

        return Task.FromResult(options.DryRun ? value : Store(resource, value).Clone());
    }

    public Task<KubeObject> ReplaceAsync(ApiResource resource, KubeObject value, WriteOptions options, CancellationToken cancellationToken)
    {
        Note("replace", resource, value.Key, cancellationToken, options.Subresource);
        var stored = Require(resource, value.Key);
        if (value.ResourceVersion.Length > 0 && value.ResourceVersion != stored.ResourceVersion)
        {
            throw Refuse("replace", 409, "Conflict", "the object has been modified");
        }

        var next = value.Clone();
        if (options.Subresource == "status")
        {
            next = stored.Clone();
            next.Json["status"] = value.Json["status"]?.DeepClone();
        }

        return Task.FromResult(Store(resource, next).Clone());
    }

    public Task<KubeObject> PatchAsync(ApiResource resource, ObjectKey key, KubePatch patch, WriteOptions options, CancellationToken cancellationToken)
    {
        Note("patch", resource, key, cancellationToken, options.Subresource);
        var stored = Require(resource, key);
        var next = patch.Kind == PatchKind.Json
            ? JsonPatch.ApplyToObject(stored.Json, (JsonArray)patch.Body)
            : (JsonObject)MergePatch.Apply(stored.Json.DeepClone(), patch.Body)!;
        return Task.FromResult(Store(resource, new KubeObject(next)).Clone());
    }

    public Task<KubeObject> ApplyAsync(ApiResource resource, KubeObject value, WriteOptions options, CancellationToken cancellationToken)
    {
        Note("apply", resource, value.Key, cancellationToken, options.Subresource);
        var next = _objects.TryGetValue(Slot(resource, value.Key), out var stored) ? MergePatch.Apply(stored.Json.DeepClone(), value.Json) : value.Json.DeepClone();
        return Task.FromResult(Store(resource, new KubeObject((JsonObject)next!)).Clone());
    }

    public Task<KubeObject?> DeleteAsync(ApiResource resource, ObjectKey key, DeleteOptions options, CancellationToken cancellationToken)
    {
        Note("delete", resource, key, cancellationToken);
        var stored = Require(resource, key);
        if (options.PreconditionUid is { } uid && uid != stored.Uid)
        {
            throw Refuse("delete", 409, "Conflict", "the UID in the precondition does not match");
        }

        if (stored.Finalizers.Count > 0)
        {
            var waiting = stored.Clone();
            waiting.Metadata["deletionTimestamp"] = "2024-01-01T00:00:00Z";
            Store(resource, waiting);
            return Task.FromResult<KubeObject?>(waiting.Clone());
        }

        _objects.TryRemove(Slot(resource, key), out _);
        foreach (var child in _objects.Where(pair => resource == KnownResources.Namespaces && pair.Key.Key.Namespace == key.Name).ToList())
        {
            _objects.TryRemove(child.Key, out _);
        }

        return Task.FromResult<KubeObject?>(stored.Clone());
    }

    public async IAsyncEnumerable<WatchEvent> WatchAsync(
        ApiResource resource, ListQuery query, string resourceVersion, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        yield break;
    }

    public Task<KubeVersion> GetVersionAsync(CancellationToken cancellationToken)
    {
        Note("get /version", cancellationToken);
        return Task.FromResult(Version);
    }

    public Task<string> GetTextAsync(RequestPath path, CancellationToken cancellationToken)
    {
        Note($"get {path}", cancellationToken);
        return Texts.TryGetValue(path.ToString(), out var text) ? Task.FromResult(text) : throw Refuse("get", 404, "NotFound", "no such path");
    }

    public Task<KubeObject> PostSubresourceAsync(ApiResource resource, ObjectKey key, string subresource, KubeObject body, CancellationToken cancellationToken)
    {
        Note("post", resource, key, cancellationToken, subresource);
        Require(resource, key);
        return Task.FromResult(KubeObject.Parse("""{"kind":"TokenRequest","status":{"token":"requested-token","expirationTimestamp":"2034-01-01T00:00:00Z"}}"""));
    }

    public Task<DiscoveryResult> GetAllAsync(CancellationToken cancellationToken)
    {
        Note("get /apis", cancellationToken);
        return Task.FromResult(new DiscoveryResult([.. _served, .. InstalledResources()], DiscoveryFailures));
    }

    public Task<DiscoveryResult> GetPreferredAsync(CancellationToken cancellationToken) => GetAllAsync(cancellationToken);

    public async Task<ApiResource?> FindAsync(GroupVersionKind kind, CancellationToken cancellationToken) =>
        (await GetAllAsync(cancellationToken)).Resources.FirstOrDefault(resource => resource.Gvk == kind);

    public async Task<ApiResource> ResolveAsync(string name, string? version, CancellationToken cancellationToken)
    {
        var found = (await GetAllAsync(cancellationToken)).Resources.Where(resource => version is null || resource.Version == version)
            .Where(resource => new[] { resource.Plural, resource.Kind, resource.QualifiedName, resource.Singular }.Concat(resource.ShortNames).Contains(name, StringComparer.OrdinalIgnoreCase))
            .ToList();
        return found.FirstOrDefault() ?? throw new ApiLookupException($"Unable to find api resource named \"{name}\".", []);
    }

    public void Invalidate()
    {
    }

    public void Dispose() => Disposed = true;

    public static KubeApiException Refuse(string request, int code, string reason, string message) =>
        new("fake", request, new KubeStatus(code, reason, message));

    private static (string Group, string Plural, ObjectKey Key) Slot(ApiResource resource, ObjectKey key) =>
        (resource.Group, resource.Plural, resource.Namespaced ? key : ObjectKey.ClusterScoped(key.Name));

    private KubeObject Require(ApiResource resource, ObjectKey key) =>
        _objects.TryGetValue(Slot(resource, key), out var found) ? found : throw Refuse("get", 404, "NotFound", $"{resource.Plural} \"{key.Name}\" not found");

    private bool IsServed(ApiResource resource) => _served.Contains(resource) || InstalledResources().Contains(resource);

    private IEnumerable<ApiResource> InstalledResources() =>
        from definition in _objects.Values
        where definition.Kind == "CustomResourceDefinition"
        let spec = definition.Spec!
        let names = spec["names"]!
        from version in spec["versions"]!.AsArray()
        select new ApiResource(
            spec["group"]!.GetValue<string>(),
            version!["name"]!.GetValue<string>(),
            names["kind"]!.GetValue<string>(),
            names["plural"]!.GetValue<string>(),
            spec["scope"]!.GetValue<string>() == "Namespaced")
        {
            ShortNames = [.. (names["shortNames"] as JsonArray ?? []).Select(name => name!.GetValue<string>())],
        };

    private void Note(string verb, ApiResource resource, ObjectKey key, CancellationToken cancellationToken, string? subresource = null) =>
        Note($"{verb} {resource.Plural}{(subresource is null ? string.Empty : "/" + subresource)} {key}", cancellationToken);

    private void Note(string request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            Requests.Add(request);
        }

        if (Fault(request) is { } error)
        {
            throw error;
        }
    }

    private KubeObject Store(ApiResource resource, KubeObject value)
    {
        var slot = Slot(resource, value.Key);
        value = value.Clone();
        if (_objects.TryGetValue(slot, out var before))
        {
            value.ResourceVersion = before.ResourceVersion;
            if (JsonNode.DeepEquals(before.Json, value.Json))
            {
                return before;
            }

            if (value.IsDeleting && value.Finalizers.Count == 0)
            {
                _objects.TryRemove(slot, out _);
                return value;
            }
        }

        if (value.Uid.Length == 0)
        {
            value.Metadata["uid"] = before?.Uid ?? Guid.NewGuid().ToString();
            value.Metadata["creationTimestamp"] = "2024-05-01T10:00:00Z";
        }

        value.ResourceVersion = Interlocked.Increment(ref _version).ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (value.Kind == "CustomResourceDefinition")
        {
            value.Section("status")["conditions"] = new JsonArray(Establishes
                ? new JsonObject { ["type"] = "Established", ["status"] = "True" }
                : new JsonObject { ["type"] = "NamesAccepted", ["status"] = "False", ["message"] = "names are taken" });
        }

        if (MakesTokens && value.Kind == "Secret" && value.Json["type"]?.GetValue<string>() == "kubernetes.io/service-account-token")
        {
            var token = Convert.ToBase64String(Encoding.UTF8.GetBytes($"token-of-{value.Name}"));
            value.Json["data"] = new JsonObject { ["token"] = token, ["ca.crt"] = Convert.ToBase64String("-----BEGIN CERTIFICATE-----"u8) };
        }

        _objects[slot] = value;
        return value;
    }
}
