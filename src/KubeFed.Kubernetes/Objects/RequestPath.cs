using System.Buffers;
using System.Text.RegularExpressions;
using KubeFed.Kubernetes.Client;

namespace KubeFed.Kubernetes.Objects;

/// <summary>
/// The server-relative path of a request. It is composed here and nowhere else, of values that are checked one by one, so that no value can reach beyond its
/// own segment: what others wrote (a template, an override, a member's answer) names an object of the type it was meant for, or nothing.
/// </summary>
/// <remarks>
/// Groups are DNS subdomains, versions, plurals, subresources and namespaces DNS labels (RFC 1123). A name is a path segment: neither <c>.</c> nor
/// <c>..</c>, without <c>/</c> and <c>%</c>, and else anything, such as <c>system:node</c> (Kubernetes: object names and IDs; RBAC allows them).
/// </remarks>
public sealed partial class RequestPath : IEquatable<RequestPath>
{
    /// <summary>Kubernetes keeps names below 254 characters but for RBAC, which has no bound; addresses have one.</summary>
    private const int LongestName = 1024;

    /// <summary>RFC 3986: what a path and a query may hold as it is, and the sign that escapes begin with.</summary>
    private static readonly SearchValues<char> Plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/?%");

    private readonly string _text;

    private RequestPath(string text) => _text = text;

    /// <summary><c>/api</c>: the versions of the core group.</summary>
    public static RequestPath CoreVersions { get; } = new("/api");

    /// <summary><c>/apis</c>: all other groups.</summary>
    public static RequestPath Groups { get; } = new("/apis");

    /// <summary><c>/version</c>.</summary>
    public static RequestPath ServerVersion { get; } = new("/version");

    /// <summary><c>/openapi/v2</c>: the schemas of all groups in one document.</summary>
    public static RequestPath OpenApi { get; } = new("/openapi/v2");

    /// <summary>A collection, an object of it, or an object's subresource: <c>/apis/apps/v1/namespaces/ns/deployments/web/status</c>.</summary>
    /// <param name="resource">The type.</param>
    /// <param name="namespace">Null or empty for all namespaces; has no meaning for a type that is not namespaced.</param>
    /// <param name="name">Null for the collection.</param>
    /// <param name="subresource">Null for the object itself.</param>
    /// <exception cref="InvalidRequestException">One of the values can't be part of a path.</exception>
    public static RequestPath Of(ApiResource resource, string? @namespace, string? name = null, string? subresource = null)
    {
        var path = GroupVersion(resource.Group, resource.Version)._text;
        if (resource.Namespaced && !string.IsNullOrEmpty(@namespace))
        {
            path = $"{path}/namespaces/{DnsLabel("namespace", @namespace)}";
        }

        path = $"{path}/{DnsLabel("resource", resource.Plural)}";
        if (name is not null)
        {
            path = $"{path}/{Segment(name)}";
        }

        return new RequestPath(subresource is null ? path : $"{path}/{DnsLabel("subresource", subresource)}");
    }

    /// <summary>What is served of a group in a version: <c>/apis/apps/v1</c>, or <c>/api/v1</c> for the core group.</summary>
    /// <exception cref="InvalidRequestException">One of the two can't be part of a path.</exception>
    public static RequestPath GroupVersion(string group, string version) => new("/" + Place(group, version));

    /// <summary>The schemas of a group in a version: <c>/openapi/v3/apis/apps/v1</c>.</summary>
    /// <exception cref="InvalidRequestException">One of the two can't be part of a path.</exception>
    public static RequestPath OpenApiOf(string group, string version) => new("/openapi/v3/" + Place(group, version));

    /// <summary>A path, and a query if it has one, that a person wrote out: <c>/readyz?verbose</c>.</summary>
    /// <exception cref="InvalidRequestException">It does not start with a slash, leads elsewhere by dots, or holds what must be escaped.</exception>
    public static RequestPath Parse(string text)
    {
        if (!text.StartsWith('/'))
        {
            throw Fault("path", text, "does not start with a slash");
        }

        if (text.AsSpan().IndexOfAnyExcept(Plain) >= 0 || BrokenEscape().IsMatch(text))
        {
            throw Fault("path", text, "holds a character that an address can't hold as it is", "Write it as %XX, the bytes of its UTF-8 form.");
        }

        // Once unescaped, as servers do before they look for slashes.
        var segments = Uri.UnescapeDataString(text.Split('?', 2)[0]).Split('/', '\\');
        return segments.Any(segment => segment is "." or "..")
            ? throw Fault("path", text, "leads elsewhere by a segment of dots", "Write the path that is meant.")
            : new RequestPath(text);
    }

    /// <summary>Whether a server's type can be asked for at all; lists of metrics, for example, name types that have no such path.</summary>
    internal static bool CanName(string group, string version, string plural) =>
        IsGroup(group) && IsDnsLabel(version) && IsDnsLabel(plural);

    /// <summary>Whether a group and version that a server announces can be asked for.</summary>
    public static bool CanName(string group, string version) => IsGroup(group) && IsDnsLabel(version);

    /// <inheritdoc/>
    public bool Equals(RequestPath? other) => other is not null && _text == other._text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RequestPath);

    /// <inheritdoc/>
    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    /// <summary>The path as it is sent: ASCII, escaped.</summary>
    public override string ToString() => _text;

    private static string Place(string group, string version)
    {
        if (group.Length == 0)
        {
            return $"api/{DnsLabel("version", version)}";
        }

        return IsGroup(group)
            ? $"apis/{group}/{DnsLabel("version", version)}"
            : throw Fault("group", group, "is not a DNS subdomain", "An API group is lower-case letters, digits, '-' and '.', such as apps or example.com.");
    }

    private static bool IsGroup(string group) => group.Length == 0 || LabelSyntax.CheckSubdomain(group).Count == 0;

    private static bool IsDnsLabel(string text) => Label().IsMatch(text);

    private static string DnsLabel(string part, string text) => IsDnsLabel(text)
        ? text
        : throw Fault(part, text, "is not a DNS label", $"A {part} is at most 63 lower-case letters, digits and '-', and starts and ends with a letter or digit.");

    private static string Segment(string name)
    {
        var why = name switch
        {
            "" => "is empty",
            "." or ".." => "would lead elsewhere",
            _ when name.AsSpan().ContainsAny('/', '%') => "holds '/' or '%'",
            _ when name.Length > LongestName => $"has more than {LongestName} characters",
            _ when !IsWellFormed(name) => "holds half a character (a lone surrogate)",
            _ => null,
        };
        return why is null
            ? Uri.EscapeDataString(name)
            : throw Fault("name", name, why, "Kubernetes has no objects of such names; names are path segments, neither '.' nor '..', without '/' and '%'.");
    }

    internal static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[++i])))
            {
                return false;
            }
        }

        return true;
    }

    private static InvalidRequestException Fault(string part, string value, string why, string? remedy = null) => new(part, value, why) { Remedy = remedy };

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Label();

    [GeneratedRegex("%(?![0-9A-Fa-f]{2})", RegexOptions.CultureInvariant)]
    private static partial Regex BrokenEscape();
}
