using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Config;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Api;

/// <summary>Reads KubeFedCluster objects. It never fails: what is wrong in one is found when that cluster is connected to or validated.</summary>
/// <remarks>api.md section 3.</remarks>
public static class MemberClusterReader
{
    public static MemberCluster Read(KubeObject source)
    {
        var spec = source.Spec;
        return new MemberCluster
        {
            Name = source.Name,
            ApiEndpoint = spec.Text("apiEndpoint") ?? string.Empty,
            CaBundle = DecodeBundle(spec.NonEmptyText("caBundle")),
            SecretName = spec.Map("secretRef").Text("name") ?? string.Empty,
            TlsChecksDisabled = ReadChecks(spec.Texts("disabledTLSValidations")),
            ProxyUrl = spec.NonEmptyText("proxyURL"),
            Labels = source.Labels,
            Conditions = [.. source.Status.Maps("conditions").Select(ReadCondition)],
            KubernetesVersion = source.Status.NonEmptyText("kubernetesVersion"),
            Joined = source.CreationTimestamp,
            Suspension = ReadSuspension(source),
            Source = source,
        };
    }

    /// <summary>A value outside the three of A-15 disables nothing: an unknown word must not weaken TLS.</summary>
    private static TlsChecksDisabled ReadChecks(IReadOnlyList<string> names) => names.Aggregate(TlsChecksDisabled.None, (checks, name) => checks | name switch
    {
        "*" => TlsChecksDisabled.All,
        "SubjectName" => TlsChecksDisabled.SubjectName,
        "ValidityPeriod" => TlsChecksDisabled.ValidityPeriod,
        _ => TlsChecksDisabled.None,
    });

    /// <summary>PEM; text that is no base64 is kept as it is, so that connecting says what is wrong instead of trusting the system's roots.</summary>
    private static string? DecodeBundle(string? base64)
    {
        if (base64 is null)
        {
            return null;
        }

        var buffer = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, buffer, out var length) ? Encoding.UTF8.GetString(buffer, 0, length) : base64;
    }

    /// <summary>Any other word than "true" suspends nothing, as with KubeFed's own annotations (S-35).</summary>
    private static Suspension? ReadSuspension(KubeObject source) => source.Annotation(KubeFedNames.SuspendedAnnotation) == "true"
        ? new Suspension(ReadTime(source.Annotation(KubeFedNames.SuspendedSinceAnnotation)), source.Annotation(KubeFedNames.SuspendedReasonAnnotation))
        : null;

    private static ClusterCondition ReadCondition(JsonObject condition) => new(
        condition.Text("type") ?? string.Empty,
        condition.Text("status") ?? string.Empty,
        condition.Text("reason") ?? string.Empty,
        condition.Text("message") ?? string.Empty,
        ReadTime(condition.Text("lastProbeTime")) ?? default,
        ReadTime(condition.Text("lastTransitionTime")));

    private static DateTimeOffset? ReadTime(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
