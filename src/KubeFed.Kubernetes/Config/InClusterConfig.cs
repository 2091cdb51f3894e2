using KubeFed.Kubernetes.Client;

namespace KubeFed.Kubernetes.Config;

/// <summary>The settings a pod has: the service's address from the environment, the service account's token and authority from its mounted files.</summary>
public static class InClusterConfig
{
    private const string DefaultFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>True inside a pod with a service account.</summary>
    /// <param name="environment">Reads a variable; null reads the process's.</param>
    /// <param name="folder">Where the service account's files are; null is where Kubernetes mounts them.</param>
    public static bool IsAvailable(Func<string, string?>? environment = null, string? folder = null)
    {
        environment ??= Environment.GetEnvironmentVariable;
        return environment("KUBERNETES_SERVICE_HOST") is { Length: > 0 }
            && environment("KUBERNETES_SERVICE_PORT") is { Length: > 0 }
            && File.Exists(Path.Combine(folder ?? DefaultFolder, "token"));
    }

    /// <inheritdoc cref="IsAvailable"/>
    /// <exception cref="KubeConfigException">A variable or a file is missing; the authority too is required, where client-go goes on without.</exception>
    public static ConnectionSettings Load(Func<string, string?>? environment = null, string? folder = null)
    {
        environment ??= Environment.GetEnvironmentVariable;
        folder ??= DefaultFolder;
        var host = Variable("KUBERNETES_SERVICE_HOST");
        var port = Variable("KUBERNETES_SERVICE_PORT");
        var address = host.Contains(':', StringComparison.Ordinal) ? $"[{host.Trim('[', ']')}]" : host;
        if (!Uri.TryCreate($"https://{address}:{port}", UriKind.Absolute, out var server))
        {
            throw new KubeConfigException($"KUBERNETES_SERVICE_HOST '{host}' and KUBERNETES_SERVICE_PORT '{port}' make no address.")
            {
                Remedy = "Both are set by Kubernetes; do not override them.",
            };
        }

        var token = Path.Combine(folder, "token");
        if (!File.Exists(token))
        {
            throw Missing(token, null);
        }

        return new ConnectionSettings
        {
            Name = "in-cluster",
            Server = server,
            Namespace = Namespace(),
            CertificateAuthority = Text("ca.crt"),
            Credentials = new TokenFileCredentials(token),
        };

        string Variable(string name) => environment(name) is { Length: > 0 } value
            ? value
            : throw new KubeConfigException($"The environment variable {name} is not set.") { Remedy = "Run inside a pod, or name a kubeconfig." };

        string Text(string name)
        {
            var path = Path.Combine(folder, name);
            try
            {
                return File.ReadAllText(path);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw Missing(path, error);
            }
        }

        string Namespace()
        {
            if (environment("POD_NAMESPACE") is { Length: > 0 } named)
            {
                return named;
            }

            return File.Exists(Path.Combine(folder, "namespace")) && Text("namespace").Trim() is { Length: > 0 } mounted ? mounted : "default";
        }
    }

    private static KubeConfigException Missing(string path, Exception? inner) =>
        new($"The service account's file '{path}' can't be read{(inner is null ? string.Empty : $": {inner.Message.TrimEnd('.')}")}.", inner)
        {
            Remedy = "Give the pod a service account (automountServiceAccountToken), or name a kubeconfig.",
        };
}
