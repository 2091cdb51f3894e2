using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Authentication;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Discovery;
using KubeFed.Kubernetes.Http;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Tests.Fakes;
using KubeFed.Kubernetes.Watching;
using KubeFed.Kubernetes.Yaml;

namespace KubeFed.Kubernetes.Tests.Fuzz;

/// <summary>
/// Whatever comes in, the answer is a value or a typed error: anything else fails the test that met it. KUBEFED_FUZZ_INPUTS sets how many inputs each
/// test takes.
/// </summary>
public class FuzzTests(ITestOutputHelper output)
{
    private const string KubeConfigYaml = """
        apiVersion: v1
        kind: Config
        current-context: one
        clusters:
        - name: c
          cluster: {server: "https://h:6443", tls-server-name: n, proxy-url: "http://p:1", certificate-authority-data: QUJD, disable-compression: true}
        - name: d
          cluster: &d
            server: h:80
            insecure-skip-tls-verify: true
        contexts:
        - name: one
          context: {cluster: c, user: u, namespace: ns}
        - name: two
          context: {cluster: d, user: x}
        users:
        - name: u
          user: {client-certificate-data: QUJD, client-key-data: QUJD, as: jane, as-groups: [a], as-user-extra: {s: [t]}}
        - name: x
          user:
            exec: {apiVersion: client.authentication.k8s.io/v1, command: c, args: [a], env: [{name: A, value: b}], interactiveMode: Never}

        """;

    private const string Status = """
        {"kind":"Status","apiVersion":"v1","status":"Failure","message":"no","reason":"Invalid","code":422,
         "details":{"name":"a","kind":"ConfigMap","retryAfterSeconds":3,"causes":[{"reason":"FieldValueInvalid","message":"bad","field":"spec.x"}]}}
        """;

    private const string WatchStream =
        """{"type":"ADDED","object":{"kind":"ConfigMap","metadata":{"name":"a","namespace":"ns","resourceVersion":"1","labels":{"x":"y"}},"data":{"k":"v"}}}""" + "\n"
        + """{"type":"BOOKMARK","object":{"kind":"ConfigMap","metadata":{"resourceVersion":"5"}}}""" + "\n"
        + """{"type":"DELETED","object":{"kind":"ConfigMap","metadata":{"name":"a","namespace":"ns","resourceVersion":"6","finalizers":["f",1]}}}""" + "\n";

