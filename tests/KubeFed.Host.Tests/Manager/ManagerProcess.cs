using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using KubeFed.Host.Cli;
using KubeFed.Kubernetes.Client;

namespace KubeFed.Host.Tests.Manager;

/// <summary><c>kubefed controller-manager</c> in process, with free ports on loopback; its log can be waited on.</summary>
internal sealed partial class ManagerProcess : IAsyncDisposable
{
    private readonly LogText _log = new();
    private readonly StringWriter _out = new(CultureInfo.InvariantCulture);
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly HttpClient _http = new();
    private readonly Task<int> _run;

    private ManagerProcess(
        string kubeConfig, IReadOnlyList<IKubeTransport> transports, string health, string[] flags, IReadOnlyDictionary<string, string>? variables = null)
    {
        var environment = new HostEnvironment
        {
            Out = _out,
            Error = _log,
            In = TextReader.Null,
            Transports = transports,
            Variable = name => variables?.GetValueOrDefault(name) ?? Environment.GetEnvironmentVariable(name),
        };
        string[] args = ["controller-manager", "--kubeconfig", kubeConfig, "--healthz-addr", health, "--metrics-addr", "127.0.0.1:0", .. flags];
        _run = Task.Run(() => KubefedCommandLine.RunAsync(args, environment, _stop.Token));
    }

    internal string Log => _log.ToString();

    internal static ManagerProcess Start(string kubeConfig, IReadOnlyList<IKubeTransport> transports, params string[] flags) =>
        new(kubeConfig, transports, "127.0.0.1:0", flags);

    /// <summary>Waits until the log has a text; fails when the process ends without it.</summary>
    internal async Task<Match> LogsAsync(string pattern)
    {
        while (true)
        {
            var more = _log.More;
            if (Regex.Match(Log, pattern) is { Success: true } found)
            {
                return found;
            }

            Assert.False(_run.IsCompleted && !Regex.IsMatch(Log, pattern), $"ended without '{pattern}':\n{Log}");
            await Task.WhenAny(more, _run).WaitAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Asks a health endpoint.</summary>
    internal Task<(int Code, string Text)> HealthAsync(string path) => GetAsync("health", path);

    internal Task<(int Code, string Text)> MetricsAsync(string path = "/metrics") => GetAsync("metrics", path);

    /// <summary>Asks a health endpoint until it answers 200.</summary>
    internal async Task<string> PassesAsync(string path)
    {
        while (true)
        {
            var (code, text) = await HealthAsync(path);
            if (code == 200)
            {
                return text;
            }

            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>As Ctrl+C or SIGTERM do.</summary>
    internal async Task<int> StopAsync()
    {
        await _stop.CancelAsync();
        return await _run;
    }

    internal Task<int> EndAsync() => _run.WaitAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        _http.Dispose();
        await _log.DisposeAsync();
        await _out.DisposeAsync();
    }

    private async Task<(int Code, string Text)> GetAsync(string site, string path)
    {
        var address = (await LogsAsync($@"serving {site} on (http://127\.0\.0\.1:\d+)")).Groups[1].Value;
        using var answer = await _http.GetAsync(new Uri(address + path), TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private sealed class LogText : TextWriter
    {
        private readonly StringBuilder _text = new();
        private readonly Lock _lock = new();
        private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override Encoding Encoding => Encoding.UTF8;

        /// <summary>Ends with the next line.</summary>
        public Task More
        {
            get
            {
                lock (_lock)
                {
                    return _more.Task;
                }
            }
        }

        public override void Write(char value) => Add(value.ToString());

        public override void Write(string? value) => Add(value ?? string.Empty);

        public override void WriteLine(string? value) => Add(value + "\n");

        public override string ToString()
        {
            lock (_lock)
            {
                return _text.ToString();
            }
        }

        private void Add(string text)
        {
            TaskCompletionSource told;
            lock (_lock)
            {
                _text.Append(text);
                (told, _more) = (_more, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            }

            told.TrySetResult();
        }
    }
}
