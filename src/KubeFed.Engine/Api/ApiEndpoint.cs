using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace KubeFed.Engine.Api;

/// <summary>Reads <c>spec.apiEndpoint</c>: a URL, or a host or host:port, which then means https.</summary>
/// <remarks>A-10 to A-13.</remarks>
public static partial class ApiEndpoint
{
    private const string NotAnEndpoint = "host must be a URL or a host:port pair";

    /// <summary>
    /// False with the reason, in the words of the API server's Go libraries, when the text is no endpoint; scheme and port range are not judged.
    /// </summary>
    internal static bool TrySplit(string text, out string scheme, out string host, out string port, out string path, [NotNullWhen(false)] out string? error)
    {
        (scheme, host, port, path, error) = (string.Empty, string.Empty, string.Empty, string.Empty, null);
        var match = WithScheme().Match(text);
        var url = match.Success && match.Groups["authority"].Length > 0 ? text : $"https://{text}";
        match = WithScheme().Match(url);
        if (!match.Success)
        {
            error = $"{NotAnEndpoint}: \"{text}\"";
            return false;
        }

        scheme = match.Groups["scheme"].Value.ToLowerInvariant();
        path = match.Groups["path"].Value;
        if (!ReferenceEquals(url, text) && path is not ("" or "/"))
        {
            error = $"{NotAnEndpoint}: \"{text}\"";
            return false;
        }

        var authority = match.Groups["authority"].Value;
        if (authority.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
        {
            error = $"parse \"{url}\": invalid character in host name";
            return false;
        }

        authority = authority[(authority.LastIndexOf('@') + 1)..];
        var bracket = authority.LastIndexOf(']');
        if (authority.StartsWith('[') && bracket < 0)
        {
            error = $"parse \"{url}\": missing ']' in host";
            return false;
        }

        var colon = authority.IndexOf(':', Math.Max(bracket, 0));
        host = colon < 0 ? authority : authority[..colon];
        port = colon < 0 ? string.Empty : authority[(colon + 1)..];
        if (!port.All(char.IsAsciiDigit))
        {
            error = $"parse \"{url}\": invalid port \":{port}\" after host";
            return false;
        }

        if (host.Length == 0)
        {
            error = $"{NotAnEndpoint}: \"{text}\"";
            return false;
        }

        return true;
    }

    /// <summary>The absolute http or https address, or why there is none.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Uri? server, [NotNullWhen(false)] out string? error)
    {
        server = null;
        if (text.Length == 0)
        {
            error = "it is empty";
            return false;
        }

        if (!TrySplit(text, out var scheme, out var host, out var port, out var path, out error))
        {
            return false;
        }

        if (scheme is not ("http" or "https"))
        {
            error = $"'{scheme}' is not a scheme of an API server; use http or https";
            return false;
        }

        if (port.Length > 0 && !(int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 65535))
        {
            error = $"port {port} must be between 1 and 65535";
            return false;
        }

        if (!Uri.TryCreate($"{scheme}://{host}{(port.Length > 0 ? ":" + port : string.Empty)}{path}", UriKind.Absolute, out server))
        {
            error = NotAnEndpoint;
            return false;
        }

        return true;
    }

    [GeneratedRegex(@"\A(?<scheme>[A-Za-z][A-Za-z0-9+.\-]*)://(?<authority>[^/?#]*)(?<path>.*)\z", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex WithScheme();
}
