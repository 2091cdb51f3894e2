using System.Text;
using System.Text.Json.Nodes;
using KubeFed.Engine.Api;

namespace KubeFed.Engine.Propagation.Desired;

/// <summary>
/// Declares the fields that a server stores where a template uses another name for them. A server copies such a name into the stored field and does not know
/// afterwards who declared that, so a value that leaves the template would stay in every member, and one that drifted would not be repaired.
/// </summary>
/// <remarks>Kubernetes API reference: Secret <c>stringData</c>, PodSpec <c>serviceAccount</c>, ServiceSpec <c>clusterIP</c>, as 1.20.2 and 1.36.2 do.</remarks>
internal static class Aliases
{
    public static void Resolve(JsonObject value)
    {
        switch (value.Text("apiVersion"), value.Text("kind"))
        {
            case ("v1", "Secret"):
                StringData(value);
                break;
            case ("v1", "Service") when value.Map("spec") is { } spec:
                ClusterIp(spec);
                break;
            case var (version, _) when IsBuiltIn(version) && PodSpecs.Of(value) is { } pod:
                ServiceAccount(pod);
                break;
        }
    }

    /// <summary>
    /// As a server does: the text wins over data under the same key, and null is an empty text. What is no text stays, for the server to refuse.
    /// </summary>
    private static void StringData(JsonObject secret)
    {
        if (secret["stringData"] is not JsonObject texts || secret["data"] is not (null or JsonObject))
        {
            if (secret.ContainsKey("stringData") && secret["stringData"] is null)
            {
                secret.Remove("stringData");
            }

            return;
        }

        var data = secret["data"] as JsonObject ?? [];
        foreach (var (key, node) in texts.ToList())
        {
            if (node is null || (node is JsonValue value && value.TryGetValue<string>(out _)))
            {
                data[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(node?.GetValue<string>() ?? string.Empty));
                texts.Remove(key);
            }
        }

        secret["data"] = data;
        if (texts.Count == 0)
        {
            secret.Remove("stringData");
        }
    }

    /// <summary>Empty, the address is the server's to choose; applied again, it would unset what was chosen, which servers before 1.21 refuse.</summary>
    private static void ClusterIp(JsonObject spec)
    {
        if (spec.Text("clusterIP") is "" || (spec.ContainsKey("clusterIP") && spec["clusterIP"] is null))
        {
            spec.Remove("clusterIP");
        }

        if (spec["clusterIPs"] is JsonArray { Count: 0 } || (spec.ContainsKey("clusterIPs") && spec["clusterIPs"] is null))
        {
            spec.Remove("clusterIPs");
        }
    }

    /// <summary>A server writes either name into the other, and keeps what the undeclared one says. The newer one counts where both are given.</summary>
    private static void ServiceAccount(JsonObject pod)
    {
        const string Name = "serviceAccountName", Older = "serviceAccount";
        if ((pod.Text(Name) is { Length: > 0 } name ? name : pod.Text(Older)) is { Length: > 0 } account)
        {
            (pod[Name], pod[Older]) = (account, account);
        }
    }

    private static bool IsBuiltIn(string? apiVersion) => apiVersion is "v1" || apiVersion?.Split('/') is ["apps" or "batch" or "extensions", _];
}
