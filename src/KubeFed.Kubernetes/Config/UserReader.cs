using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Authentication;

namespace KubeFed.Kubernetes.Config;

/// <summary>Reads a user entry: how to say who is asking, and on whose behalf.</summary>
internal sealed class UserReader(ConfigEntry user, Action<string> warn)
{
    private static readonly string[] ExecVersions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

    public ConnectionSettings Apply(ConnectionSettings settings, ConfigEntry cluster) =>
        settings with { Credentials = Credentials(cluster), Impersonation = Impersonation() };

    private Credentials Credentials(ConfigEntry cluster)
    {
        var bearer = Bearer();
        var basic = Basic();
        if (bearer is not null && basic is not null)
        {
            throw user.Error("token", "and username are both set", "Keep one of the two.");
        }

        var authorization = bearer ?? basic;
        var certificate = Certificate();
        var exec = Exec(cluster);
        if (certificate is not null)
        {
            return certificate with { Authorization = authorization };
        }

        if (authorization is not null)
        {
            return authorization;
        }

        return exec ?? (Credentials?)Provider() ?? new AnonymousCredentials();
    }

    private Credentials? Bearer()
    {
        var (token, file) = (user.Text("token"), user.FilePath("tokenFile"));
        if (file is not null)
        {
            return new TokenFileCredentials(file);
        }

        return token is null ? null : new TokenCredentials(Sendable(user, "token", token));
    }

    private static string Sendable(ConfigEntry entry, string field, string token) => BearerToken.Fault(token) is { } fault
        ? throw entry.Error(field, fault, "Write the token on one line, in quotes and without anything around it.")
        : token;

    private BasicCredentials? Basic() => (user.Text("username"), user.Text("password")) switch
    {
        (null, null) => null,
        (null, _) => throw user.Error("username", "is missing, and password is set"),
        ({ } name, var password) => new BasicCredentials(name, password ?? string.Empty),
    };

    private CertificateCredentials? Certificate()
    {
        var (certificate, certificateFile) = Pair("client-certificate");
        var (key, keyFile) = Pair("client-key");
        var (hasCertificate, hasKey) = (certificate is not null || certificateFile is not null, key is not null || keyFile is not null);
        if (!hasCertificate && !hasKey)
        {
            return null;
        }

        if (!hasCertificate || !hasKey)
        {
            var missing = hasCertificate ? "client-key" : "client-certificate";
            throw user.Error(missing, "is missing: a client certificate needs both", "Set both, as data or as file.");
        }

        return new CertificateCredentials { Certificate = certificate, CertificateFile = certificateFile, Key = key, KeyFile = keyFile };
    }

    private (string? Data, string? File) Pair(string field)
    {
        var (data, file) = (user.Data($"{field}-data"), user.FilePath(field));
        return data is not null && file is not null ? throw user.Error($"{field}-data", $"and {field} are both set", "Keep one of the two.") : (data, file);
    }

    private ExecCredentials? Exec(ConfigEntry cluster)
    {
        if (user.Section("exec") is not { } exec)
        {
            return null;
        }

        if (user.Has("auth-provider"))
        {
            throw user.Error("exec", "and auth-provider are both set", "Keep exec.");
        }

        var version = exec.Text("apiVersion") ?? throw exec.Error("apiVersion", "is missing", $"Set it to {ExecVersions[0]}.");
        if (!ExecVersions.Contains(version, StringComparer.Ordinal))
        {
            throw exec.Error("apiVersion", $"'{version}' is not supported", $"Update the plugin and set it to {string.Join(" or ", ExecVersions)}.");
        }

        var command = exec.Text("command") ?? throw exec.Error("command", "is missing");
        if (ExecutablePath.IsPath(command))
        {
            command = exec.Resolve(command);
        }

        return new ExecCredentials
        {
            ApiVersion = version,
            Command = command,
            Arguments = exec.Texts("args"),
            Environment =
            [
                .. exec.Entries("env").Select(variable =>
                    KeyValuePair.Create(variable.Text("name") ?? throw variable.Error("name", "is missing"), variable.Text("value") ?? string.Empty)),
            ],
            InstallHint = exec.Text("installHint"),
            ProvideClusterInfo = exec.Flag("provideClusterInfo"),
            InteractiveMode = InteractiveMode(exec, version),
            ClusterExtension = ClusterReader.ExecExtensionOf(cluster),
        };
    }

    private static string InteractiveMode(ConfigEntry exec, string version)
    {
        const string Choices = "Never, IfAvailable or Always";
        var mode = exec.Text("interactiveMode");
        return mode switch
        {
            "Never" or "IfAvailable" or "Always" => mode,
            null when version == ExecVersions[1] => "IfAvailable",
            null => throw exec.Error("interactiveMode", $"is missing, which {version} requires", $"Set it to {Choices}."),
            _ => throw exec.Error("interactiveMode", $"is '{mode}'", $"Set it to {Choices}."),
        };
    }

    /// <summary>Providers are gone from Kubernetes; the one that leaves a usable token behind is still honoured.</summary>
    private TokenCredentials? Provider()
    {
        if (user.Section("auth-provider") is not { } provider)
        {
            return null;
        }

        var name = provider.Text("name") ?? string.Empty;
        if (name == "oidc" && provider.Section("config") is { } config && config.Text("id-token") is { } token)
        {
            warn($"{provider}: the stored id-token is used as it is and not refreshed; use an exec plugin such as kubelogin instead.");
            return new TokenCredentials(Sendable(config, "id-token", token));
        }

        throw provider.Error("name", $"'{name}' is not supported: auth providers were removed from Kubernetes", name switch
        {
            "gcp" => "Use the exec plugin gke-gcloud-auth-plugin.",
            "azure" => "Use the exec plugin kubelogin (kubelogin convert-kubeconfig).",
            _ => "Use an exec plugin.",
        });
    }

    private Impersonation? Impersonation()
    {
        var (name, uid, groups, extra) = (user.Text("as"), user.Text("as-uid"), user.Texts("as-groups"), Extra());
        if (name is not null)
        {
            return new Impersonation(name) { Uid = uid, Groups = groups, Extra = extra };
        }

        return uid is null && groups.Count == 0 && extra.Count == 0
            ? null
            : throw user.Error("as", "is missing, and as-uid, as-groups or as-user-extra is set", "Set as to the user to impersonate.");
    }

    private Dictionary<string, IReadOnlyList<string>> Extra()
    {
        var extra = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (user.Section("as-user-extra") is { } section)
        {
            foreach (var key in section.Fields)
            {
                extra[key] = section.Raw(key) is JsonValue ? [section.Text(key) ?? string.Empty] : section.Texts(key);
            }
        }

        return extra;
    }
}
