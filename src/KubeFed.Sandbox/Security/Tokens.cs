using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Security;

/// <summary>An object of the account's namespace a token does not outlive.</summary>
internal sealed record BoundObject(string Plural, string Name, string Uid);

/// <summary>Issues and checks bearer tokens, and holds the cluster's certificate authority. Nothing here leaves the process but through the API.</summary>
internal sealed class Tokens(ClusterState cluster)
{
    /// <summary>Whom tokens are for unless they say otherwise: this API server, which takes no others.</summary>
    public const string ApiAudience = "https://kubernetes.default.svc";

    private const string Issuer = "kubernetes/serviceaccount";
    private static readonly (string Claim, string Plural)[] BindableKinds = [("pod", "pods"), ("secret", "secrets")];
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly Lazy<Authority> _authority = new(() => new Authority(cluster.Name, cluster.Time.GetUtcNow()));

    /// <summary>What the kubeconfig of an administrator carries.</summary>
    public string AdminToken { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>The sandbox speaks no TLS in process, but clients expect a certificate beside a token, and a listener does.</summary>
    public Authority Certificates => _authority.Value;

    /// <summary>PEM.</summary>
    public string Authority => Certificates.Pem;

    /// <summary>A token that lives as long as its Secret.</summary>
    public string ForSecret(string @namespace, string account, string accountUid, string secret) => Sign(new JsonObject
    {
        ["iss"] = Issuer,
        ["kubernetes.io/serviceaccount/namespace"] = @namespace,
        ["kubernetes.io/serviceaccount/secret.name"] = secret,
        ["kubernetes.io/serviceaccount/service-account.name"] = account,
        ["kubernetes.io/serviceaccount/service-account.uid"] = accountUid,
        ["sub"] = $"system:serviceaccount:{@namespace}:{account}",
    });

    /// <summary>A token that expires (TokenRequest).</summary>
    public string ForRequest(string @namespace, string account, string accountUid, IEnumerable<string> audiences, DateTimeOffset expires, BoundObject? bound) => Sign(new JsonObject
    {
        ["aud"] = new JsonArray([.. audiences.Select(audience => JsonValue.Create(audience))]),
        ["exp"] = expires.ToUnixTimeSeconds(),
        ["iat"] = cluster.Time.GetUtcNow().ToUnixTimeSeconds(),
        ["iss"] = ApiAudience,
        ["kubernetes.io"] = Bind(new JsonObject { ["namespace"] = @namespace, ["serviceaccount"] = new JsonObject { ["name"] = account, ["uid"] = accountUid } }, bound),
        ["sub"] = $"system:serviceaccount:{@namespace}:{account}",
    });

    /// <summary>Who a bearer token stands for; null when it is not, or no longer, good.</summary>
    public User? Authenticate(string token)
    {
        if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(AdminToken)))
        {
            return User.Admin;
        }

        if (Verify(token) is not { } claims)
        {
            return null;
        }

        if (claims.Number("exp") is { } expires && cluster.Time.GetUtcNow().ToUnixTimeSeconds() >= expires)
        {
            return null;
        }

        if (claims.Items("aud") is { } audiences && !audiences.Any(audience => audience?.ToString() == ApiAudience))
        {
            return null;
        }

        var nested = claims.Child("kubernetes.io");
        var @namespace = nested.Text("namespace") ?? claims.Text("kubernetes.io/serviceaccount/namespace") ?? string.Empty;
        var account = nested.Child("serviceaccount").Text("name") ?? claims.Text("kubernetes.io/serviceaccount/service-account.name") ?? string.Empty;
        var uid = nested.Child("serviceaccount").Text("uid") ?? claims.Text("kubernetes.io/serviceaccount/service-account.uid");
        if (cluster.Store.Find("serviceaccounts", @namespace, account) is not { } live || live.Uid != uid)
        {
            return null;
        }

        foreach (var (claim, plural) in BindableKinds)
        {
            if (nested.Child(claim) is { } bound && cluster.Store.Find(plural, @namespace, bound.Text("name") ?? string.Empty)?.Uid != bound.Text("uid"))
            {
                return null;
            }
        }

        var secret = claims.Text("kubernetes.io/serviceaccount/secret.name");
        return secret is not null && cluster.Store.Find("secrets", @namespace, secret) is null ? null : User.ServiceAccount(@namespace, account);
    }

    private static JsonObject Bind(JsonObject claims, BoundObject? bound)
    {
        if (bound is not null)
        {
            claims[BindableKinds.Single(kind => kind.Plural == bound.Plural).Claim] = new JsonObject { ["name"] = bound.Name, ["uid"] = bound.Uid };
        }

        return claims;
    }

    private string Sign(JsonObject claims)
    {
        var signed = $"{Encode("""{"alg":"HS256","typ":"JWT"}"""u8)}.{Encode(Encoding.UTF8.GetBytes(claims.ToJsonString()))}";
        return $"{signed}.{Encode(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(signed)))}";
    }

    private JsonObject? Verify(string token)
    {
        var parts = token.Split('.');
        if (parts.Length != 3)
        {
            return null;
        }

        var expected = Encode(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{parts[0]}.{parts[1]}")));
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(parts[2])))
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(Base64Url.DecodeFromChars(parts[1])) as JsonObject;
        }
        catch (Exception bad) when (bad is FormatException or JsonException)
        {
            return null;
        }
    }

    private static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);
}
