using System.Text;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Yaml;

namespace KubeFed.Kubernetes.Config;

/// <summary>Writes fresh kubeconfigs, one context per connection; existing files are never changed, since what is not understood would be lost.</summary>
public static class KubeConfigWriter
{
    /// <summary>The kubeconfig's text: cluster, user and context all bear the connection's name.</summary>
    /// <param name="connections">With distinct names.</param>
    /// <param name="currentContext">Null leaves it unset.</param>
    /// <exception cref="KubeConfigException">Two connections share a name, or a setting has no form in a kubeconfig.</exception>
    public static string Write(IEnumerable<ConnectionSettings> connections, string? currentContext = null)
    {
        var (clusters, users, contexts) = (new JsonArray(), new JsonArray(), new JsonArray());
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var connection in connections)
        {
            if (!names.Add(connection.Name))
            {
                throw new KubeConfigException($"Two connections are named '{connection.Name}'.") { Remedy = "Give each a name of its own." };
            }

            clusters.Add(new JsonObject { ["name"] = connection.Name, ["cluster"] = Cluster(connection) });
            users.Add(new JsonObject { ["name"] = connection.Name, ["user"] = User(connection) });
            var context = new JsonObject { ["cluster"] = connection.Name, ["user"] = connection.Name };
            if (connection.Namespace is { } @namespace)
            {
                context["namespace"] = @namespace;
            }

            contexts.Add(new JsonObject { ["name"] = connection.Name, ["context"] = context });
        }

        return YamlWriter.Write(new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Config",
            ["clusters"] = clusters,
            ["contexts"] = contexts,
            ["current-context"] = currentContext ?? string.Empty,
            ["preferences"] = new JsonObject(),
            ["users"] = users,
        });
    }

    /// <summary>As <see cref="Write"/>, into a file that only its owner can read.</summary>
    /// <exception cref="KubeConfigException">Also when the file exists already and <paramref name="overwrite"/> is false, or can't be written.</exception>
    public static async Task WriteFileAsync(
        string path, IEnumerable<ConnectionSettings> connections, string? currentContext, bool overwrite, CancellationToken cancellationToken)
    {
        var text = Write(connections, currentContext);
        try
        {
            var options = new FileStreamOptions { Mode = overwrite ? FileMode.Create : FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            var stream = new FileStream(path, options);
            await using (stream.ConfigureAwait(false))
            {
                await stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new KubeConfigException($"The kubeconfig '{path}' can't be written: {error.Message}", error)
            {
                Remedy = "Choose another path, or allow it to be replaced.",
            };
        }
    }

    private static JsonObject Cluster(ConnectionSettings connection)
    {
        var cluster = new JsonObject { ["server"] = connection.Server.OriginalString };
        if (connection.CertificateAuthority is { } authority)
        {
            cluster["certificate-authority-data"] = Base64(authority);
        }

        switch (connection.TlsChecksDisabled)
        {
            case TlsChecksDisabled.None:
                break;
            case var all when all.HasFlag(TlsChecksDisabled.All):
                cluster.Remove("certificate-authority-data");
                cluster["insecure-skip-tls-verify"] = true;
                break;
            default:
                throw new KubeConfigException($"{connection.Name}: leaving out only the TLS checks {connection.TlsChecksDisabled} has no form in a kubeconfig.")
                {
                    Remedy = "Set tls-server-name, or leave out all checks.",
                };
        }

        if (connection.TlsServerName is { } name)
        {
            cluster["tls-server-name"] = name;
        }

        if (connection.Proxy is { } proxy)
        {
            cluster["proxy-url"] = proxy.OriginalString;
        }

        if (connection.DisableCompression)
        {
            cluster["disable-compression"] = true;
        }

        return cluster;
    }

    private static JsonObject User(ConnectionSettings connection)
    {
        var user = Credentials(connection);
        if (connection.Impersonation is { } other)
        {
            user["as"] = other.User;
            if (other.Uid is { } uid)
            {
                user["as-uid"] = uid;
            }

            if (other.Groups.Count > 0)
            {
                user["as-groups"] = new JsonArray([.. other.Groups.Select(group => JsonValue.Create(group))]);
            }

            if (other.Extra.Count > 0)
            {
                user["as-user-extra"] = new JsonObject(other.Extra.Select(pair =>
                    KeyValuePair.Create<string, JsonNode?>(pair.Key, new JsonArray([.. pair.Value.Select(value => JsonValue.Create(value))]))));
            }
        }

        return user;
    }

    private static JsonObject Credentials(ConnectionSettings connection)
    {
        switch (connection.Credentials)
        {
            case AnonymousCredentials:
                return [];
            case TokenCredentials token:
                return new JsonObject { ["token"] = token.Token };
            case TokenFileCredentials file:
                return new JsonObject { ["tokenFile"] = Path.GetFullPath(file.Path) };
            case BasicCredentials basic:
                return new JsonObject { ["username"] = basic.UserName, ["password"] = basic.Password };
            case CertificateCredentials { Authorization: null } certificate:
                var user = new JsonObject();
                Put(user, "client-certificate", certificate.Certificate, certificate.CertificateFile);
                Put(user, "client-key", certificate.Key, certificate.KeyFile);
                return user;
            case var other:
                throw new KubeConfigException($"{connection.Name}: {other} can't be written into a kubeconfig.")
                {
                    Remedy = "Use a token or a client certificate.",
                };
        }
    }

    private static void Put(JsonObject user, string field, string? text, string? file)
    {
        if (text is not null)
        {
            user[$"{field}-data"] = Base64(text);
        }
        else if (file is not null)
        {
            user[field] = Path.GetFullPath(file);
        }
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
