using System.Text;
using System.Text.Json.Nodes;
using KubeFed.Sandbox.Security;
using KubeFed.Sandbox.Server;
using KubeFed.Sandbox.Storage;

namespace KubeFed.Sandbox.Controllers;

/// <summary>
/// Gives every namespace its default service account and root CA, fills token Secrets, and, before Kubernetes 1.24, makes one for each service account.
/// </summary>
internal sealed class ServiceAccountController(ClusterState cluster, ObjectWriter writer, ObjectDeleter deleter, Tokens tokens) : IController
{
    private const string TokenType = "kubernetes.io/service-account-token";
    private const string NameAnnotation = "kubernetes.io/service-account.name";
    private const string UidAnnotation = "kubernetes.io/service-account.uid";

    public bool Concerns(Change change) => change.StorageKey is "namespaces" or "serviceaccounts" or "secrets";

    public void Handle(Change change)
    {
        switch (change.StorageKey)
        {
            case "namespaces" when change.Type != ChangeType.Deleted:
                EnsureDefaults(change.Object.Name);
                break;
            case "serviceaccounts" when change.Type == ChangeType.Deleted:
                DeleteTokens(change.Object);
                EnsureDefaults(change.Object.Namespace);
                break;
            case "serviceaccounts":
                EnsureToken(change.Object);
                break;
            case "secrets" when change.Type != ChangeType.Deleted:
                FillToken(change.Object);
                break;
            case "secrets":
                ForgetToken(change.Object);
                break;
        }
    }

    private void EnsureDefaults(string @namespace)
    {
        if (cluster.Store.Find("namespaces", string.Empty, @namespace) is not { IsDeleting: false })
        {
            return;
        }

        if (cluster.Store.Find("serviceaccounts", @namespace, "default") is null)
        {
            writer.Create(cluster.Catalog.BuiltIn("ServiceAccount"), @namespace, new JsonObject { ["metadata"] = new JsonObject { ["name"] = "default" } }, new WriteContext(ObjectWriter.SystemManager));
        }

        if (cluster.Version.Minor >= 20 && cluster.Store.Find("configmaps", @namespace, "kube-root-ca.crt") is null)
        {
            writer.Create(
                cluster.Catalog.BuiltIn("ConfigMap"),
                @namespace,
                new JsonObject { ["metadata"] = new JsonObject { ["name"] = "kube-root-ca.crt" }, ["data"] = new JsonObject { ["ca.crt"] = tokens.Authority } },
                new WriteContext(ObjectWriter.SystemManager));
        }
    }

    private void EnsureToken(StoredObject account)
    {
        if (cluster.Version.Minor >= 24 || cluster.Store.Find("serviceaccounts", account.Namespace, account.Name) is not { IsDeleting: false } live || live.ResourceVersion != account.ResourceVersion)
        {
            return;
        }

        var references = live.Parse().Items("secrets")?.OfType<JsonObject>().Select(reference => reference.Text("name") ?? string.Empty) ?? [];
        if (references.Any(name => cluster.Store.Find("secrets", live.Namespace, name) is { Fields: [TokenType] }))
        {
            return;
        }

        var created = writer.Create(
            cluster.Catalog.BuiltIn("Secret"),
            live.Namespace,
            new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["generateName"] = live.Name + "-token-",
                    ["annotations"] = new JsonObject { [NameAnnotation] = live.Name, [UidAnnotation] = live.Uid },
                },
                ["type"] = TokenType,
            },
            new WriteContext(ObjectWriter.SystemManager));
        writer.Put(
            cluster.Catalog.BuiltIn("ServiceAccount"),
            live,
            copy => copy["secrets"] = new JsonArray([.. (copy.Items("secrets") ?? []).Select(item => item?.DeepClone()), new JsonObject { ["name"] = created.Object.Name }]));
    }

    private void FillToken(StoredObject secret)
    {
        if (secret.Fields is not [TokenType] || cluster.Store.Find("secrets", secret.Namespace, secret.Name) is not { } live || live.ResourceVersion != secret.ResourceVersion)
        {
            return;
        }

        var json = live.Parse();
        var annotations = json.At("metadata.annotations") as JsonObject;
        var resource = cluster.Catalog.BuiltIn("Secret");
        var account = cluster.Store.Find("serviceaccounts", live.Namespace, annotations.Text(NameAnnotation) ?? string.Empty);
        if (account is null || (annotations.Text(UidAnnotation) is { } uid && uid != account.Uid))
        {
            deleter.Delete(resource, live, new DeleteRequest());
            return;
        }

        var data = json.Child("data");
        if (data?.ContainsKey("token") == true && data.ContainsKey("ca.crt") && data.ContainsKey("namespace") && annotations.Text(UidAnnotation) is not null)
        {
            return;
        }

        writer.Put(
            resource,
            live,
            copy =>
            {
                copy.Ensure("metadata").Ensure("annotations")[UidAnnotation] = account.Uid;
                var filled = copy.Ensure("data");
                filled["ca.crt"] ??= Base64(tokens.Authority);
                filled["namespace"] ??= Base64(live.Namespace);
                filled["token"] ??= Base64(tokens.ForSecret(live.Namespace, account.Name, account.Uid, live.Name));
            });
    }

    private void DeleteTokens(StoredObject account)
    {
        var resource = cluster.Catalog.BuiltIn("Secret");
        foreach (var secret in cluster.Store.Read("secrets").Range(account.Namespace, null).Where(secret => secret.Fields is [TokenType]).ToList())
        {
            var annotations = secret.Parse().At("metadata.annotations") as JsonObject;
            if (annotations.Text(NameAnnotation) == account.Name && (annotations.Text(UidAnnotation) ?? account.Uid) == account.Uid)
            {
                deleter.Delete(resource, secret, new DeleteRequest());
            }
        }
    }

    private void ForgetToken(StoredObject secret)
    {
        if (secret.Fields is not [TokenType])
        {
            return;
        }

        var name = (secret.Parse().At("metadata.annotations") as JsonObject).Text(NameAnnotation) ?? string.Empty;
        if (cluster.Store.Find("serviceaccounts", secret.Namespace, name) is { IsDeleting: false } account
            && account.Parse().Items("secrets")?.Any(reference => reference.Text("name") == secret.Name) == true)
        {
            writer.Put(
                cluster.Catalog.BuiltIn("ServiceAccount"),
                account,
                copy => copy["secrets"] = new JsonArray([.. (copy.Items("secrets") ?? []).Where(item => item.Text("name") != secret.Name).Select(item => item?.DeepClone())]));
        }
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
