using System.Diagnostics;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Authentication;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Tests.Fakes;

namespace KubeFed.Kubernetes.Tests.Authentication;

/// <summary>Plugins are shell scripts here, so these run where there is a shell.</summary>
public sealed class ExecTests : IDisposable
{
    private const string V1 = "client.authentication.k8s.io/v1";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_plugins_token_is_used_and_kept()
    {
        var api = Version();
        using var client = Client(api, $$"""echo run >> {{Runs}}; echo '{{Answer("\"token\":\"t0k\"")}}'""");

        await client.GetVersionAsync(CancellationToken.None);
        await client.GetVersionAsync(CancellationToken.None);

        Assert.All(api.Requests, sent => Assert.Equal("Bearer t0k", sent.Headers["Authorization"]));
        Assert.Equal(1, RunCount());
    }

    [Fact]
    public async Task Many_requests_at_once_run_the_plugin_once()
    {
        using var client = Client(Version(), $$"""echo run >> {{Runs}}; sleep 0.2; echo '{{Answer("\"token\":\"t0k\"")}}'""");

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.GetVersionAsync(CancellationToken.None)));

        Assert.Equal(1, RunCount());
    }

    [Fact]
    public async Task An_expired_credential_is_fetched_anew()
    {
        var time = new ManualTime();
        using var client = Client(Version(),
            $$"""echo run >> {{Runs}}; echo '{{Answer("\"token\":\"t0k\",\"expirationTimestamp\":\"2026-01-01T01:00:00Z\"")}}'""", time: time);
        await client.GetVersionAsync(CancellationToken.None);
        time.Advance(TimeSpan.FromMinutes(50));
        await client.GetVersionAsync(CancellationToken.None);
        Assert.Equal(1, RunCount());

        time.Advance(TimeSpan.FromMinutes(10));
        await client.GetVersionAsync(CancellationToken.None);

        Assert.Equal(2, RunCount());
    }

    [Fact]
    public async Task A_401_leads_to_one_new_credential_and_one_more_try()
    {
        var api = new FakeApi(sent => sent.Headers["Authorization"] == "Bearer t2" ? Ok() : FakeApi.Refuse(401, "Unauthorized"));
        using var client = Client(api, $$"""echo run >> {{Runs}}; echo '{{Answer("\"token\":\"tN\"")}}' | sed "s/tN/t$(wc -l < {{Runs}} | tr -d ' ')/" """);

        await client.GetVersionAsync(CancellationToken.None);

        Assert.Equal(["Bearer t1", "Bearer t2"], api.Requests.Select(sent => sent.Headers["Authorization"]));
    }

    [Fact]
    public async Task A_second_401_is_final()
    {
        var api = new FakeApi(() => FakeApi.Refuse(401, "Unauthorized"));
        using var client = Client(api, $$"""echo run >> {{Runs}}; echo '{{Answer("\"token\":\"t0k\"")}}'""");

        var error = await Assert.ThrowsAsync<KubeApiException>(() => client.GetVersionAsync(CancellationToken.None));

        Assert.Equal((true, 2, 2), (error.IsUnauthorized, api.Requests.Count, RunCount()));
    }

    [Fact]
    public async Task Arguments_environment_and_question_reach_the_plugin_unchanged()
    {
        var seen = Path.Combine(_folder.Path, "seen");
        var settings = FakeApi.Settings with { CertificateAuthority = "CA", TlsServerName = "n", Proxy = new Uri("http://p:1"), DisableCompression = true };
        using var client = Client(
            Version(),
            $$"""printf '%s\n' "$#" "$2" "$X" "$KUBERNETES_EXEC_INFO" > {{seen}}; echo '{{Answer("\"token\":\"t0k\"")}}'""",
            exec => exec with
            {
                Arguments = [.. exec.Arguments, "one", "two words \"quoted\" $HOME"],
                Environment = [new("X", "y z"), new("KUBERNETES_EXEC_INFO", "overridden")],
                ProvideClusterInfo = true,
                ClusterExtension = """{"audience":"me"}""",
            },
            settings);

        await client.GetVersionAsync(CancellationToken.None);

        var lines = await File.ReadAllLinesAsync(seen, TestContext.Current.CancellationToken);
        Assert.Equal(["2", "two words \"quoted\" $HOME", "y z"], lines[..3]);
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse($$"""
                {"apiVersion":"{{V1}}","kind":"ExecCredential","spec":{"interactive":false,"cluster":{"server":"https://c1.example:6443","tls-server-name":"n",
                 "certificate-authority-data":"Q0E=","proxy-url":"http://p:1","disable-compression":true,"config":{"audience":"me"} } } }
                """),
            JsonNode.Parse(lines[3])));
    }

    [Theory]
    [InlineData("echo broken s3cret; exit 3", "failed with exit code 3")]
    [InlineData("echo why >&2; exit 1", "failed with exit code 1: why")]
    [InlineData("echo s3cret", "its output is neither a JSON object nor a YAML map")]
    [InlineData("echo '{\"kind\":\"s3cret\"}'", "its output is not an ExecCredential")]
    [InlineData("echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1beta1\",\"status\":{\"token\":\"s3cret\"}}'",
        "answers with apiVersion 'client.authentication.k8s.io/v1beta1'")]
    [InlineData("echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\"}'", "has no status")]
    [InlineData("echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{}}'",
        "neither a token nor a client certificate")]
    [InlineData("echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{\"clientKeyData\":\"s3cret\"}}'",
        "has only one of")]
    [InlineData("echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{\"clientKeyData\":\"s3cret\",\"clientCertificateData\":\"s3cret\"}}'", "a certificate that can't be used")]
    [InlineData("echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{\"token\":\"s3cret\",\"expirationTimestamp\":\"soon\"}}'", "'soon' is not a time")]
    [InlineData("yes s3cret | head -c 2000000", "prints more than a credential can be")]
    [InlineData("printf '%s\\n' 'kind: [s3cret'", "its output is neither a JSON object nor a YAML map")]
    [InlineData("echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{\"token\":\"s3cret\\u000a\"}}'",
        "the token has a line break at its end")]
    public async Task A_plugin_that_fails_is_reported_without_what_it_printed(string script, string expected)
    {
        var api = Version();
        using var client = Client(api, script);

        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => client.GetVersionAsync(CancellationToken.None));

        Assert.Equal(ConnectionFailure.Credentials, error.Failure);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(api.Requests);
    }

    [Fact]
    public async Task A_plugin_that_is_not_installed_is_reported_with_its_hint_without_control_characters()
    {
        using var client = Version().Client(FakeApi.Settings with
        {
            Credentials = new ExecCredentials { ApiVersion = V1, Command = "no-such-plugin-anywhere", InstallHint = "brew install it\u001b[31m\a",
                InteractiveMode = "Never" },
        });

        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => client.GetVersionAsync(CancellationToken.None));

        Assert.Equal("brew install it\\u001b[31m\\u0007", error.Remedy);
    }

    // client-go through Go's os/exec: a name is a name on PATH, and what is found relative to the current folder is refused (ErrDot).
    [Theory]
    [InlineData("", "it is in no folder of PATH")]
    [InlineData("/nowhere", "it is in no folder of PATH")]
    [InlineData(".", "PATH's entry '.'")]
    [InlineData("/nowhere::/also-nowhere", "PATH's entry ''")]
    [InlineData("./", "PATH's entry './'")]
    public void A_bare_name_is_never_the_file_of_that_name_in_the_current_folder(string path, string expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the file is a shell script");
        var name = $"kubefed-test-{Guid.NewGuid():N}";
        File.WriteAllText(name, "#!/bin/sh\n");
        try
        {
            MakeExecutable(name);

            Assert.Contains(expected, Assert.Throws<FileNotFoundException>(() => ExecutablePath.Find(name, path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(name);
        }
    }

    [Fact]
    public void A_bare_name_is_the_first_executable_of_that_name_on_PATH()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the files are shell scripts");
        _folder.Write("a/plugin", "not executable");
        var (second, third) = (_folder.Write("b/plugin", "#!/bin/sh\n"), _folder.Write("c/plugin", "#!/bin/sh\n"));
        MakeExecutable(second);
        MakeExecutable(third);
        Directory.CreateDirectory(Path.Combine(_folder.Path, "d", "plugin"));

        string Folder(string name) => Path.Combine(_folder.Path, name);
        Assert.Equal(second, ExecutablePath.Find("plugin", string.Join(':', Folder("d"), Folder("a"), Folder("b"), Folder("c"))));
        Assert.Equal(third, ExecutablePath.Find("plugin", string.Join(':', Folder("c"), ".", Folder("b"))));
    }

    [Fact]
    public async Task Three_megabytes_of_complaints_neither_hang_nor_fill_the_error()
    {
        using var client = Client(Version(), "yes s3cret | head -c 3000000 >&2; echo >&2; echo 'the \u001b[31mreason' >&2; exit 4".Replace("\\u001b", "\u001b"));

        var error = await Assert.ThrowsAsync<KubeConnectionException>(() => client.GetVersionAsync(CancellationToken.None));

        Assert.EndsWith("failed with exit code 4: the \\u001b[31mreason", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Three_megabytes_of_complaints_do_not_keep_a_good_answer_from_being_used()
    {
        var api = Version();
        using var client = Client(api, $$"""yes noise | head -c 3000000 >&2; echo '{{Answer("\"token\":\"t0k\"")}}'""");

        await client.GetVersionAsync(CancellationToken.None);

        Assert.Equal("Bearer t0k", api.Requests.Single().Headers["Authorization"]);
    }

    [Fact]
    public async Task The_answer_may_be_YAML()
    {
        var api = Version();
        using var client = Client(api, $"printf 'apiVersion: {V1}\\nkind: ExecCredential\\nstatus:\\n  token: t0k\\n  expirationTimestamp: 2100-01-01T00:00:00Z\\n'");

        await client.GetVersionAsync(CancellationToken.None);

        Assert.Equal("Bearer t0k", api.Requests.Single().Headers["Authorization"]);
    }

    [Fact]
    public async Task A_plugin_that_needs_a_terminal_says_so_where_there_is_none()
    {
        Assert.SkipUnless(Console.IsInputRedirected, "standard input is a terminal");
        using var client = Client(Version(), "true", exec => exec with { InteractiveMode = "Always" });

        Assert.Contains("needs a terminal",
            (await Assert.ThrowsAsync<KubeConnectionException>(() => client.GetVersionAsync(CancellationToken.None))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_plugin_that_hangs_is_ended_with_its_children(bool cancelled)
    {
        var pids = Path.Combine(_folder.Path, "pids");
        var time = new ManualTime();
        using var caller = new CancellationTokenSource();
        using var client = Client(Version(), $"sleep 1000 & echo $! >> {pids}; echo $$ >> {pids}; touch {pids}.ready; wait", time: time);
        var asking = client.GetVersionAsync(caller.Token);
        while (!File.Exists($"{pids}.ready"))
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        if (cancelled)
        {
            await caller.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        }
        else
        {
            time.Advance(TimeSpan.FromMinutes(3));
            Assert.Contains("did not answer within 120 s", (await Assert.ThrowsAsync<KubeConnectionException>(() => asking)).Message, StringComparison.Ordinal);
        }

        foreach (var pid in (await File.ReadAllLinesAsync(pids, TestContext.Current.CancellationToken)).Select(int.Parse))
        {
            while (IsRunning(pid))
            {
                await Task.Delay(10, TestContext.Current.CancellationToken);
            }
        }
    }

    private static void MakeExecutable(string file)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }

    private string Runs => Path.Combine(_folder.Path, "runs");

    private static bool IsRunning(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return !process.HasExited && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or IOException)
        {
            return false;
        }
    }

    private static string Answer(string status) => $$"""{"kind":"ExecCredential","apiVersion":"{{V1}}","status":{ {{status}} } }""";

    private static HttpResponseMessage Ok() => FakeApi.Json("""{"major":"1","minor":"30","gitVersion":"v"}""");

    private static FakeApi Version() => new(() => Ok());

    private int RunCount() => File.ReadAllLines(Runs).Length;

    private IKubeClient Client(FakeApi api, string script, Func<ExecCredentials, ExecCredentials>? change = null, ConnectionSettings? settings = null,
        TimeProvider? time = null)
    {
        Assert.SkipUnless(File.Exists("/bin/sh"), "there is no /bin/sh");
        var exec = new ExecCredentials { ApiVersion = V1, Command = "/bin/sh", Arguments = [_folder.Write("plugin.sh", script)], InteractiveMode = "Never" };
        return api.Client((settings ?? FakeApi.Settings) with { Credentials = change?.Invoke(exec) ?? exec }, time);
    }
}
