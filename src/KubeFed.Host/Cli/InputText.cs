using KubeFed.Kubernetes.Text;

namespace KubeFed.Host.Cli;

/// <summary>Reads what <c>--filename</c> names: a file, or standard input for <c>-</c>.</summary>
internal static class InputText
{
    internal static async Task<string> ReadAsync(HostEnvironment environment, string path, CancellationToken cancellationToken) =>
        path == "-"
            ? await environment.In.ReadToEndAsync(cancellationToken).ConfigureAwait(false)
            : await StrictText.ReadFileAsync(path, cancellationToken).ConfigureAwait(false);
}
