using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Text;
using Microsoft.Extensions.Logging;

namespace KubeFed.Kubernetes.Authentication;

/// <summary>
/// Runs an exec plugin: found on PATH unless its command is a path, arguments as an array, the question in KUBERNETES_EXEC_INFO, killed with its children when
/// time runs out.
/// </summary>
internal sealed class ExecPlugin(ConnectionSettings settings, ExecCredentials exec, TimeProvider time, ILogger logger)
{
    private const int MaxOutput = 1 << 20;

    /// <summary>Long enough for a person to log in somewhere.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public async Task<ExecAnswer> RunAsync(CancellationToken cancellationToken)
    {
        var interactive = Interactive();
        using var process = new Process { StartInfo = StartInfo(interactive) };
        try
        {
            process.Start();
        }
        catch (Win32Exception error)
        {
            throw NotStarted(error.Message, error);
        }

        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            if (!interactive)
            {
                process.StandardInput.Close();
            }

            var complaints = new PluginComplaints(interactive ? Console.Error : null);
            var output = ReadAsync(process, process.StandardOutput, either.Token);
            var drained = complaints.DrainAsync(process.StandardError, either.Token);
            await Task.WhenAll(output, drained, process.WaitForExitAsync(either.Token)).ConfigureAwait(false);
            return Understand(process.ExitCode, await output.ConfigureAwait(false), complaints.LastLine);
        }
        catch (OperationCanceledException)
        {
            Kill(process);
            cancellationToken.ThrowIfCancellationRequested();
            throw Failure($"did not answer within {Patience.TotalSeconds:0} s and was ended", "Run it by hand to see what it waits for.", null);
        }
        catch (InvalidDataException error)
        {
            throw Failure(error.Message, null, error);
        }
    }

    private ExecAnswer Understand(int exitCode, string output, string? last)
    {
        if (last is not null)
        {
            logger.LogInformation("{Cluster}: the exec plugin {Command} says: {Text}", settings.Name, Printable.Of(exec.Command), last);
        }

        if (exitCode != 0)
        {
            throw Failure($"failed with exit code {exitCode}{(last is null ? string.Empty : ": " + last)}", "Run it by hand to see why.", null);
        }

        try
        {
            return ExecAnswer.Parse(output, exec.ApiVersion);
        }
        catch (FormatException error)
        {
            throw Failure($"can't be used: {error.Message}", "Update the plugin, or correct exec.apiVersion in the kubeconfig.", null);
        }
    }

    private ProcessStartInfo StartInfo(bool interactive)
    {
        var start = new ProcessStartInfo(Executable())
        {
            UseShellExecute = false,
            CreateNoWindow = !interactive,
            RedirectStandardOutput = true,
            RedirectStandardInput = !interactive,
            RedirectStandardError = true,
        };
        foreach (var argument in exec.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in exec.Environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["KUBERNETES_EXEC_INFO"] = JsonText.Write(Question(interactive));
        return start;
    }

    private string Executable()
    {
        if (ExecutablePath.IsPath(exec.Command))
        {
            return exec.Command;
        }

        try
        {
            return ExecutablePath.Find(exec.Command, Environment.GetEnvironmentVariable("PATH"));
        }
        catch (FileNotFoundException error)
        {
            throw NotStarted(error.Message, error);
        }
    }

    private JsonObject Question(bool interactive)
    {
        var spec = new JsonObject { ["interactive"] = interactive };
        if (exec.ProvideClusterInfo)
        {
            var cluster = new JsonObject { ["server"] = settings.Server.OriginalString };
            if (settings.TlsServerName is { } name)
            {
                cluster["tls-server-name"] = name;
            }

            if (settings.TlsChecksDisabled.HasFlag(TlsChecksDisabled.All))
            {
                cluster["insecure-skip-tls-verify"] = true;
            }

            if (settings.CertificateAuthority is { } authority)
            {
                cluster["certificate-authority-data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(authority));
            }

            if (settings.Proxy is { } proxy)
            {
                cluster["proxy-url"] = proxy.OriginalString;
            }

            if (settings.DisableCompression)
            {
                cluster["disable-compression"] = true;
            }

            if (exec.ClusterExtension is { } extension)
            {
                cluster["config"] = JsonText.Parse(extension);
            }

            spec["cluster"] = cluster;
        }

        return new JsonObject { ["apiVersion"] = exec.ApiVersion, ["kind"] = "ExecCredential", ["spec"] = spec };
    }

    private bool Interactive()
    {
        var terminal = !Console.IsInputRedirected;
        return exec.InteractiveMode switch
        {
            "Never" => false,
            "Always" when !terminal => throw Failure(
                "needs a terminal (interactiveMode Always), and standard input is none", "Run from a terminal, or use another credential.", null),
            _ => terminal,
        };
    }

    private async Task<string> ReadAsync(Process process, StreamReader reader, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var buffer = new char[4096];
        int count;
        while ((count = await reader.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            text.Append(buffer, 0, count);
            if (text.Length > MaxOutput)
            {
                // Nobody reads on, so it would wait for ever to be rid of the rest.
                Kill(process);
                throw new InvalidDataException("prints more than a credential can be");
            }
        }

        return text.ToString();
    }

    private void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception error) when (error is InvalidOperationException or Win32Exception or AggregateException)
        {
            logger.LogDebug("{Cluster}: the exec plugin {Command} had ended before it was killed: {Reason}", settings.Name, exec.Command, error.Message);
        }
    }

    private KubeConnectionException NotStarted(string why, Exception error) => Failure(
        $"can't be started: {why}",
        exec.InstallHint is { Length: > 0 } hint
            ? Printable.OneLine(hint)
            : "Install the plugin, or correct exec.command in the kubeconfig: a name is looked up on PATH, a path starts at the kubeconfig's folder.",
        error);

    private KubeConnectionException Failure(string what, string? remedy, Exception? inner) =>
        new(settings.Name, ConnectionFailure.Credentials, $"the exec plugin '{exec.Command}' {what}", inner) { Remedy = remedy };
}
