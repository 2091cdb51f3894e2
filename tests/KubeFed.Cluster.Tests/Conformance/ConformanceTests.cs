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

    /// <summary>Cases that the sandbox answers otherwise in a detail that has nothing to do with what they are about, and why.</summary>
    private static readonly Dictionary<(string Version, string Case), string> Unlike = new()
    {
        [(Reference, "bodies: A value of the wrong type is refused")] = Wording,
        [(Reference, "bodies: A mark at the beginning is no part of the text, and only the first document counts")] = SecondValue,
        [(Reference, "bodies: Nulls are empty texts, empty maps and absent sections")] = EmptyBefore,
        [(Reference, "ownership: Empty structs and nulls are applied twice and written once")] = EmptyBefore,
        [(Reference, "ownership: A headless service keeps its one address")] = EmptyBefore,
        [(Current, "bodies: A value of the wrong type is refused")] = Wording,
        [(Current, "bodies: A mark at the beginning is no part of the text, and only the first document counts")] = SecondValue,
        [(Current, "bodies: Keys beyond 1,024 characters need a question mark")] = DefinitionStatus,
        [(Current, "bodies: Keys of every kind")] = DefinitionStatus,
        [(Current, "bodies: Numbers are what Go makes of them")] = DefinitionStatus,
        [(Current, "bodies: Nested lists and maps arrive")] = DefinitionStatus,
        [(Current, "ownership: Empty structs and nulls are applied twice and written once")] = Generation,
        [(Current, "ownership: The older name of a service account alone is not followed, and both names are")] = Generation,
        [(Current, "ownership: A service account that is declared by one name stays when it is declared no more")] = Generation,
        [(Current, "ownership: A headless service keeps its one address")] = "The sandbox has one address family.",
    };

    private const string Wording = "The sandbox words the refused value otherwise.";

    private const string SecondValue = "The sandbox refuses a second JSON value that follows without a separator.";

    private const string EmptyBefore = "The sandbox records some empty fields that a 1.20 server does not.";

    private const string DefinitionStatus = "The sandbox names the writers of a definition's status otherwise than a current server.";

    private const string Generation = "The sandbox counts no generations of a PodTemplate and writes creationTimestamp: null, as servers did.";

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
        using var client = clusters[0].CreateClient();
        using var handler = clusters[0].CreateHandler();
        handler.SslOptions.ClientCertificates = null;
        using var bare = new HttpClient(handler) { BaseAddress = clusters[0].Server };
        var scenario = ConformanceCase.Load().Single(candidate => candidate.ToString() == name);
        var answers = await new ConformanceRun(client, bare, scenario).PlayAsync(TestContext.Current.CancellationToken);
        if (Environment.GetEnvironmentVariable("KUBEFED_RECORD") == "1")
        {
            Record(scenario, answers, clusters.ServerVersion.ToString(2));
        }
        else if (clusters.ServerVersion.ToString(2) is Reference or Current && Recording(scenario, clusters.ServerVersion.ToString(2)) is { } recorded)
        {
            Compare(recorded, answers);
        }
        else
        {
            Assert.Skip($"This case is recorded of Kubernetes {Reference}; this server is {clusters.ServerVersion}.");
        }
    }

    private static async Task PlayAsync(SandboxServer server, string name, string version)
    {
        Assert.SkipWhen(Unlike.TryGetValue((version, name), out var why), why ?? string.Empty);
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
