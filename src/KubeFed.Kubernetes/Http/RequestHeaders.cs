using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using System.Text;
using KubeFed.Kubernetes.Authentication;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Tls;

namespace KubeFed.Kubernetes.Http;

/// <summary>Builds the message of a request: address, version, credentials, impersonation.</summary>
internal sealed class RequestHeaders
{
    private static readonly string Product = UserAgent();

    /// <summary>What was checked is what is sent: the address is not rewritten on its way, as dots and escapes otherwise are.</summary>
    private static readonly UriCreationOptions Verbatim = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly string _base;
    private readonly List<KeyValuePair<string, string>> _impersonation = [];

    /// <exception cref="KubeConfigException">What the connection is to act as can't be sent.</exception>
    public RequestHeaders(ConnectionSettings settings)
    {
        _base = settings.Server.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/');
        if (settings.Impersonation is { } other)
        {
            Impersonate(settings.Name, other);
        }
    }

    public HttpRequestMessage Build(KubeRequest request, IssuedCredential credential)
    {
        var message = new HttpRequestMessage(request.Method, new Uri(_base + request.Target, Verbatim))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        message.Headers.TryAddWithoutValidation("Accept", request.Accept);
        message.Headers.TryAddWithoutValidation("User-Agent", Product);
        message.Headers.Authorization = credential.Authorization;
        foreach (var (name, value) in _impersonation)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        if (credential.Certificate is { } certificate)
        {
            message.Options.Set(CertificateSwitch.CertificateOption, certificate);
        }

        if (request.Body is { } body)
        {
            message.Content = new ByteArrayContent(body);
            message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(request.ContentType);
        }

        return message;
    }

    private static string UserAgent()
    {
        var version = typeof(RequestHeaders).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
        return "KubeFed.PowerShell/" + version.Split('+')[0];
    }

    private void Impersonate(string connection, Impersonation other)
    {
        Add("as", "Impersonate-User", other.User);
        if (other.Uid is { } uid)
        {
            Add("as-uid", "Impersonate-Uid", uid);
        }

        foreach (var group in other.Groups)
        {
            Add("as-groups", "Impersonate-Group", group);
        }

        foreach (var (key, values) in other.Extra)
        {
            foreach (var value in values)
            {
                Add("as-user-extra", "Impersonate-Extra-" + EscapeHeaderName(key), value);
            }
        }

        // A header with a line break in it would be left out without a word, blanks around a value are, and the request would be made as somebody else.
        void Add(string field, string name, string value) => _impersonation.Add(!value.Any(char.IsControl) && value.Trim() == value
            ? new(name, value)
            : throw new KubeConfigException($"{connection}: the user's {field} is '{value}', which has a control character, or a blank around it.")
            {
                Remedy = "Write the name on one line and without anything around it.",
            });
    }

    /// <summary>Percent-escapes what a header name can't hold, and the percent sign, as client-go does for the keys of extras.</summary>
    private static string EscapeHeaderName(string key)
    {
        var text = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(key))
        {
            var c = (char)b;
            if (char.IsAsciiLetterOrDigit(c) || (c != '%' && "!#$&'*+-.^_`|~".Contains(c, StringComparison.Ordinal)))
            {
                text.Append(c);
            }
            else
            {
                text.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        return text.ToString();
    }
}
