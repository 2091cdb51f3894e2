using System.Text;
using System.Text.Json.Nodes;
using KubeFed.Sandbox.Controllers;
using KubeFed.Sandbox.Describing;
using KubeFed.Sandbox.Security;
using KubeFed.Sandbox.Tables;

namespace KubeFed.Sandbox.Server;

/// <summary>One API server: authenticates, authorizes and routes requests, and lets the cluster's controllers settle after each write.</summary>
internal sealed class ApiServer
{
    private readonly ClusterState _cluster;
    private readonly Uri _uri;
    private readonly ObjectWriter _writer;
    private readonly WriteHandler _writes;
    private readonly ListHandler _lists;
    private readonly WatchHandler _watches;
    private readonly VirtualResources _virtual;
    private readonly Authorizer _authorizer;

    public ApiServer(ClusterState cluster, Uri uri, bool simulateWorkloads, TimeSpan bookmarkInterval)
    {
        _cluster = cluster;
        _uri = uri;
        Tokens = new Tokens(cluster);
        _authorizer = new Authorizer(cluster);
        _writer = new ObjectWriter(cluster);
        var deleter = new ObjectDeleter(cluster, _writer);
        _writes = new WriteHandler(cluster, _writer, deleter);
        _lists = new ListHandler(cluster);
        _watches = new WatchHandler(cluster, bookmarkInterval);
        _virtual = new VirtualResources(cluster, _authorizer, Tokens);
        Controllers = new ControllerLoop(cluster, _writer, deleter, Tokens, simulateWorkloads);
    }

    public Tokens Tokens { get; }

    public ControllerLoop Controllers { get; }

    public ObjectWriter Writer => _writer;

    public SandboxResponse Handle(SandboxRequest request)
    {
        try
        {
            var user = Authenticate(request);
            var info = RequestInfo.Parse(request);
            Authorize(user, info);
            return info.IsResource ? Resource(request, info, user) : NonResource(request, info);
        }
        catch (ApiError error)
        {
            return Refuse(error);
        }
        catch (UndecodableException error)
        {
            return Refuse(Errors.BadRequest(error.Message));
        }
    }

