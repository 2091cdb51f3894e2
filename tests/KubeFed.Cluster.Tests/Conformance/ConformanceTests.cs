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

/// <summary>One sandbox cluster of the reference's version for all cases, and one of a current version.</summary>
public sealed class OneSandboxServer() : SandboxServer("v1.20.2-sandbox");

/// <inheritdoc cref="OneSandboxServer"/>
public sealed class OneCurrentSandboxServer() : SandboxServer("v1.36.2-sandbox");

/// <summary>A sandbox cluster of some version.</summary>
public abstract class SandboxServer(string version) : IAsyncDisposable
{
    private readonly Sandbox.Sandbox _sandbox = Sandbox.Sandbox.Start(
        new SandboxOptions { Clusters = ["conformance"], Version = version, SimulateWorkloads = false, HistoryWindow = 100_000 });

    public HttpClient CreateClient(bool asAdministrator)
    {
        var client = new HttpClient(_sandbox.Transport.TryCreateHandler(_sandbox.Host.ServerUri)!) { BaseAddress = _sandbox.Host.ServerUri };
        if (asAdministrator)
        {
            client.DefaultRequestHeaders.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", _sandbox.Host.AdminToken);
        }

        return client;
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _sandbox.DisposeAsync();
    }
}

/// <summary>
/// Every case runs twice: a real API server must answer as recorded, and so must the sandbox. Where the two differ the sandbox is wrong. The recordings are a
/// v1.20.2 server's, and for apply bodies and ownership a v1.36.2 server's as well; set KUBEFED_RECORD=1 to record anew from the real server that
/// runs.
/// </summary>
public sealed class ConformanceTests(OneRealServer real, OneSandboxServer sandbox, OneCurrentSandboxServer current)
    : IClassFixture<OneRealServer>, IClassFixture<OneSandboxServer>, IClassFixture<OneCurrentSandboxServer>
{
    private const string Reference = "1.20";

    private const string Current = "1.36";

    /// <summary>The files whose cases are recorded from a current server, too.</summary>
    private static readonly string[] AlsoCurrent = ["bodies", "ownership"];

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IEnumerable<TheoryDataRow<string>> Cases =>
        ConformanceCase.Load().Select(scenario => new TheoryDataRow<string>(scenario.ToString()) { TestDisplayName = scenario.ToString() });

    public static IEnumerable<TheoryDataRow<string>> CurrentCases => Cases.Where(row => AlsoCurrent.Contains(row.Data.Split(": ")[0]));

    [Theory]
    [MemberData(nameof(Cases))]
    public Task The_sandbox_answers_as_a_real_server(string name) => PlayAsync(sandbox, name, Reference);

    [Theory]
    [MemberData(nameof(CurrentCases))]
    public Task The_current_sandbox_answers_as_a_real_server(string name) => PlayAsync(current, name, Current);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_real_server_answers_as_recorded(string name)
    {
        var clusters = await real.GetAsync(TestContext.Current.CancellationToken);
        var version = clusters.ServerVersion.ToString(2);
        var scenario = ConformanceCase.Load().Single(candidate => candidate.ToString() == name);
        var isRecording = Environment.GetEnvironmentVariable("KUBEFED_RECORD") == "1";
        var recorded = version is Reference or Current ? Recording(scenario, version) : null;
        Assert.SkipWhen(!isRecording && recorded is null && version != Reference, $"This case is recorded of {Reference}; this server is {version}.");
        using var client = clusters[0].CreateClient();
        using var handler = clusters[0].CreateHandler();
        handler.SslOptions.ClientCertificates = null;
        using var bare = new HttpClient(handler) { BaseAddress = clusters[0].Server };
        var answers = await new ConformanceRun(client, bare, scenario).PlayAsync(TestContext.Current.CancellationToken);
        if (isRecording)
        {
            Record(scenario, answers, version);
        }
        else
        {
            Compare(recorded, answers);
        }
    }

    private static async Task PlayAsync(SandboxServer server, string name, string version)
    {
        using var client = server.CreateClient(asAdministrator: true);
        using var bare = server.CreateClient(asAdministrator: false);
        var scenario = ConformanceCase.Load().Single(candidate => candidate.ToString() == name);
        var answers = await new ConformanceRun(client, bare, scenario).PlayAsync(TestContext.Current.CancellationToken);
        Compare(Recording(scenario, version), answers);
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

    private static string FileOf(ConformanceCase scenario, string directory, string version) =>
        Path.Combine(directory, "Recorded", version == Reference ? string.Empty : version, scenario.File, Slug(scenario.Name) + ".json");

    private static JsonNode? Recording(ConformanceCase scenario, string version)
    {
        var file = FileOf(scenario, Path.Combine(AppContext.BaseDirectory, "Conformance"), version);
        return File.Exists(file) ? JsonNode.Parse(File.ReadAllText(file)) : null;
    }

    private static void Record(ConformanceCase scenario, JsonArray answers, string version, [CallerFilePath] string source = "")
    {
        var file = FileOf(scenario, Path.GetDirectoryName(source)!, version);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, answers.ToJsonString(Indented).ReplaceLineEndings("\n") + "\n");
    }

    private static string Slug(string name) => new([.. name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]);
}
