using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Writing;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Clusters;

/// <summary>Removes from a member what a join put there, and nothing else.</summary>
/// <remarks>cli.md section 3 steps 2 and 3, P-14, K-22, K-24.</remarks>
internal sealed class JoinedMember(Federation federation, ObjectWriter member, bool byStoredCredentials)
{
    public List<string> LeftBehind { get; } = [];

    /// <summary>The objects a record names.</summary>
    public async Task RemoveAsync(JoinRecord record, CancellationToken cancellationToken)
    {
        var objects = record.Created.Where(item => !item.OnHost && item.Resource != KnownResources.Namespaces).ToList();
        var home = record.Created.FirstOrDefault(item => !item.OnHost && item.Resource == KnownResources.Namespaces);
        if (home is not null && !await MayGoAsync(home, objects, cancellationToken).ConfigureAwait(false))
        {
            home = null;
        }

        if (byStoredCredentials)
        {
            await RemoveByOwnershipAsync(objects, home, cancellationToken).ConfigureAwait(false);
            return;
        }

        // Bindings before roles, and all of them before the account, as KubeFed does.
        foreach (var item in Enumerable.Reverse(objects))
        {
            await member.DeleteAsync(item.Resource, item.Key, item.Uid, cancellationToken).ConfigureAwait(false);
        }

        if (home is not null)
        {
            await member.DeleteAsync(home.Resource, home.Key, home.Uid, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What a join without a record, KubeFed's own, is known to have made for a service account; its namespace stays.</summary>
    public async Task<JoinRecord> ReconstructAsync(MemberNames names, CancellationToken cancellationToken)
    {
        var (role, health, account) = (names.Role, names.HealthRole, new ObjectKey(names.Namespace, names.ServiceAccount));
        (ApiResource Resource, ObjectKey Key)[] known =
        [
            (KnownResources.Secrets, account),
            (KnownResources.ServiceAccounts, account),
            (KnownResources.Roles, new ObjectKey(names.Namespace, role)),
            (KnownResources.RoleBindings, new ObjectKey(names.Namespace, role)),
            (KnownResources.ClusterRoles, ObjectKey.ClusterScoped(health)),
            (KnownResources.ClusterRoleBindings, ObjectKey.ClusterScoped(health)),
            (KnownResources.ClusterRoles, ObjectKey.ClusterScoped(role)),
            (KnownResources.ClusterRoleBindings, ObjectKey.ClusterScoped(role)),
        ];
        var found = new List<JoinedObject>();
        foreach (var (resource, key) in known)
        {
            if (await member.FindAsync(resource, key, cancellationToken).ConfigureAwait(false) is { } stored)
            {
                found.Add(new JoinedObject(OnHost: false, resource, key, stored.Uid));
            }
        }

        return new JoinRecord(names.ServiceAccount, null, found);
    }

    /// <summary>K-22: a namespace that holds anything beyond join's own objects stays, and so does the host's own.</summary>
    private async Task<bool> MayGoAsync(JoinedObject home, IReadOnlyList<JoinedObject> objects, CancellationToken cancellationToken)
    {
        var stored = await member.FindAsync(home.Resource, home.Key, cancellationToken).ConfigureAwait(false);
        if (stored is null || stored.Uid != home.Uid)
        {
            return false;
        }

        var own = objects.Select(item => item.Uid).ToHashSet(StringComparer.Ordinal);
        var others = await NamespaceContents.ListAsync(member.Client, home.Key.Name, item => own.Contains(item.Uid), cancellationToken).ConfigureAwait(false);
        var onHost = await federation.Host.FindAsync(home.Resource, home.Key, cancellationToken).ConfigureAwait(false);
        if (onHost?.Uid == home.Uid)
        {
            return false;
        }

        if (others.Count > 0)
        {
            LeftBehind.Add($"Namespace {home.Key.Name} in {member.Cluster}: it holds {others.Count} objects that join did not make, such as {others[0]}");
        }

        return others.Count == 0;
    }

    /// <summary>
    /// The stored credentials saw off the branch they sit on: no sequence of deletes can remove both an account's rights and the rest. So everything is
    /// made a dependent of the role that grants the rights, that role is deleted, and the member's garbage collector takes the rest.
    /// </summary>
    private async Task RemoveByOwnershipAsync(IReadOnlyList<JoinedObject> objects, JoinedObject? home, CancellationToken cancellationToken)
    {
        var root = objects.LastOrDefault(GrantsAll) ?? objects.LastOrDefault(item => item.Resource == KnownResources.Roles && !IsForOneThing(item));
        var stored = root is null ? null : await member.FindAsync(root.Resource, root.Key, cancellationToken).ConfigureAwait(false);
        if (root is null || stored?.Uid != root.Uid)
        {
            LeftBehind.AddRange(objects.Select(Describe));
            return;
        }

        foreach (var item in objects.Append(home).OfType<JoinedObject>().Where(item => item != root))
        {
            // An owner must be cluster-scoped or in the same namespace.
            if (root.Key.Namespace is { } @namespace && item.Key.Namespace != @namespace)
            {
                LeftBehind.Add(Describe(item));
                continue;
            }

            await AdoptAsync(item, root, cancellationToken).ConfigureAwait(false);
        }

        await member.DeleteAsync(root.Resource, root.Key, root.Uid, cancellationToken).ConfigureAwait(false);
    }

    private async Task AdoptAsync(JoinedObject item, JoinedObject root, CancellationToken cancellationToken)
    {
        var stored = await member.FindAsync(item.Resource, item.Key, cancellationToken).ConfigureAwait(false);
        if (stored is null || stored.Uid != item.Uid)
        {
            return;
        }

        if (!member.DryRun)
        {
            var owner = new JsonObject
            {
                ["apiVersion"] = root.Resource.ApiVersion, ["kind"] = root.Resource.Kind, ["name"] = root.Key.Name, ["uid"] = root.Uid,
            };
            var patch = new JsonObject { ["metadata"] = new JsonObject { ["ownerReferences"] = new JsonArray(owner) } };
            await member.Client
                .PatchAsync(item.Resource, item.Key, KubePatch.Merge(patch), new WriteOptions { FieldManager = KubeFedNames.FieldManager }, cancellationToken)
                .ConfigureAwait(false);
        }

        member.Log.Add(ChangeKind.Delete, member.Cluster, item.Resource.Kind, item.Key.ToString());
    }

    private static bool GrantsAll(JoinedObject item) =>
        item.Resource == KnownResources.ClusterRoles && !IsForOneThing(item);

    /// <summary>Health or token renewal: a role that grants nothing of what leaving takes.</summary>
    private static bool IsForOneThing(JoinedObject item) =>
        item.Key.Name.Contains(":healthcheck-", StringComparison.Ordinal) || item.Key.Name.Contains(":token-", StringComparison.Ordinal);

    private string Describe(JoinedObject item) => $"{item.Resource.Kind} {item.Key} in {member.Cluster}";
}
