using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Clusters;

/// <summary>
/// Finds what the stored credentials may not do in a member although propagating the enabled types takes it. One request tells all rules; most servers call
/// that list incomplete, so only what seems to be missing is asked for one by one.
/// </summary>
/// <remarks>P-3; SelfSubjectRulesReview of authorization.k8s.io/v1.</remarks>
internal sealed class MemberPermissions(IKubeClient member, string @namespace)
{
    private static readonly ApiResource Reviews =
        new("authorization.k8s.io", "v1", "SelfSubjectRulesReview", "selfsubjectrulesreviews", Namespaced: false);

    /// <summary>Verbs that are refused, by resource; resources that lack nothing are left out.</summary>
    public async Task<IReadOnlyDictionary<ApiResource, IReadOnlyList<string>>> MissingAsync(
        IEnumerable<ApiResource> targets, CancellationToken cancellationToken)
    {
        var rules = await RulesAsync(cancellationToken).ConfigureAwait(false);
        var missing = new Dictionary<ApiResource, IReadOnlyList<string>>();
        foreach (var target in rules is null ? [] : targets)
        {
            var refused = new List<string>();
            foreach (var verb in LeastPrivilege.Propagate.Where(verb => !rules!.Any(rule => Grants(rule, target, verb))))
            {
                var where = target.Namespaced ? @namespace : null;
                if (await AccessReview.RefusalAsync(member, verb, target.Group, target.Plural, where, cancellationToken).ConfigureAwait(false) is not null)
                {
                    refused.Add(verb);
                }
            }

            if (refused.Count > 0)
            {
                missing[target] = refused;
            }
        }

        return missing;
    }

    /// <summary>Null where the server does not answer such questions.</summary>
    private async Task<IReadOnlyList<JsonObject>?> RulesAsync(CancellationToken cancellationToken)
    {
        var review = new KubeObject(new JsonObject
        {
            ["apiVersion"] = Reviews.ApiVersion,
            ["kind"] = Reviews.Kind,
            ["metadata"] = new JsonObject(),
            ["spec"] = new JsonObject { ["namespace"] = @namespace },
        });
        try
        {
            var answer = await member.CreateAsync(Reviews, review, WriteOptions.Default, cancellationToken).ConfigureAwait(false);
            return [.. answer.Status.Maps("resourceRules")];
        }
        catch (KubeApiException error) when (error.IsNotFound || error.IsForbidden || error.IsInvalid)
        {
            return null;
        }
    }

    private static bool Grants(JsonObject rule, ApiResource target, string verb) =>
        rule.Texts("resourceNames").Count == 0
        && Has(rule, "verbs", verb)
        && Has(rule, "apiGroups", target.Group)
        && Has(rule, "resources", target.Plural);

    private static bool Has(JsonObject rule, string field, string wanted) => rule.Texts(field).Any(text => text == "*" || text == wanted);
}
