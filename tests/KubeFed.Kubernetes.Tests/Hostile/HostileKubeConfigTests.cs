using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Tests.Fakes;
using KubeFed.Kubernetes.Text;
using KubeFed.TestSupport.Hostile;

namespace KubeFed.Kubernetes.Tests.Hostile;

/// <summary>Whatever stands in a field of a kubeconfig, it is refused by its name or what leaves the process is the request that was meant.</summary>
public class HostileKubeConfigTests
{
    private const int Values = 10_000;

    public static TheoryData<string> Fields() =>
    [
        "clusters/0/cluster/server", "clusters/0/cluster/tls-server-name", "clusters/0/cluster/proxy-url", "clusters/0/cluster/certificate-authority",
        "clusters/0/cluster/certificate-authority-data", "contexts/0/context/namespace", "contexts/0/context/user", "contexts/0/name", "current-context",
        "users/0/user/token", "users/0/user/tokenFile", "users/0/user/username", "users/0/user/password", "users/0/user/as", "users/0/user/as-uid",
        "users/0/user/as-groups/0", "users/0/user/as-user-extra/scopes/0", "users/0/user/client-certificate", "users/0/user/client-certificate-data",
        "users/0/user/exec/command", "users/0/user/exec/args/0", "users/0/user/exec/env/0/name", "users/0/user/exec/env/0/value",
        "users/0/user/exec/apiVersion", "users/0/user/exec/interactiveMode", "users/0/user/exec/installHint",
    ];

    [Theory]
    [MemberData(nameof(Fields))]
    public async Task Ten_thousand_values_in_a_field_lead_no_request_and_no_header_elsewhere(string field)
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "config");
        var loader = new KubeConfigLoader(_ => null);
        var sent = 0;
        foreach (var chunk in HostileTexts.Values(Values).Chunk(field.StartsWith("context", StringComparison.Ordinal) || field == "current-context" ? 1 : 500))
        {
            await File.WriteAllTextAsync(file, Written(field, chunk));
            if (Typed(field, chunk[0], () => loader.Load(file)) is not { } config)
            {
                continue;
            }

            for (var i = 0; i < chunk.Length; i++)
            {
                if (Typed(field, chunk[i], () => config.For(chunk.Length == 1 ? null : $"x{i}")) is { } settings && settings.Credentials is not ExecCredentials)
                {
                    // An exec plugin is not run: what the kubeconfig's owner names is the owner's to run.
                    sent += await SendAsync(field, chunk[i], settings) ? 1 : 0;
                }
            }
        }

        string[] quiet = ["exec", "certificate", "contexts/0/name", "current-context", "context/user"];
        Assert.True(sent > 0 || quiet.Any(part => field.Contains(part, StringComparison.Ordinal)), "nothing was ever sent: that proves nothing");
    }

    private static async Task<bool> SendAsync(string field, string text, ConnectionSettings settings)
    {
        try
        {
            var api = new FakeApi(() => FakeApi.Json("""{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a","namespace":"ns"}}"""));
            using var client = api.Client(settings);
            await client.GetAsync(KnownResources.ConfigMaps, new ObjectKey("ns", "a"), default);
            var sent = Assert.Single(api.Requests);
            Assert.EndsWith("/api/v1/namespaces/ns/configmaps/a", sent.Url.AbsolutePath, StringComparison.Ordinal);
            Assert.Equal((settings.Server.Host, string.Empty), (sent.Url.Host, sent.Url.Query + sent.Url.Fragment));
            Assert.All(sent.Headers, header => Assert.DoesNotContain(header.Key + header.Value, char.IsControl));
            Assert.All(sent.Headers, header => Assert.Equal(header.Value.Trim(), header.Value));
            Assert.Equal(settings.Impersonation?.User, sent.Headers.GetValueOrDefault("Impersonate-User"));
            return true;
        }
        catch (KubeException error)
        {
            Assert.Equal(Printable.Of(error.Message), error.Message);
            return false;
        }
        catch (Exception error) when (error is not Xunit.Sdk.IAssertionException)
        {
            Assert.Fail($"{field}: {JsonSerializer.Serialize(text)}\n{error}");
            return false;
        }
    }

    private static T? Typed<T>(string field, string text, Func<T> act)
        where T : class
    {
        try
        {
            return act();
        }
        catch (KubeException error)
        {
            Assert.Equal(Printable.Of(error.Message), error.Message);
            return null;
        }
        catch (Exception error)
        {
            Assert.Fail($"{field}: {JsonSerializer.Serialize(text)}\n{error}");
            return null;
        }
    }

    /// <summary>One kubeconfig with an entry of its own for each value.</summary>
    private static string Written(string field, string[] values)
    {
        var whole = Base(field);
        if (values.Length == 1)
        {
            Set(whole, field.Split('/'), values[0]);
        }
        else
        {
            foreach (var list in new[] { "clusters", "contexts", "users" })
            {
                whole[list] = new JsonArray();
            }

            for (var i = 0; i < values.Length; i++)
            {
                var one = Base(field);
                one["contexts"]![0]!["name"] = $"x{i}";
                one["contexts"]![0]!["context"]!["cluster"] = $"c{i}";
                one["contexts"]![0]!["context"]!["user"] = $"u{i}";
                one["clusters"]![0]!["name"] = $"c{i}";
                one["users"]![0]!["name"] = $"u{i}";
                Set(one, field.Split('/'), values[i]);
                foreach (var list in new[] { "clusters", "contexts", "users" })
                {
                    whole[list]!.AsArray().Add(one[list]![0]!.DeepClone());
                }
            }
        }

        return Lossless(whole.ToJsonString());
    }

    /// <summary>Half characters can't be in a file; there they are what a decoder makes of them.</summary>
    private static string Lossless(string json) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(json));

    private static JsonObject Base(string field)
    {
        JsonObject user = field.Contains("exec", StringComparison.Ordinal)
            ? new() { ["exec"] = JsonNode.Parse("""{"apiVersion":"client.authentication.k8s.io/v1","command":"c","args":["a"],"env":[{"name":"A","value":"b"}],"interactiveMode":"Never"}""") }
            : field.Contains("client-certificate", StringComparison.Ordinal) ? new() { ["client-key-data"] = "QUJD" }
            : field.EndsWith("username", StringComparison.Ordinal) || field.EndsWith("password", StringComparison.Ordinal) ? new() { ["username"] = "u", ["password"] = "p" }
            : new() { ["token"] = "t", ["as"] = "jane", ["as-groups"] = new JsonArray("g"), ["as-user-extra"] = new JsonObject { ["scopes"] = new JsonArray("s") } };
        return new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Config",
            ["current-context"] = "one",
            ["clusters"] = new JsonArray(new JsonObject { ["name"] = "c", ["cluster"] = new JsonObject { ["server"] = "https://h.example:6443/base" } }),
            ["contexts"] = new JsonArray(new JsonObject { ["name"] = "one", ["context"] = new JsonObject { ["cluster"] = "c", ["user"] = "u" } }),
            ["users"] = new JsonArray(new JsonObject { ["name"] = "u", ["user"] = user }),
        };
    }

    private static void Set(JsonObject root, string[] path, string text)
    {
        JsonNode node = root;
        foreach (var token in path.SkipLast(1))
        {
            node = node is JsonArray list ? list[int.Parse(token, System.Globalization.CultureInfo.InvariantCulture)]! : node[token]!;
        }

        if (node is JsonArray items)
        {
            items[0] = text;
        }
        else
        {
            node[path[^1]] = text;
        }
    }
}