    [Fact]
    public void Kubeconfigs()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "config");
        var loader = new KubeConfigLoader(_ => null);
        Run(new Mutator(1, KubeConfigYaml), text =>
        {
            File.WriteAllBytes(path, Encoding.UTF8.GetBytes(text));
            var config = Typed<KubeConfigException, KubeConfig>(() => loader.Load(path));
            foreach (var context in config?.Contexts ?? [])
            {
                _ = Typed<KubeConfigException, ConnectionSettings>(() => config!.For(context.Name));
            }

            return config is not null;
        });
    }

    [Fact]
    public void Yaml_and_manifests() => Run(
        new Mutator(2, KubeConfigYaml, "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  args: [\"a\", 'b', |-\n    c]\n---\nkind: List\napiVersion: v1\nitems:\n- {kind: X, apiVersion: v1}\n", Status),
        raw =>
        {
            // As a file is read: half a character becomes the replacement character.
            var text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(raw));
            var objects = Typed<YamlTextException, IReadOnlyList<KubeObject>>(() => Manifest.Read(text, "x"));
            foreach (var value in objects ?? [])
            {
                Assert.True(JsonNode.DeepEquals(value.Json, YamlText.Parse(Manifest.Write(value))), "what is written is not what was read");
            }

            return objects is not null;
        });

    [Fact]
    public void Status_bodies() => Run(new Mutator(3, Status, "<html><body>502</body></html>", "{}", "[]"), text =>
    {
        var status = KubeStatus.Parse(500, text);
        _ = new KubeApiException("c", "GET /", status).ToString();
        return status.Causes.Count > 0;
    });

    [Fact]
    public async Task Watch_streams()
    {
        var whole = 0;
        var count = 0;
        foreach (var text in new Mutator(4, WatchStream).Inputs())
        {
            count++;
            try
            {
                await foreach (var raw in WatchLines.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), CancellationToken.None))
                {
                    var value = ObjectShape.OfResource(raw.Object, KnownResources.ConfigMaps, metadataOnly: count % 2 == 0);
                    _ = (value.Key, value.ResourceVersion, value.Labels.Count, value.Finalizers.Count, value.Generation, value.DeletionTimestamp,
                        value.ToString());
                }

                whole++;
            }
            catch (MalformedWatchException)
            {
                // The typed error that makes the watcher connect anew.
            }
        }

        output.WriteLine($"{count} inputs, {whole} of them well-formed");
        Assert.True(whole > 0 && whole < count, "the inputs are all good or all bad");
    }

    [Fact]
    public void Json_pointers() => Run(new Mutator(5, "/spec/template/metadata/annotations/a~1b", "", "/a/0/-", "/~0~1"), text =>
    {
        if (!JsonPointer.TryParse(text, out var pointer, out var error))
        {
            Assert.NotEmpty(error);
            return false;
        }

        Assert.Equal(text, pointer.ToString());
        _ = pointer.TryFind(JsonNode.Parse("""{"spec":{"template":{"metadata":{"annotations":{"a/b":1}}}},"a":[[1]]}"""), out _);
        return true;
    });

    [Fact]
    public void Json_patches()
    {
        const string Document = """{"spec":{"replicas":1,"args":["a",{"b":null}]},"a/b":{"~":1}}""";
        const string Patch = """
            [{"op":"test","path":"/spec/replicas","value":1},{"op":"add","path":"/spec/args/-","value":{"x":[1]}},{"op":"move","from":"/spec/args/0","path":"/moved"},
             {"op":"copy","from":"/spec","path":"/copy"},{"op":"replace","path":"/a~1b/~0","value":2},{"op":"remove","path":"/spec/args/0"}]
            """;
        Run(new Mutator(6, Patch), text =>
        {
            JsonNode? patch;
            try
            {
                patch = JsonText.Parse(text);
            }
            catch (JsonException)
            {
                return false;
            }

            return patch is JsonArray operations
                && Typed<JsonPatchException, JsonNode>(() => JsonPatch.Apply(JsonNode.Parse(Document), operations)) is not null;
        });
    }

    [Fact]
    public void Label_selectors() => Run(new Mutator(7, "a=b,c in (d,e),!f", "x!=y,z notin (1,2),w>3,v<4", "example.com/a==b", ""), text =>
    {
        var selector = Typed<SelectorException, LabelSelector>(() => LabelSelector.Parse(text));
        if (selector is not null)
        {
            Assert.Equal(selector.ToString(), LabelSelector.Parse(selector.ToString()).ToString());
            _ = selector.Matches(new Dictionary<string, string> { ["a"] = "b", ["w"] = "x" });
        }

        return selector is not null;
    });

    [Fact]
    public void Label_selectors_in_json() => Run(
        new Mutator(8, """{"matchLabels":{"a":"b"},"matchExpressions":[{"key":"c","operator":"In","values":["d"]},{"key":"e","operator":"Exists"}]}"""),
        text =>
        {
            JsonNode? json;
            try
            {
                json = JsonText.Parse(text);
            }
            catch (JsonException)
            {
                return false;
            }

            return Typed<SelectorException, LabelSelector>(() => LabelSelector.FromJson(json)) is not null;
        });

    [Fact]
    public void Field_selectors() => Run(
        new Mutator(9, "metadata.name=x,status.phase!=Running", @"a=b\,c\=d\\", ""),
        text => Typed<SelectorException, FieldSelector>(() => FieldSelector.Parse(text)) is not null);

    [Fact]
    public void Answers_of_exec_plugins() => Run(
        new Mutator(10, """{"kind":"ExecCredential","apiVersion":"v","status":{"token":"t","expirationTimestamp":"2026-01-01T00:00:00Z","clientCertificateData":"a","clientKeyData":"b"}}"""),
        text => Typed<FormatException, ExecAnswer>(() => ExecAnswer.Parse(text, "v")) is not null);

    [Fact]
    public void Discovery_documents() => Run(
        new Mutator(
            11,
            """{"kind":"APIGroupList","groups":[{"name":"apps","versions":[{"groupVersion":"apps/v1","version":"v1"}],"preferredVersion":{"version":"v1"}}]}""",
            """{"kind":"APIResourceList","resources":[{"name":"pods","kind":"Pod","namespaced":true,"verbs":["get"],"shortNames":["po"]},{"name":"pods/status","kind":"Pod"}]}""",
            """{"kind":"APIGroupDiscoveryList","items":[{"metadata":{"name":"apps"},"versions":[{"version":"v1","freshness":"Stale","resources":[{"resource":"d","responseKind":{"kind":"D"},"scope":"Namespaced","subresources":[{"subresource":"scale"}]}]}]}]}"""),
        text =>
        {
            JsonObject json;
            try
            {
                json = JsonText.ParseObject(text);
            }
            catch (JsonException)
            {
                return false;
            }

            var served = new ServedApisBuilder();
            DiscoveryDocuments.ReadAggregated(json, served);
            served.Add(DiscoveryDocuments.ReadResourceList(json, "g", "v"), preferred: true);
            _ = DiscoveryDocuments.GroupVersions(json);
            return served.Build().All.Count > 0;
        });

    [Fact]
    public void Warning_headers() => Run(new Mutator(12, "299 - \"a \\\"b\\\"\", 299 - \"c\"", "199 x \"y\""), text => ServerWarnings.Texts(text).Any());

    private static TValue? Typed<TError, TValue>(Func<TValue?> act)
        where TError : Exception
        where TValue : class
    {
        try
        {
            return act();
        }
        catch (TError error)
        {
            Assert.NotEmpty(error.Message);
            return null;
        }
    }

    private void Run(Mutator inputs, Func<string, bool> accepts)
    {
        var (count, accepted) = (0, 0);
        foreach (var text in inputs.Inputs())
        {
            count++;
            try
            {
                accepted += accepts(text) ? 1 : 0;
            }
            catch (Exception error)
            {
                Assert.Fail($"Input {count}: {JsonSerializer.Serialize(text)}\n{error}");
            }
        }

        output.WriteLine($"{count} inputs, {accepted} of them accepted");
        Assert.True(accepted > 0 && accepted < count, "the inputs are all good or all bad: they prove nothing");
    }
}
