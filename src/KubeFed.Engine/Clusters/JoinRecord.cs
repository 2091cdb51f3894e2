using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Clusters;

/// <summary>One object a join created, by everything that tells it from a later one of the same name.</summary>
internal sealed record JoinedObject(bool OnHost, ApiResource Resource, ObjectKey Key, string Uid);

/// <summary>
/// What a join did, kept as an annotation of the KubeFedCluster, so that leaving removes exactly that and never has to guess a name (P-7, K-24).
/// </summary>
internal sealed record JoinRecord(string ServiceAccount, string? ClusterUid, IReadOnlyList<JoinedObject> Created)
{
    /// <summary>Whether the account was given only what the enabled types take (P-3).</summary>
    public bool LeastPrivilege { get; init; }

    /// <summary>The kubeconfig context of the administrator who joined it, where it is not the cluster's name.</summary>
    public string? Context { get; init; }

    /// <summary>With least privilege, the types its role lets it write, as <c>plural.group</c>; a role is only as new as the last join.</summary>
    public IReadOnlyList<string> Granted { get; init; } = [];

    /// <summary>For how long tokens of the account are asked for; null when it has a long-lived one (K-15).</summary>
    public TimeSpan? TokenLifetime { get; init; }

    /// <summary>
    /// Which fields were given explicitly instead of taken from the context. Joining again, as one does to extend a role, must not undo them.
    /// </summary>
    public IReadOnlyList<string> Given { get; init; } = [];

    /// <summary>On the KubeFedCluster: JSON of this record.</summary>
    public const string Annotation = "kubefed.io/join-record";

    /// <summary>On the KubeFedCluster: the UID of the member's <c>kube-system</c> namespace, which no two clusters share (P-16).</summary>
    public const string ClusterUidAnnotation = "kubefed.io/cluster-uid";

    /// <summary>On every object a join creates: whose join, so that a join that was broken off knows its own objects when it is run again.</summary>
    public const string OwnerAnnotation = "kubefed.io/created-by-join";

    private static readonly ApiResource[] Kinds =
    [
        KnownResources.Namespaces, KnownResources.ServiceAccounts, KnownResources.Secrets, KnownResources.ClusterRoles,
        KnownResources.ClusterRoleBindings, KnownResources.Roles, KnownResources.RoleBindings,
    ];

    /// <summary>Null when the cluster was joined by another tool, or the annotation cannot be read.</summary>
    public static JoinRecord? Of(KubeObject cluster)
    {
        if (cluster.Annotation(Annotation) is not { } text)
        {
            return null;
        }

        try
        {
            var json = JsonText.ParseObject(text);
            return new JoinRecord(
                json.Text("serviceAccount") ?? string.Empty,
                cluster.Annotation(ClusterUidAnnotation),
                [.. json.Maps("created").Select(Read).OfType<JoinedObject>()])
            {
                LeastPrivilege = json.Flag("leastPrivilege"),
                Context = json.NonEmptyText("context"),
                Granted = json.Texts("granted"),
                Given = json.Texts("given"),
                TokenLifetime = json.Integer("tokenSeconds") is { } seconds and > 0 and < int.MaxValue ? TimeSpan.FromSeconds(seconds) : null,
            };
        }
        catch (JsonException)
        {
            // Edited by hand beyond reading: leaving then works by KubeFed's names, as for clusters KubeFed joined.
            return null;
        }
    }

    public string ToText()
    {
        var json = new JsonObject { ["serviceAccount"] = ServiceAccount };
        if (LeastPrivilege)
        {
            json["leastPrivilege"] = true;
            json["granted"] = new JsonArray([.. Granted.Select(type => JsonValue.Create(type))]);
        }

        if (Context is not null)
        {
            json["context"] = Context;
        }

        if (TokenLifetime is { } lifetime)
        {
            json["tokenSeconds"] = (long)lifetime.TotalSeconds;
        }

        if (Given.Count > 0)
        {
            json["given"] = new JsonArray([.. Given.Select(field => JsonValue.Create(field))]);
        }

        json["created"] = new JsonArray([.. Created.Select(Write)]);
        return JsonText.Write(json);
    }

    private static JsonNode Write(JoinedObject item)
    {
        var json = new JsonObject { ["cluster"] = item.OnHost ? "host" : "member", ["kind"] = item.Resource.Kind };
        if (item.Key.Namespace is not null)
        {
            json["namespace"] = item.Key.Namespace;
        }

        json["name"] = item.Key.Name;
        json["uid"] = item.Uid;
        return json;
    }

    private static JoinedObject? Read(JsonObject json) =>
        Kinds.FirstOrDefault(kind => kind.Kind == json.Text("kind")) is { } resource
        && json.NonEmptyText("name") is { } name
        && json.NonEmptyText("uid") is { } uid
            ? new JoinedObject(json.Text("cluster") == "host", resource, new ObjectKey(json.NonEmptyText("namespace"), name), uid)
            : null;
}
