using System.Text;
using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Api.Validation;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Clusters;

/// <summary>What a join writes into the KubeFedCluster's spec. Pure.</summary>
/// <remarks>cli.md section 2 steps 9 to 12, P-9 to P-12, A-10 to A-18.</remarks>
internal static class Registration
{
    private static readonly TlsChecksDisabled[] SingleChecks = [TlsChecksDisabled.SubjectName, TlsChecksDisabled.ValidityPeriod];

    private const string ServerName = "tlsServerName";

    /// <summary>The fields a request gives explicitly; the endpoint that is registered already, as a piped cluster has it, is not given anew.</summary>
    public static IEnumerable<string> Given(JoinRequest request, KubeObject? existing)
    {
        (string Field, bool IsGiven)[] fields =
        [
            ("apiEndpoint", request.ApiEndpoint is not null && request.ApiEndpoint != existing?.Spec.Text("apiEndpoint")),
            ("caBundle", request.SystemRoots || request.CertificateAuthority is not null),
            ("disabledTLSValidations", request.TlsChecksDisabled is not null),
            ("proxyURL", request.ProxyUrl is not null),
            (ServerName, request.TlsServerName is not null),
        ];
        return fields.Where(field => field.IsGiven).Select(field => field.Field);
    }

    /// <summary>The context's values, but what is given now, and what was given to an earlier join. A null removes what that one wrote.</summary>
    public static JsonObject Spec(JoinRequest request, string secret, KubeObject? existing, JoinRecord? before)
    {
        var member = request.Member;
        var skipped = request.TlsChecksDisabled ?? member.TlsChecksDisabled;
        var authority = request.SystemRoots ? null : request.CertificateAuthority ?? member.CertificateAuthority;
        string[] disabled = skipped.HasFlag(TlsChecksDisabled.All)
            ? ["*"]
            : [.. SingleChecks.Where(check => skipped.HasFlag(check)).Select(check => check.ToString())];
        var spec = new JsonObject
        {
            ["apiEndpoint"] = request.ApiEndpoint ?? member.Server.OriginalString,
            ["caBundle"] = authority is null ? null : Convert.ToBase64String(Encoding.UTF8.GetBytes(authority)),
            ["disabledTLSValidations"] = disabled.Length == 0 ? null : new JsonArray([.. disabled.Select(check => JsonValue.Create(check))]),
            ["proxyURL"] = (request.ProxyUrl ?? member.Proxy?.OriginalString) is { Length: > 0 } proxy ? proxy : null,
            ["secretRef"] = new JsonObject { ["name"] = secret },
        };
        foreach (var field in Remembered(request, existing, before).Where(spec.ContainsKey))
        {
            spec[field] = existing?.Spec?[field]?.DeepClone();
        }

        if (spec.Texts("disabledTLSValidations").Contains("*"))
        {
            // With no verification at all a CA means nothing, and together they crashed older controllers (P-11).
            spec["caBundle"] = null;
        }

        return spec;
    }

    /// <summary>The name on the server's certificate, for which a KubeFedCluster has no field; null for the endpoint's own.</summary>
    public static string? TlsServerName(JoinRequest request, KubeObject? existing, JoinRecord? before)
    {
        var name = Remembered(request, existing, before).Contains(ServerName)
            ? existing?.Annotation(KubeFedNames.TlsServerNameAnnotation)
            : request.TlsServerName ?? request.Member.TlsServerName;
        return name is { Length: > 0 } ? name : null;
    }

    /// <summary>Refuses, before anything is written, what KubeFed's webhook would refuse at the end, and a CA that is none.</summary>
    /// <exception cref="FederationException"><c>ClusterInvalid</c>.</exception>
    public static void Check(JoinRequest request, string secret, string systemNamespace)
    {
        var cluster = KubeObject.Create(CoreResources.KubeFedClusters, new ObjectKey(systemNamespace, request.Name));
        cluster.Json["spec"] = Spec(request, secret, existing: null, before: null);
        var errors = KubeFedClusterValidation.Check(cluster);
        if (errors.Count > 0)
        {
            throw Invalid(request, FieldError.Aggregate(errors), "Correct the value that is named; it comes from the parameters or from the context.");
        }

        if (request.SystemRoots && request.CertificateAuthority is not null)
        {
            throw Invalid(request, "a certificate authority is given, and the system's roots are asked for.", "Give one of them.");
        }

        if (request.CertificateAuthority is { } authority && !authority.Contains("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal))
        {
            throw Invalid(request, "the certificate authority given holds no PEM certificate.", "Give PEM: -----BEGIN CERTIFICATE----- and so on.");
        }
    }

    private static IEnumerable<string> Remembered(JoinRequest request, KubeObject? existing, JoinRecord? before) =>
        (before?.Given ?? []).Except(Given(request, existing));

    private static FederationException Invalid(JoinRequest request, string why, string remedy) => new(
        "ClusterInvalid", FederationProblem.Invalid, $"Cluster \"{request.Name}\" cannot be registered: {why}")
    {
        Remedy = remedy,
        Target = request.Name,
    };
}
