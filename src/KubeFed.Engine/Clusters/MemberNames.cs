using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace KubeFed.Engine.Clusters;

/// <summary>
/// The names of the objects join makes for cluster C of host H. They are KubeFed's wherever KubeFed's are valid, so that its unjoin finds them; where a
/// host's context name breaks them (P-7: <c>/</c>, <c>:</c>, <c>@</c>, <c>_</c>, capitals, length) it is made valid and a hash keeps it unique.
/// </summary>
/// <remarks>cli.md section 2.</remarks>
internal sealed record MemberNames
{
    private const string RolePrefix = "kubefed-controller-manager:";

    /// <summary>An object name's limit (RFC 1123 subdomain), less what generated suffixes take.</summary>
    private const int MaxLength = 240;

    private MemberNames(string serviceAccount, string systemNamespace)
    {
        ServiceAccount = serviceAccount;
        Namespace = systemNamespace;
        Role = RolePrefix + ServiceAccount;
    }

    /// <summary><c>C-H</c>; also the name of the token Secret in the member.</summary>
    public string ServiceAccount { get; }

    /// <summary>The system namespace, in the member too.</summary>
    public string Namespace { get; }

    /// <summary>Of ClusterRole and ClusterRoleBinding (scope Cluster), or of Role and RoleBinding (scope Namespaced).</summary>
    public string Role { get; private init; }

    /// <summary>Of the health check's ClusterRole and binding, which only scope Namespaced needs.</summary>
    public string HealthRole => $"{RolePrefix}{Namespace}:healthcheck-{ServiceAccount}";

    /// <summary>Of the Role and RoleBinding that let an account of least privilege renew its own token.</summary>
    public string RenewalRole => $"{RolePrefix}{Namespace}:token-{ServiceAccount}";

    public static MemberNames For(string cluster, string host, string systemNamespace) => new(Sanitise($"{cluster}-{host}"), systemNamespace);

    /// <summary>The names that go with a service account found otherwise: in a record, or in a token.</summary>
    public static MemberNames Of(string serviceAccount, string systemNamespace) => new(serviceAccount, systemNamespace);

    /// <summary>
    /// The same with a role of this control plane alone. KubeFed's role name does not tell two control planes of one host apart; the second to join a member
    /// would take the binding away from the first.
    /// </summary>
    public MemberNames WithOwnRole() => this with { Role = $"{RolePrefix}{Namespace}:{ServiceAccount}" };

    /// <summary>A host Secret's name, the same each time, so that a join that was broken off finds what it made (P-8).</summary>
    public string HostSecret(string cluster) => $"{cluster}-{Hash($"{Namespace}/{ServiceAccount}")[..5]}";

    private static string Sanitise(string name)
    {
        var lower = new StringBuilder(name.Length);
        foreach (var c in name.ToLowerInvariant())
        {
            lower.Append(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-' ? c : '-');
        }

        // Each part between dots must start and end with a letter or digit.
        var valid = string.Join('.', lower.ToString().Split('.').Select(part => part.Trim('-')).Where(part => part.Length > 0));
        if (valid == name && valid.Length <= MaxLength)
        {
            return name;
        }

        var suffix = Hash(name)[..8];
        return $"{valid[..Math.Min(valid.Length, MaxLength - suffix.Length - 1)].TrimEnd('-', '.')}-{suffix}";
    }

    private static string Hash(string text) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text))).ToLower(CultureInfo.InvariantCulture);
}
