using System.Net.Http.Headers;

namespace KubeFed.Kubernetes.Authentication;

/// <summary>A token as an Authorization header can carry it.</summary>
/// <remarks>
/// RFC 6750 section 2.1 allows less still; visible ASCII is what a header carries unchanged and what an API server takes for one token. client-go sends the
/// rest and is refused: by its own transport for a newline, by the server with a 401 that says nothing for an invisible character.
/// </remarks>
internal static class BearerToken
{
    /// <summary>What keeps the token from being sent, without repeating it; null when nothing does.</summary>
    public static string? Fault(string token)
    {
        for (var i = 0; i < token.Length; i++)
        {
            if (token[i] is < '!' or > '~')
            {
                var place = i == token.Length - 1 ? "at its end" : i == 0 ? "at its beginning" : $"as character {i + 1} of {token.Length}";
                return $"has {Name(token[i])} {place}, which no token has";
            }
        }

        return token.Length == 0 ? "is empty" : null;
    }

    /// <exception cref="FormatException">It can't be sent; the message is that of <see cref="Fault"/>.</exception>
    public static AuthenticationHeaderValue Header(string token) =>
        Fault(token) is { } fault ? throw new FormatException($"the token {fault}") : new AuthenticationHeaderValue("Bearer", token);

    private static string Name(char c) => c switch
    {
        '\n' or '\r' => "a line break",
        ' ' or '\t' => "a blank",
        _ => $"the character U+{(int)c:X4}",
    };
}
