namespace KubeFed.Kubernetes.Config;

/// <summary>Which checks of a server certificate are left out (E-152).</summary>
[Flags]
public enum TlsChecksDisabled
{
    None = 0,
    SubjectName = 1,
    ValidityPeriod = 2,
    All = 4,
}

/// <summary>Everything needed to reach one API server. Printing it never shows a credential.</summary>
public sealed record ConnectionSettings
{
    /// <summary>What errors and logs call this server: a context or cluster name.</summary>
    public required string Name { get; init; }

    /// <summary>Absolute, http or https, perhaps with a base path.</summary>
    public required Uri Server { get; init; }

    /// <summary>The context's namespace; null when it names none.</summary>
    public string? Namespace { get; init; }

    /// <summary>PEM bundle to trust instead of the system's roots; null trusts the system's.</summary>
    public string? CertificateAuthority { get; init; }

    public TlsChecksDisabled TlsChecksDisabled { get; init; }

    /// <summary>SNI and expected certificate name, where it is not the host of <see cref="Server"/>.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>http, https or socks5; null uses the environment's proxy variables.</summary>
    public Uri? Proxy { get; init; }

    public bool DisableCompression { get; init; }

    public Credentials Credentials { get; init; } = new AnonymousCredentials();

    public Impersonation? Impersonation { get; init; }

    /// <summary>For one request, its retries included; watches have none.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Requests in flight at once.</summary>
    public int MaxConcurrency { get; init; } = 16;

    /// <summary>How much may be read of the server's answers; null leaves it to the environment, and a client's own settings always say.</summary>
    public ResponseLimits? Limits { get; init; }

    public override string ToString() =>
        $"{Name} ({(Server.IsAbsoluteUri ? Server.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) : Server)})";
}

/// <summary>How to say who is asking. Printing any of them shows its kind only.</summary>
public abstract record Credentials
{
    public sealed override string ToString() => GetType().Name;
}

public sealed record AnonymousCredentials : Credentials;

public sealed record TokenCredentials(string Token) : Credentials;

/// <summary>A token re-read from a file as it rotates.</summary>
public sealed record TokenFileCredentials(string Path) : Credentials;

public sealed record BasicCredentials(string UserName, string Password) : Credentials;

/// <summary>A client certificate, as PEM text or as files that are re-read when they change; for each of the two, text wins over the file.</summary>
public sealed record CertificateCredentials : Credentials
{
    public string? Certificate { get; init; }

    public string? Key { get; init; }

    public string? CertificateFile { get; init; }

    public string? KeyFile { get; init; }

    /// <summary>A token or a name and password that go with the certificate, for servers that ask for both; null for the certificate alone.</summary>
    public Credentials? Authorization { get; init; }
}

/// <summary>An exec plugin (client.authentication.k8s.io v1 and v1beta1).</summary>
public sealed record ExecCredentials : Credentials
{
    public required string ApiVersion { get; init; }

    public required string Command { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    public string? InstallHint { get; init; }

    public bool ProvideClusterInfo { get; init; }

    /// <summary>Never, IfAvailable or Always.</summary>
    public string InteractiveMode { get; init; } = "IfAvailable";

    /// <summary>The cluster's <c>client.authentication.k8s.io/exec</c> extension, as JSON text.</summary>
    public string? ClusterExtension { get; init; }
}

/// <summary>Act as someone else; needs the <c>impersonate</c> verb.</summary>
public sealed record Impersonation(string User)
{
    public string? Uid { get; init; }

    public IReadOnlyList<string> Groups { get; init; } = [];

    public IReadOnlyDictionary<string, IReadOnlyList<string>> Extra { get; init; } = new Dictionary<string, IReadOnlyList<string>>();
}
