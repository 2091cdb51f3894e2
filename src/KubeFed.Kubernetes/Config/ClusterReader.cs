using KubeFed.Kubernetes.Json;

namespace KubeFed.Kubernetes.Config;

/// <summary>Reads a cluster entry: where the server is, whom to trust, which way to go.</summary>
internal sealed class ClusterReader(ConfigEntry cluster, Action<string> warn)
{
    private const string ExecExtension = "client.authentication.k8s.io/exec";

    public ConnectionSettings Read(KubeConfigContext context, KubeConfigOptions options)
    {
        var authority = options.SkipCertificateCheck ? null : Authority();
        var insecure = cluster.Flag("insecure-skip-tls-verify");
        if (insecure && authority is not null)
        {
            throw cluster.Error("insecure-skip-tls-verify", "is true, and a certificate authority is given as well", "Remove one of the two.");
        }

        insecure |= options.SkipCertificateCheck;
        return new ConnectionSettings
        {
            Name = context.Name,
            Server = Server(authority is not null || insecure),
            Namespace = context.Namespace,
            CertificateAuthority = authority,
            TlsChecksDisabled = insecure ? TlsChecksDisabled.All : TlsChecksDisabled.None,
            TlsServerName = cluster.Text("tls-server-name"),
            Proxy = Proxy(),
            DisableCompression = cluster.Flag("disable-compression"),
        };
    }

    /// <summary>The extension an exec plugin is told of, as JSON text.</summary>
    public static string? ExecExtensionOf(ConfigEntry cluster)
    {
        var extension = cluster.Entries("extensions").FirstOrDefault(entry => entry.Text("name") == ExecExtension)?.Raw("extension");
        return extension is null ? null : JsonText.Write(extension);
    }

    private string? Authority()
    {
        var (data, file) = (cluster.Data("certificate-authority-data"), cluster.FilePath("certificate-authority"));
        if (data is not null)
        {
            if (file is not null)
            {
                warn($"{cluster}: certificate-authority-data wins over certificate-authority, which is not read.");
            }

            return data;
        }

        if (file is null)
        {
            return null;
        }

        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw cluster.Error("certificate-authority", $"'{file}' can't be read: {error.Message.TrimEnd('.')}",
                "Correct the path; a relative one starts at this file's folder.");
        }
    }

    /// <summary>A scheme-less address is https when TLS is configured, else http (E-151).</summary>
    private Uri Server(bool hasTls)
    {
        var text = cluster.Text("server") ?? throw cluster.Error("server", "is missing", "Set it to the API server's URL, https://host:port.");
        var full = text.Contains("://", StringComparison.Ordinal) ? text : $"{(hasTls ? "https" : "http")}://{text}";
        if (!Uri.TryCreate(full, UriKind.Absolute, out var server) || server.Scheme is not ("http" or "https") || server.Host.Length == 0)
        {
            throw cluster.Error("server", $"'{text}' is not an http or https URL", "Write it as https://host:port.");
        }

        // What a server bound to every address writes of itself; nobody can connect to that.
        var host = server.Host switch
        {
            "0.0.0.0" => "127.0.0.1",
            "[::]" => "[::1]",
            _ => server.Host,
        };
        try
        {
            return new UriBuilder(server) { Host = host, Query = string.Empty, Fragment = string.Empty, UserName = string.Empty, Password = string.Empty }.Uri;
        }
        catch (UriFormatException)
        {
            throw cluster.Error("server", $"'{text}' has no host name that can be asked for", "Write it as https://host:port.");
        }
    }

    private Uri? Proxy()
    {
        if (cluster.Text("proxy-url") is not { } text)
        {
            return null;
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var proxy) && proxy.Scheme is ("http" or "https" or "socks5") && proxy.Host.Length > 0
            ? proxy
            : throw cluster.Error("proxy-url", "is not an http, https or socks5 URL", "Write it as http://host:port, https://host:port or socks5://host:port.");
    }
}
