using System.Text;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Tests.Fakes;

namespace KubeFed.Kubernetes.Tests.Config;

public sealed class KubeConfigTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string?> _environment = [];

    private KubeConfigLoader Loader => new(name => _environment.GetValueOrDefault(name));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_context_gives_server_namespace_and_token()
    {
        var config = Loader.Load(_folder.Write("config", Config("server: https://host:6443", "token: s3cret", "namespace: apps")));

        var settings = config.For();

        Assert.Equal(("one", "https://host:6443/", "apps"), (settings.Name, settings.Server.ToString(), settings.Namespace));
        Assert.Equal(new TokenCredentials("s3cret"), settings.Credentials);
        Assert.Equal("one", config.CurrentContext);
        Assert.Equal(["one"], config.Contexts.Select(context => context.Name));
    }

    [Fact]
    public void An_explicit_file_must_exist() =>
        Assert.Contains("nowhere", Assert.Throws<KubeConfigException>(() => Loader.Load(Path.Combine(_folder.Path, "nowhere"))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void The_first_file_of_KUBECONFIG_wins_per_name_and_whole_entries_win()
    {
        var first = _folder.Write("first", """
            current-context: shared
            clusters:
            - {name: shared, cluster: {server: "https://first"}}
            contexts:
            - {name: shared, context: {cluster: shared, user: u}}
            """);
        var second = _folder.Write("second", """
            current-context: other
            clusters:
            - {name: shared, cluster: {server: "https://second", tls-server-name: second}}
            - {name: other, cluster: {server: "https://other"}}
            contexts:
            - {name: shared, context: {cluster: other, user: u, namespace: second}}
            - {name: other, context: {cluster: other, user: u}}
            users:
            - {name: u, user: {token: t}}
            """);
        var missing = Path.Combine(_folder.Path, "missing");
        _environment["KUBECONFIG"] = string.Join(Path.PathSeparator, "", missing, first, second, first);

        var config = Loader.Load();

        Assert.Equal([first, second], config.Files);
        Assert.Equal(["shared", "other"], config.Contexts.Select(context => context.Name));
        var settings = config.For();
        Assert.Equal(("https://first/", null, null), (settings.Server.ToString(), settings.TlsServerName, settings.Namespace));
        Assert.Equal("https://other/", config.For("other").Server.ToString());
    }

    [Fact]
    public void Without_KUBECONFIG_the_file_in_the_home_folder_is_read()
    {
        _environment["KUBECONFIG"] = "";
        _environment["HOME"] = _folder.Path;
        _folder.Write(".kube/config", Config("server: https://home", "token: t"));

        Assert.Equal("https://home/", Loader.Load().For().Server.ToString());
    }

    [Fact]
    public void Without_any_file_the_error_says_so_and_there_is_no_fall_back_to_localhost()
    {
        _environment["HOME"] = _folder.Path;
        var config = Loader.Load();

        Assert.Empty(config.Contexts);
        var error = Assert.Throws<KubeConfigException>(() => config.For());
        Assert.Contains("No kubeconfig file was found", error.Message, StringComparison.Ordinal);
        Assert.Contains("KUBECONFIG", error.Remedy, StringComparison.Ordinal);
        Assert.Throws<KubeConfigException>(() => Loader.LoadSettings());
    }

    [Fact]
    public void Relative_paths_start_at_the_folder_of_their_own_file()
    {
        _folder.Write("a/ca.pem", "A");
        _folder.Write("b/ca.pem", "B");
        var first = _folder.Write("a/config", "clusters:\n- {name: ca, cluster: {server: \"https://a\", certificate-authority: ca.pem}}\n");
        var second = _folder.Write("b/config", """
            clusters:
            - {name: cb, cluster: {server: "https://b", certificate-authority: ./ca.pem}}
            contexts:
            - {name: a, context: {cluster: ca, user: u}}
            - {name: b, context: {cluster: cb, user: u}}
            - {name: x, context: {cluster: cb, user: x}}
            users:
            - {name: u, user: {tokenFile: t/token}}
            - {name: x, user: {exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: bin/plugin}}}
            """);
        _environment["KUBECONFIG"] = string.Join(Path.PathSeparator, first, second);

        var config = Loader.Load();

        Assert.Equal("A", config.For("a").CertificateAuthority);
        Assert.Equal("B", config.For("b").CertificateAuthority);
        Assert.Equal(new TokenFileCredentials(Path.Combine(_folder.Path, "b", "t", "token")), config.For("a").Credentials);
        Assert.Equal(Path.Combine(_folder.Path, "b", "bin", "plugin"), ((ExecCredentials)config.For("x").Credentials).Command);
    }

    [Fact]
    public void Files_are_not_held_open_after_loading()
    {
        var authority = _folder.Write("ca.pem", "PEM");
        var path = _folder.Write("config", Config($"server: https://h\n    certificate-authority: {authority}", "token: t"));
        var settings = Loader.Load(path).For();

        File.Delete(path);
        File.Delete(authority);

        Assert.Equal("PEM", settings.CertificateAuthority);
    }

    [Fact]
    public void An_unknown_context_is_answered_with_the_contexts_there_are_and_a_near_one()
    {
        var config = Loader.Load(_folder.Write("config", """
            clusters: [{name: c, cluster: {server: "https://h"}}]
            contexts: [{name: production, context: {cluster: c, user: u}}, {name: staging, context: {cluster: c, user: u}}]
            users: [{name: u, user: {token: t}}]
            """));

        var error = Assert.Throws<KubeConfigException>(() => config.For("Prodution"));

        Assert.Contains("context 'Prodution' is not defined", error.Message, StringComparison.Ordinal);
        Assert.Equal("Did you mean production? The contexts are: production, staging.", error.Remedy);
        Assert.Throws<KubeConfigException>(() => config.For("Production"));
        Assert.Contains("current-context is not set", Assert.Throws<KubeConfigException>(() => config.For()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[{name: a, context: {cluster: nope, user: u}}]", "context 'a': cluster 'nope' is not defined")]
    [InlineData("[{name: a, context: {cluster: c, user: nope}}]", "context 'a': user 'nope' is not defined")]
    [InlineData("[{name: a, context: {cluster: c}}]", "context 'a' names no user")]
    [InlineData("[{name: a}]", "cluster '' is not defined")]
    [InlineData("[{context: {cluster: c}}]", "contexts[0].name is missing")]
    [InlineData("{a: b}", "contexts must be a list")]
    [InlineData("[a]", "contexts[0] must be a map")]
    [InlineData("[{name: 7, context: {}}]", "contexts[0].name must be a string; put it in quotes")]
    public void Broken_contexts_are_named(string contexts, string expected)
    {
        var path = _folder.Write("config",
            $"current-context: a\nclusters: [{{name: c, cluster: {{server: \"https://h\"}}}}]\ncontexts: {contexts}\nusers: [{{name: u, user: {{}}}}]\n");

        var error = Assert.Throws<KubeConfigException>(() => Loader.Load(path).For());

        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Remedy);
    }

    [Fact]
    public void A_context_without_a_user_is_anonymous_only_when_asked_for()
    {
        var config = Loader.Load(_folder.Write("config", "clusters: [{name: c, cluster: {server: h}}]\ncontexts: [{name: a, context: {cluster: c}}]\n"));

        Assert.IsType<AnonymousCredentials>(config.For("a", new KubeConfigOptions { AllowAnonymous = true }).Credentials);
    }

    [Theory]
    [InlineData("clusters:\n\t- x", 2)]
    [InlineData("clusters:\n- name: a\n  cluster: b: c", 3)]
    [InlineData("users: [\n", 2)]
    [InlineData("a: 1\na: 2", 2)]
    public void Malformed_yaml_is_reported_with_file_line_and_column(string yaml, int line)
    {
        var path = _folder.Write("config", yaml);

        var error = Assert.Throws<KubeConfigException>(() => Loader.Load(path));

        Assert.StartsWith($"{path}: line {line}, column ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_stands_twice_is_named_where_kubeconfigs_have_it()
    {
        var path = _folder.Write("config", "users:\n- name: u\n  user:\n    token: s3cret\n    token: s3cret2\n");

        var error = Assert.Throws<KubeConfigException>(() => Loader.Load(path));

        Assert.StartsWith($"{path}: line 5, column 5 (at token): ", error.Message, StringComparison.Ordinal);
        Assert.Contains("a key that stands twice", error.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
    }

    // client-go's YAML reader stops after the first.
    [Fact]
    public void Of_several_documents_the_first_counts() =>
        Assert.Equal(new TokenCredentials("first"), Loader.Load(_folder.Write("config",
            $"---\n{Config("server: https://h", "token: first")}\n---\n{Config("server: https://other", "token: second")}\n")).For().Credentials);

    [Fact]
    public void Malformed_yaml_does_not_spill_the_secret_next_to_the_fault()
    {
        var path = _folder.Write("config", "users:\n- name: u\n  user:\n    password: *hunter2\n");

        Assert.DoesNotContain("hunter2", Assert.Throws<KubeConfigException>(() => Loader.Load(path)).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("server: \"\"", "clusters['c'].cluster.server is missing")]
    [InlineData("server: ftp://h", "clusters['c'].cluster.server 'ftp://h' is not an http or https URL")]
    [InlineData("server: https://", "is not an http or https URL")]
    [InlineData("server: https://h\n    insecure-skip-tls-verify: true\n    certificate-authority-data: QQ==",
        "insecure-skip-tls-verify is true, and a certificate authority is given")]
    [InlineData("server: https://h\n    insecure-skip-tls-verify: \"yes\"", "insecure-skip-tls-verify is \"yes\" and must be true or false")]
    [InlineData("server: https://h\n    certificate-authority-data: \"@@\"", "certificate-authority-data is not base64")]
    [InlineData("server: https://h\n    certificate-authority: missing.pem", "missing.pem' can't be read")]
    [InlineData("server: https://h\n    proxy-url: ftp://p", "proxy-url is not an http, https or socks5 URL")]
    [InlineData("server: https://h\n    proxy-url: p:3128", "proxy-url is not an http, https or socks5 URL")]
    public void Faults_of_a_cluster_name_the_field(string cluster, string expected) =>
        Assert.Contains(expected, Assert.Throws<KubeConfigException>(() => Loader.Load(_folder.Write("config", Config(cluster, "token: t"))).For()).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("0.0.0.0:6443", "http://127.0.0.1:6443/")]
    [InlineData("https://0.0.0.0:6443", "https://127.0.0.1:6443/")]
    [InlineData("https://[::]:6443", "https://[::1]:6443/")]
    [InlineData("https://h/k8s/clusters/c-1?x=y", "https://h/k8s/clusters/c-1")]
    [InlineData("localhost:8080", "http://localhost:8080/")]
    public void Server_addresses_become_ones_that_can_be_reached(string server, string expected) =>
        Assert.Equal(expected, Loader.Load(_folder.Write("config", Config($"server: \"{server}\"", "token: t"))).For().Server.ToString());

    [Fact] // E-151
    public void A_server_without_a_scheme_is_https_where_TLS_is_configured() =>
        Assert.Equal("https://h:6443/",
            Loader.Load(_folder.Write("config", Config("server: h:6443\n    insecure-skip-tls-verify: true", "token: t"))).For().Server.ToString());

    [Fact]
    public void Authority_data_wins_over_a_file_that_is_then_not_read()
    {
        var settings = Loader.Load(
            _folder.Write("config", Config("server: https://h\n    certificate-authority: missing\n    certificate-authority-data: QUJD", "token: t"))).For();

        Assert.Equal("ABC", settings.CertificateAuthority);
    }

    [Fact]
    public void Tls_and_proxy_settings_are_read()
    {
        var settings = Loader.Load(_folder.Write("config", Config(
            "server: https://10.0.0.1\n    tls-server-name: kubernetes\n    proxy-url: socks5://p:1080\n    disable-compression: true", "token: t"))).For();

        Assert.Equal(("kubernetes", "socks5://p:1080/", true), (settings.TlsServerName, settings.Proxy!.ToString(), settings.DisableCompression));
    }

    [Fact]
    public void Skipping_the_check_leaves_a_configured_authority_out()
    {
        var settings = Loader.Load(_folder.Write("config", Config("server: https://h\n    certificate-authority-data: QUJD", "token: t")))
            .For(null, new KubeConfigOptions { SkipCertificateCheck = true });

        Assert.Equal((null, TlsChecksDisabled.All), (settings.CertificateAuthority, settings.TlsChecksDisabled));
    }

    [Theory]
    [InlineData("{token: s3cret, username: u, password: s3cret}", "token and username are both set")]
    [InlineData("{password: s3cret}", "username is missing")]
    [InlineData("{client-certificate-data: czNjcmV0}", "client-key is missing")]
    [InlineData("{client-key-data: czNjcmV0}", "client-certificate is missing")]
    [InlineData("{client-certificate-data: czNjcmV0, client-certificate: f, client-key-data: czNjcmV0}",
        "client-certificate-data and client-certificate are both set")]
    [InlineData("{client-certificate-data: czNjcmV0, client-key: f, client-key-data: s3cret}",
        "client-key-data and client-key are both set|client-key-data is not base64")]
    [InlineData("{client-certificate-data: czNjcmV0, client-key-data: \"s3cret!\"}", "client-key-data is not base64")]
    [InlineData("{token: [s3cret]}", "token must be a string")]
    [InlineData("{token: 12345}", "token must be a string; put it in quotes")]
    [InlineData("{token: \"s3cret\\n\"}", "users['u'].user.token has a line break at its end")]
    [InlineData("{token: \" s3cret\"}", "token has a blank at its beginning")]
    [InlineData("{token: \"s3\\rcret\"}", "token has a line break as character 3 of 7")]
    [InlineData("{token: \"s3cret\\u200b\"}", "token has the character U+200B at its end")]
    [InlineData("{token: \"\\ufeffs3cret\"}", "token has the character U+FEFF at its beginning")]
    [InlineData("{token: \"s3cr\u00e9t\"}", "token has the character U+00E9")]
    [InlineData("{tokenFile: \"a\\0b\"}", "tokenFile holds a NUL character")]
    [InlineData("{auth-provider: {name: oidc, config: {id-token: \"s3cret\\t\"}}}", "id-token has a blank at its end")]
    [InlineData("{exec: {apiVersion: client.authentication.k8s.io/v1, command: \"c\\0\", interactiveMode: Never}}", "exec.command holds a NUL character")]
    [InlineData("{exec: {apiVersion: client.authentication.k8s.io/v1, command: c, args: [a, \"b\\0\"], interactiveMode: Never}}",
        "exec.args[1] holds a NUL character")]
    [InlineData("{as-uid: u}", "as is missing")]
    [InlineData("{as-groups: [g]}", "as is missing")]
    [InlineData("{as-user-extra: {a: [b]}}", "as is missing")]
    [InlineData("{exec: {command: c}}", "exec.apiVersion is missing")]
    [InlineData("{exec: {command: c, apiVersion: client.authentication.k8s.io/v1alpha1}}", "v1alpha1' is not supported")]
    [InlineData("{exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}}", "exec.command is missing")]
    [InlineData("{exec: {apiVersion: client.authentication.k8s.io/v1, command: c}}", "exec.interactiveMode is missing")]
    [InlineData("{exec: {apiVersion: client.authentication.k8s.io/v1, command: c, interactiveMode: Perhaps}}", "exec.interactiveMode is 'Perhaps'")]
    [InlineData("{exec: {apiVersion: client.authentication.k8s.io/v1, command: c, interactiveMode: Never}, auth-provider: {name: gcp}}",
        "exec and auth-provider are both set")]
    [InlineData("{auth-provider: {name: gcp}}", "'gcp' is not supported")]
    [InlineData("{auth-provider: {name: oidc, config: {refresh-token: s3cret}}}", "'oidc' is not supported")]
    public void Faults_of_a_user_name_the_field_and_never_the_secret(string user, string expected)
    {
        var config = Loader.Load(_folder.Write("config", $"clusters: [{{name: c, cluster: {{server: \"https://h\"}}}}]\ncontexts: [{{name: a, context: {{cluster: c, user: u}}}}]\nusers: [{{name: u, user: {user}}}]\n"));

        var error = Assert.Throws<KubeConfigException>(() => config.For("a"));

        Assert.Contains(expected.Split('|'), text => error.Message.Contains(text, StringComparison.Ordinal));
        Assert.Contains("users['u'].user", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("czNjcmV0", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_kind_of_credential_is_read()
    {
        Assert.Equal(new BasicCredentials("u", "p"), Credentials("{username: u, password: p}"));
        Assert.IsType<TokenFileCredentials>(Credentials("{token: t, tokenFile: f}"));
        Assert.IsType<AnonymousCredentials>(Credentials("{}"));
        Assert.Equal(new TokenCredentials("t"), Credentials("{auth-provider: {name: oidc, config: {id-token: t}}}"));
        Assert.Equal(new TokenCredentials("t"),
            Credentials("{token: t, exec: {apiVersion: client.authentication.k8s.io/v1, command: c, interactiveMode: Never}}"));
        var certificate = Assert.IsType<CertificateCredentials>(Credentials("{client-certificate-data: Qw==, client-key: key.pem, token: t}"));
        Assert.Equal(("C", Path.Combine(_folder.Path, "key.pem"), new TokenCredentials("t")),
            (certificate.Certificate, certificate.KeyFile, certificate.Authorization));
    }

    [Fact]
    public void An_exec_plugin_is_read_with_all_its_fields()
    {
        var path = _folder.Write("config", """
            clusters:
            - name: c
              cluster:
                server: https://h
                extensions:
                - {name: other, extension: {x: y}}
                - {name: client.authentication.k8s.io/exec, extension: {audience: me}}
            contexts: [{name: a, context: {cluster: c, user: u}}]
            users:
            - name: u
              user:
                exec:
                  apiVersion: client.authentication.k8s.io/v1
                  command: aws
                  args: [eks, "get token"]
                  env: [{name: A, value: b}, {name: E}]
                  installHint: install aws
                  provideClusterInfo: true
                  interactiveMode: IfAvailable
            """);

        var exec = Assert.IsType<ExecCredentials>(Loader.Load(path).For("a").Credentials);

        Assert.Equal(("aws", "install aws", true, "IfAvailable", """{"audience":"me"}"""),
            (exec.Command, exec.InstallHint, exec.ProvideClusterInfo, exec.InteractiveMode, exec.ClusterExtension));
        Assert.Equal(["eks", "get token"], exec.Arguments);
        Assert.Equal([new("A", "b"), new("E", "")], exec.Environment);
    }

    [Fact]
    public void Impersonation_is_read_with_list_valued_extras()
    {
        var config = Loader.Load(_folder.Write("config",
            Config("server: https://h", "token: t\n    as: jane\n    as-uid: \"7\"\n    as-groups: [a, b]\n    as-user-extra: {scopes: [x, \"y\"], one: z}")));

        var other = config.For().Impersonation!;

        Assert.Equal(("jane", "7"), (other.User, other.Uid));
        Assert.Equal(["a", "b"], other.Groups);
        Assert.Equal(["x", "y"], other.Extra["scopes"]);
        Assert.Equal(["z"], other.Extra["one"]);
    }

    [Fact]
    public void Nothing_that_is_printed_shows_a_credential()
    {
        var config = Loader.Load(_folder.Write("config", Config("server: https://user:s3cret@h", "token: s3cret")));
        var settings = config.For();

        Assert.DoesNotContain("s3cret", $"{config} {settings} {settings.Credentials} {settings with { Server = new Uri("https://u:s3cret@h") }}",
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_writer_writes_the_loader_reads()
    {
        var written = new List<ConnectionSettings>
        {
            new() { Name = "cluster1", Server = new Uri("http://cluster1.sandbox.invalid"), Credentials = new TokenCredentials("t"), Namespace = "ns" },
            new() { Name = "true", Server = new Uri("https://h:6443/base"), CertificateAuthority = "CA\n", Credentials = new BasicCredentials("u", "p: #x") },
            new()
            {
                Name = "c3", Server = new Uri("https://h"), TlsChecksDisabled = TlsChecksDisabled.All, TlsServerName = "n", Proxy = new Uri("http://p:1"),
                    DisableCompression = true,
                Credentials = new CertificateCredentials { Certificate = "C", Key = "K" },
                Impersonation = new Impersonation("jane") { Groups = ["g"] },
            },
        };
        var path = _folder.Write("config", KubeConfigWriter.Write(written, "cluster1"));

        var config = Loader.Load(path);

        Assert.Equal("cluster1", config.CurrentContext);
        foreach (var expected in written)
        {
            var actual = config.For(expected.Name);
            Assert.Equal(expected with { Impersonation = null }, actual with { Impersonation = null });
            Assert.Equal(expected.Impersonation?.User, actual.Impersonation?.User);
        }
    }

    [Fact]
    public async Task A_written_file_is_the_owners_only_and_replaced_only_on_request()
    {
        var path = Path.Combine(_folder.Path, "new");
        var settings = new ConnectionSettings { Name = "a", Server = new Uri("http://a"), Credentials = new TokenCredentials("t") };

        await KubeConfigWriter.WriteFileAsync(path, [settings], "a", overwrite: false, CancellationToken.None);
        await Assert.ThrowsAsync<KubeConfigException>(() => KubeConfigWriter.WriteFileAsync(path, [settings], "a", overwrite: false, CancellationToken.None));
        await KubeConfigWriter.WriteFileAsync(path, [settings], "a", overwrite: true, CancellationToken.None);

        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }

    [Theory]
    [InlineData("10.0.0.1", "https://10.0.0.1/")]
    [InlineData("fd00::1", "https://[fd00::1]/")]
    public void In_a_pod_address_token_authority_and_namespace_come_from_the_service_account(string host, string server)
    {
        _environment["KUBERNETES_SERVICE_HOST"] = host;
        _environment["KUBERNETES_SERVICE_PORT"] = "443";
        _folder.Write("token", "t");
        _folder.Write("ca.crt", "CA");
        _folder.Write("namespace", " system\n");

        var settings = InClusterConfig.Load(name => _environment.GetValueOrDefault(name), _folder.Path);

        Assert.Equal((server, "system", "CA"), (settings.Server.ToString(), settings.Namespace, settings.CertificateAuthority));
        Assert.Equal(new TokenFileCredentials(Path.Combine(_folder.Path, "token")), settings.Credentials);
        _environment["POD_NAMESPACE"] = "mine";
        Assert.Equal("mine", InClusterConfig.Load(name => _environment.GetValueOrDefault(name), _folder.Path).Namespace);
    }

    [Fact]
    public void In_a_pod_a_missing_authority_is_an_error()
    {
        _environment["KUBERNETES_SERVICE_HOST"] = "10.0.0.1";
        _environment["KUBERNETES_SERVICE_PORT"] = "443";
        _folder.Write("token", "t");

        Assert.Contains("ca.crt", Assert.Throws<KubeConfigException>(() =>
            InClusterConfig.Load(name => _environment.GetValueOrDefault(name), _folder.Path)).Message, StringComparison.Ordinal);
        Assert.False(InClusterConfig.IsAvailable(_ => null, _folder.Path));
    }

    private Credentials Credentials(string user) => Loader.Load(_folder.Write(
        "config",
        $"clusters: [{{name: c, cluster: {{server: \"https://h\"}}}}]\ncontexts: [{{name: a, context: {{cluster: c, user: u}}}}]\nusers: [{{name: u, user: {user}}}]\n")).For("a").Credentials;

    private static string Config(string cluster, string user, string context = "") => new StringBuilder()
        .Append("apiVersion: v1\nkind: Config\ncurrent-context: one\nclusters:\n- name: c\n  cluster:\n    ").Append(cluster)
        .Append("\ncontexts:\n- name: one\n  context:\n    cluster: c\n    user: u\n    ").Append(context)
        .Append("\nusers:\n- name: u\n  user:\n    ").Append(user).Append('\n').ToString();
}