    public static SandboxResponse Refuse(ApiError error)
    {
        var response = new SandboxResponse(error.Code, "application/json") { Body = WireJson.Utf8(error.ToStatus()) };
        return error.RetryAfterSeconds is { } seconds
            ? response with { Headers = new Dictionary<string, string> { ["Retry-After"] = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture) } }
            : response;
    }

    private User Authenticate(SandboxRequest request)
    {
        var user = Identify(request);
        if (request.Header("impersonate-user") is not { Length: > 0 } other)
        {
            return user;
        }

        var wanted = new AccessRequest("impersonate", string.Empty, "users", string.Empty, string.Empty, other);
        if (!_authorizer.Allows(user, wanted))
        {
            throw Authorizer.Refusal(user, wanted);
        }

        var groups = (request.Header("impersonate-group") ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return new User(other, [.. groups, "system:authenticated"]);
    }

    /// <summary>A certificate goes before a token, and a wrong one of either is no way to be anonymous.</summary>
    private User Identify(SandboxRequest request)
    {
        if (request.ClientCertificate is { } certificate)
        {
            return Tokens.Certificates.Authenticate(certificate, _cluster.Time.GetUtcNow()) ?? throw Errors.Unauthorized();
        }

        var header = request.Header("authorization");
        if (string.IsNullOrEmpty(header))
        {
            return User.Anonymous;
        }

        return (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? Tokens.Authenticate(header[7..].Trim()) : null) ?? throw Errors.Unauthorized();
    }

    private void Authorize(User user, RequestInfo info)
    {
        var wanted = info.IsResource
            ? new AccessRequest(info.Verb, info.Group, info.Plural, info.Subresource, info.Namespace, info.Name)
            : new AccessRequest(info.Verb, string.Empty, string.Empty, string.Empty, string.Empty, string.Empty) { NonResourcePath = info.Path };
        if (!_authorizer.Allows(user, wanted))
        {
            throw Authorizer.Refusal(user, wanted);
        }
    }

    private SandboxResponse NonResource(SandboxRequest request, RequestInfo info)
    {
        if (info.Method is not ("GET" or "HEAD"))
        {
            throw new ApiError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource") { EmptyDetails = true };
        }

        var accept = request.Header("accept");
        if (info.Segments is ["api" or "apis"] && AggregatedDiscovery.Wanted(accept, _cluster.Version.Minor) is { } aggregated)
        {
            return AggregatedDiscovery.Answer(_cluster.Catalog, aggregated, core: info.Segments[0] == "api");
        }

        return info.Segments switch
        {
            [] => WriteHandler.Json(200, Discovery.Paths(_cluster.Catalog, OpenApi.Paths(_cluster))),
            ["version"] => WriteHandler.Json(200, Version()),
            ["healthz" or "livez" or "readyz"] => Text("ok"),
            ["healthz" or "livez" or "readyz", _, ..] => Text("ok"),
            ["openapi", ..] => OpenApi.Answer(_cluster, [.. info.Segments.Skip(1)], accept) ?? throw NoPage(),
            ["api"] => WriteHandler.Json(200, Discovery.CoreVersions(_uri)),
            ["apis"] => WriteHandler.Json(200, Discovery.Groups(_cluster.Catalog)),
            ["api", var version] => WriteHandler.Json(200, Discovery.Resources(_cluster.Catalog, string.Empty, version) ?? throw NoPage()),
            ["apis", var group] => WriteHandler.Json(200, Discovery.Group(_cluster.Catalog, group) ?? throw NoPage()),
            ["apis", var group, var version] => WriteHandler.Json(200, Discovery.Resources(_cluster.Catalog, group, version) ?? throw NoPage()),
            _ => throw NoPage(),
        };
    }

    private SandboxResponse Resource(SandboxRequest request, RequestInfo info, User user)
    {
        if (info.Group.Length > 0 && !_cluster.Catalog.Serves(info.Group, info.Version))
        {
            return Text("404 page not found\n") with { StatusCode = 404 };
        }

        var resource = _cluster.Catalog.Find(info.Group, info.Version, info.Plural);
        if (resource is null || info.TooLong)
        {
            throw NoPage();
        }

        if (resource.Virtual)
        {
            return info.Method == "POST" && info.Name.Length == 0 ? _virtual.Create(resource, info, request, user, Manager(request, info)) : throw Errors.MethodNotSupported(resource, info.Verb);
        }

        if (!resource.Namespaced && info.Namespace.Length > 0 && resource is not { IsCore: true, Kind: "Namespace" })
        {
            return resource.IsCustom ? Text("404 page not found\n") with { StatusCode = 404 } : throw NoPage();
        }

        CheckSubresource(resource, info);
        if (info.Subresource == "token" && info.Method != "POST")
        {
            throw Errors.MethodNotSupported(resource, info.Verb);
        }

        if (info.Method is "GET" or "HEAD")
        {
            return Read(resource, request, info);
        }

        lock (_cluster.Store.Gate)
        {
            var response = Write(resource, request, info);
            Controllers.Settle();
            return response;
        }
    }

    private SandboxResponse Read(ResourceType resource, SandboxRequest request, RequestInfo info)
    {
        var form = Negotiation.Parse(request.Header("accept"));
        if (info.IsWatch)
        {
            return _watches.Watch(resource, info.Name.Length == 0 ? info : WithNameSelector(info), form);
        }

        if (info.Name.Length == 0)
        {
            return _lists.List(resource, info, form);
        }

        if (info.Subresource == "scale")
        {
            return _writes.GetScale(resource, info);
        }

        var found = _cluster.Store.Find(resource.StorageKey, WriteHandler.Home(resource, info), info.Name) ?? throw Errors.NotFound(resource, info.Name);
        switch (form.Form)
        {
            case ObjectForm.PartialMetadata:
                var buffer = new System.Buffers.ArrayBufferWriter<byte>(512);
                ListHandler.WritePartial(buffer, found, form.MetaVersion);
                return new SandboxResponse(200, "application/json") { Body = buffer.WrittenMemory };
            case ObjectForm.Table:
                var version = new JsonObject { ["resourceVersion"] = found.ResourceVersion.ToString(System.Globalization.CultureInfo.InvariantCulture) };
                var table = Table.For(resource, info, form);
                return WriteHandler.Json(200, table.Of([ObjectView.Parse(found, resource, _cluster.Types)], version, _cluster.Time.GetUtcNow()));
            default:
                return new SandboxResponse(200, "application/json") { Body = ObjectView.Json(found, resource, _cluster.Types) };
        }
    }

    private SandboxResponse Write(ResourceType resource, SandboxRequest request, RequestInfo info)
    {
        var manager = Manager(request, info);
        switch (info.Method)
        {
            case "POST" when info.Subresource == "token":
                return _virtual.RequestToken(info, request, manager);
            case "POST" when info.Name.Length == 0:
                if (resource.Namespaced && info.Namespace.Length == 0)
                {
                    throw Errors.MethodNotSupported(resource, info.Verb);
                }

                return _writes.Create(resource, info, request, manager);
            case "PUT" when info.Name.Length > 0:
                return _writes.Replace(resource, info, request, manager);
            case "PATCH" when info.Name.Length > 0:
                return _writes.Patch(resource, info, request, manager);
            case "DELETE" when info.Name.Length > 0 && info.Subresource.Length == 0:
                return _writes.Delete(resource, info, request);
            case "DELETE" when info.Name.Length == 0 && resource is not { IsCore: true, Kind: "Namespace" }:
                return _writes.DeleteCollection(resource, info, request, _lists);
            default:
                throw Errors.MethodNotSupported(resource, info.Verb);
        }
    }

    private static void CheckSubresource(ResourceType resource, RequestInfo info)
    {
        var served = info.Subresource switch
        {
            "" => true,
            "status" => resource.HasStatus,
            "scale" => resource.Scale is not null,
            "finalize" => resource is { IsCore: true, Kind: "Namespace" },
            "token" => resource is { IsCore: true, Kind: "ServiceAccount" },
            _ => false,
        };
        if (resource is { IsCore: true, Kind: "Pod" } && info.Subresource is "log" or "exec" or "attach" or "portforward")
        {
            throw new ApiError(501, "NotImplemented", $"a sandbox runs no containers, so the pod \"{info.Name}\" has nothing to answer {info.Subresource} with")
            {
                DetailsName = info.Name,
                DetailsKind = resource.Plural,
            };
        }

        if (!served)
        {
            throw resource.IsCustom && info.Subresource is ("status" or "scale") ? Errors.NotFound(resource, info.Name) : Errors.NoSuchPath();
        }
    }

    private static RequestInfo WithNameSelector(RequestInfo info)
    {
        var query = info.Query.ToDictionary(StringComparer.Ordinal);
        query["fieldSelector"] = $"metadata.name={info.Name}";
        return info with { Query = query };
    }

    /// <summary>Whom managedFields names: what the client says, else its program's name.</summary>
    private static string Manager(SandboxRequest request, RequestInfo info)
    {
        if (info.Parameter("fieldManager") is { Length: > 0 } manager)
        {
            return manager;
        }

        var agent = (request.Header("user-agent") ?? string.Empty).Split('/')[0];
        return agent.Length is > 0 and <= 128 ? agent : "unknown";
    }

    private JsonObject Version() => new()
    {
        ["major"] = _cluster.Version.Major.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["minor"] = _cluster.Version.Minor.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["gitVersion"] = _cluster.Version.GitVersion,
        ["gitCommit"] = "0000000000000000000000000000000000000000",
        ["gitTreeState"] = "clean",
        ["buildDate"] = "1970-01-01T00:00:00Z",
        ["goVersion"] = "none",
        ["compiler"] = "none",
        ["platform"] = "sandbox/memory",
    };

    private static SandboxResponse Text(string text) => new(200, "text/plain; charset=utf-8") { Body = Encoding.UTF8.GetBytes(text) };

    /// <summary>What a Go server says of a path it has no handler for.</summary>
    private static ApiError NoPage() => Errors.NoSuchPath();
}
