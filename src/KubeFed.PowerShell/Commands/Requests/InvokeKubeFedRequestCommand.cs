using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Engine.Federate;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.PowerShell.Commands;

/// <summary>
/// Sends one request to a cluster's API server and writes the answer's objects: for what no cmdlet covers, and where kubectl is not at hand, the sandbox
/// above all.
/// </summary>
[Cmdlet(VerbsLifecycle.Invoke, "KubeFedRequest", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(PSObject), typeof(string))]
public sealed class InvokeKubeFedRequestCommand : FederationCmdlet
{
    /// <summary>The path: <c>/api/v1/namespaces/demo/configmaps/settings</c>; lists take ?labelSelector= and ?fieldSelector=.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    /// <summary>Get, Post (create), Put (replace), Patch (merge patch), Apply (server-side apply) or Delete.</summary>
    [Parameter(Position = 1)]
    [ValidateSet("Get", "Post", "Put", "Patch", "Apply", "Delete")]
    public string Method { get; set; } = "Get";

    /// <summary>What to send: a hashtable, an object, or YAML or JSON text.</summary>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNull]
    public object? Body { get; set; }

    /// <summary>A registered cluster to ask, with the credentials the host holds for it; without it, the session's own cluster.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string? Cluster { get; set; }

    /// <summary>Recorded by the server as the owner of what is written.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string FieldManager { get; set; } = "powershell";

    /// <summary>Apply only: takes fields over from other owners.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var body = Body is null ? null : OrThrow(() => Single(new InputWarnings(WriteWarning, nameof(Body)).Whole(Body)));
        if (Method == "Get" || ShouldProcess($"{Path} in {Cluster ?? Open.Name}", Method))
        {
            TryRun(Path, operation => SendAsync(operation, body));
        }
    }

    private async Task SendAsync(Operation operation, JsonObject? body)
    {
        var client = Cluster is null ? operation.Session.Host : await MemberAsync(operation, Cluster).ConfigureAwait(false);
        var path = ApiPath.Parse(Path);
        if (path is null or { IsBelowSubresource: true } || (Method == "Get" && path.Subresource is not null))
        {
            await TextAsync(operation, client).ConfigureAwait(false);
            return;
        }

        if (Method == "Get" && path.Name is null)
        {
            await ListAsync(operation, client, path).ConfigureAwait(false);
            return;
        }

        if (await OneAsync(operation, client, path, body).ConfigureAwait(false) is { } answer)
        {
            await operation.Sink.ObjectAsync(RawObject.From(answer.Json), operation.Stop).ConfigureAwait(false);
        }
    }

    /// <summary>What is no object of a resource is read as it is: /version, or what a subresource such as proxy or log leads to.</summary>
    private async Task TextAsync(Operation operation, IKubeClient client)
    {
        if (Method != "Get")
        {
            throw new InputException("InvalidPath", $"-Path '{Path}' names no object of a resource; only Get can be sent to it.", Path)
            {
                Remedy = "Write /api/v1/... or /apis/group/version/... down to a resource, an object or its subresource.",
            };
        }

        var text = await client.GetTextAsync(RequestPath.Parse(Path.StartsWith('/') ? Path : "/" + Path), operation.Stop).ConfigureAwait(false);
        await operation.Sink.ObjectAsync(ApiPath.Parse(Path) is null ? text : Answer(text), operation.Stop).ConfigureAwait(false);

        static object Answer(string text)
        {
            try
            {
                return RawObject.From(JsonText.ParseObject(text));
            }
            catch (JsonException)
            {
                return text;
            }
        }
    }

    private static async Task ListAsync(Operation operation, IKubeClient client, ApiPath path)
    {
        var query = new ListQuery
        {
            Namespace = path.Namespace,
            LabelSelector = path.Query.GetValueOrDefault("labelSelector"),
            FieldSelector = path.Query.GetValueOrDefault("fieldSelector"),
        };
        foreach (var item in (await client.ListAsync(path.Resource, query, operation.Stop).ConfigureAwait(false)).Items)
        {
            await operation.Sink.ObjectAsync(RawObject.From(item.Json), operation.Stop).ConfigureAwait(false);
        }
    }

    private async Task<KubeObject?> OneAsync(Operation operation, IKubeClient client, ApiPath path, JsonObject? body)
    {
        var options = new WriteOptions { FieldManager = FieldManager, Force = Force, Subresource = path.Subresource };
        switch (Method)
        {
            case "Get":
                return await client.GetAsync(path.Resource, path.Key, operation.Stop).ConfigureAwait(false);
            case "Post":
                return await client.CreateAsync(path.Resource, Placed(Required(body), path), options, operation.Stop).ConfigureAwait(false);
            case "Put":
                return await client.ReplaceAsync(path.Resource, Placed(Required(body), path), options, operation.Stop).ConfigureAwait(false);
            case "Apply":
                return await client.ApplyAsync(path.Resource, Placed(Required(body), path), options, operation.Stop).ConfigureAwait(false);
            case "Patch":
                return await client.PatchAsync(path.Resource, Named(path), KubePatch.Merge(Required(body)), options, operation.Stop).ConfigureAwait(false);
            default:
                return await client.DeleteAsync(path.Resource, Named(path), DeleteOptions.Default, operation.Stop).ConfigureAwait(false);
        }
    }

    private static async Task<IKubeClient> MemberAsync(Operation operation, string name)
    {
        var clusters = await ClusterWork.FindAsync(operation, new NameFilter(["*"])).ConfigureAwait(false);
        var member = clusters.FirstOrDefault(cluster => cluster.Name == new NamePattern(name).Text) ?? throw ClusterWork.NotFound(name, clusters);
        return await operation.Federation.Members.ConnectAsync(member, operation.Stop).ConfigureAwait(false);
    }

    /// <summary>The path says where the object is; a body that says nothing of it need not.</summary>
    private static KubeObject Placed(JsonObject body, ApiPath path)
    {
        var value = new KubeObject((JsonObject)body.DeepClone());
        if (path.Namespace is not null)
        {
            value.Namespace = path.Namespace;
        }

        if (path.Name is not null)
        {
            value.Name = path.Name;
        }

        if (value.ApiVersion.Length == 0)
        {
            value.Json["apiVersion"] = path.Resource.ApiVersion;
        }

        return value;
    }

    private ObjectKey Named(ApiPath path) => path.Name is null
        ? throw new InputException("InvalidPath", $"-Path '{Path}' names no object.", Path) { Remedy = "End the path with the object's name." }
        : path.Key;

    private JsonObject Required(JsonObject? body) =>
        body ?? throw new InputException("BodyRequired", $"{Method} {Path} needs a body.", Path) { Remedy = "Give -Body." };

    private JsonObject Single(IReadOnlyList<JsonObject> bodies) => bodies.Count == 1
        ? bodies[0]
        : throw new InputException("InvalidManifest", $"-Body holds {bodies.Count} objects; one was expected.", Path);
}
