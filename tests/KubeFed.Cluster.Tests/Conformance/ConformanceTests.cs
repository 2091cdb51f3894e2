using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Sandbox;
using KubeFed.TestSupport.Servers;

namespace KubeFed.Cluster.Tests.Conformance;

/// <summary>One real server for all cases.</summary>
public sealed class OneRealServer : RealClustersFixture
{
    protected override int Count => 1;
}

/// <summary>One sandbox cluster of the reference's version for all cases.</summary>
public sealed class OneSandboxServer : IAsyncDisposable
{
    private readonly Sandbox.Sandbox _sandbox = Sandbox.Sandbox.Start(
        new SandboxOptions { Clusters = ["conformance"], Version = "v1.20.2-sandbox", SimulateWorkloads = false, HistoryWindow = 100_000 });

    public HttpClient CreateClient(bool asAdministrator)
    {
        var client = new HttpClient(_sandbox.Transport.TryCreateHandler(_sandbox.Host.ServerUri)!) { BaseAddress = _sandbox.Host.ServerUri };
        if (asAdministrator)
        {
            client.DefaultRequestHeaders.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", _sandbox.Host.AdminToken);
        }

        return client;
    }

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();
}

/// <summary>
/// Every case runs twice: a real API server must answer as recorded, and so must the sandbox. Where the two differ the sandbox is wrong. The recordings are a
/// v1.20.2 server's; set KUBEFED_RECORD=1 to record anew from the real server that runs.
/// </summary>
public sealed class ConformanceTests(OneRealServer real, OneSandboxServer sandbox) : IClassFixture<OneRealServer>, IClassFixture<OneSandboxServer>
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IEnumerable<TheoryDataRow<string>> Cases =>
        ConformanceCase.Load().Select(scenario => new TheoryDataRow<string>(scenario.ToString()) { TestDisplayName = scenario.ToString() });

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_sandbox_answers_as_a_real_server(string name)
    {
        using var client = sandbox.CreateClient(asAdministrator: true);
        using var bare = sandbox.CreateClient(asAdministrator: false);
        var scenario = ConformanceCase.Load().Single(candidate => candidate.ToString() == name);
        var answers = await new ConformanceRun(client, bare, scenario).PlayAsync(TestContext.Current.CancellationToken);
        Compare(Recording(scenario), answers);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_real_server_answers_as_recorded(string name)
    {
        var clusters = await real.GetAsync(TestContext.Current.CancellationToken);
        using var client = clusters[0].CreateClient();
        using var handler = clusters[0].CreateHandler();
        handler.SslOptions.ClientCertificates = null;
        using var bare = new HttpClient(handler) { BaseAddress = clusters[0].Server };
        var scenario = ConformanceCase.Load().Single(candidate => candidate.ToString() == name);
        var answers = await new ConformanceRun(client, bare, scenario).PlayAsync(TestContext.Current.CancellationToken);
        if (Environment.GetEnvironmentVariable("KUBEFED_RECORD") == "1")
        {
            Record(scenario, answers);
        }
        else if (clusters.ServerVersion is { Major: 1, Minor: 20 })
        {
            Compare(Recording(scenario), answers);
        }
        else
        {
            Assert.Skip($"The recordings are of Kubernetes 1.20; this server is {clusters.ServerVersion}.");
        }
    }

    private static void Compare(JsonNode? recorded, JsonArray answers)
    {
        Assert.True(recorded is not null, "There is no recording of this case; run it with KUBEFED_RECORD=1 against a real server.");
        var differences = new StringBuilder();
        Differences(recorded, answers, string.Empty, differences);
        Assert.True(differences.Length == 0, $"\n{differences}");
    }

    private static void Differences(JsonNode? expected, JsonNode? actual, string path, StringBuilder into)
    {
        switch (expected, actual)
        {
            case (JsonObject left, JsonObject right):
                foreach (var key in left.Select(member => member.Key).Union(right.Select(member => member.Key)))
                {
                    if (!right.ContainsKey(key))
                    {
                        into.AppendLine($"{path}.{key}: missing, expected {left[key]?.ToJsonString(Short) ?? "null"}");
                    }
                    else if (!left.ContainsKey(key))
                    {
                        into.AppendLine($"{path}.{key}: unexpected {right[key]?.ToJsonString(Short) ?? "null"}");
                    }
                    else
                    {
                        Differences(left[key], right[key], $"{path}.{key}", into);
                    }
                }

                break;
            case (JsonArray left, JsonArray right) when left.Count == right.Count:
                for (var i = 0; i < left.Count; i++)
                {
                    Differences(left[i], right[i], $"{path}[{i}]", into);
                }

                break;
            default:
                if (!JsonNode.DeepEquals(expected, actual))
                {
                    into.AppendLine($"{path}: expected {expected?.ToJsonString(Short) ?? "null"}\n{new string(' ', path.Length)}       got {actual?.ToJsonString(Short) ?? "null"}");
                }

                break;
        }
    }

    private static JsonSerializerOptions Short { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string FileOf(ConformanceCase scenario, string directory) => Path.Combine(directory, "Recorded", scenario.File, Slug(scenario.Name) + ".json");

    private static JsonNode? Recording(ConformanceCase scenario)
    {
        var file = FileOf(scenario, Path.Combine(AppContext.BaseDirectory, "Conformance"));
        return File.Exists(file) ? JsonNode.Parse(File.ReadAllText(file)) : null;
    }

    private static void Record(ConformanceCase scenario, JsonArray answers, [CallerFilePath] string source = "")
    {
        var file = FileOf(scenario, Path.GetDirectoryName(source)!);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, answers.ToJsonString(Indented).ReplaceLineEndings("\n") + "\n");
    }

    private static string Slug(string name) => new([.. name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]);
}
