using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Json;

namespace KubeFed.Engine.Clusters;

/// <summary>
/// Reads what a service account's token says of itself: its account, so that objects another tool named after it can be found (K-24).
/// </summary>
internal static class TokenSubject
{
    private const string Prefix = "system:serviceaccount:";

    /// <summary>Null when the token is no JWT or not one of a service account in the namespace. The signature is not checked: only names are taken.</summary>
    public static string? ServiceAccountOf(string token, string @namespace)
    {
        var subject = ClaimsOf(token).Text("sub");
        var prefix = $"{Prefix}{@namespace}:";
        var matches = subject?.StartsWith(prefix, StringComparison.Ordinal) == true && subject.Length > prefix.Length;
        return matches ? subject![prefix.Length..] : null;
    }

    /// <summary>The Secret of the member that a long-lived token lives in; null for any other token.</summary>
    public static string? SecretOf(string token) => ClaimsOf(token).NonEmptyText("kubernetes.io/serviceaccount/secret.name");

    /// <summary>The claims of a JWT, unverified; null when it is none.</summary>
    internal static JsonObject? ClaimsOf(string token)
    {
        if (token.Split('.') is not [_, var payload, _])
        {
            return null;
        }

        var base64 = payload.Replace('-', '+').Replace('_', '/');
        base64 = base64.PadRight(base64.Length + ((4 - (base64.Length % 4)) % 4), '=');
        var buffer = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, buffer, out var length))
        {
            return null;
        }

        try
        {
            return JsonText.ParseObject(Encoding.UTF8.GetString(buffer, 0, length));
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
