using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Json;

namespace KubeFed.Engine.Clusters;

/// <summary>
/// Reads what a service account's token says of itself: its account, so that objects another tool named after it can be found (K-24), and its end.
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

    /// <summary>Null when the token is no JWT, or one that does not expire.</summary>
    public static DateTimeOffset? ExpiryOf(string token) =>
        ClaimsOf(token).Integer("exp") is { } seconds and >= 0 and < 253402300800 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    private static JsonObject? ClaimsOf(string token)
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
