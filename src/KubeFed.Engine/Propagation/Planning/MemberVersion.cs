using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation.Health;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Planning;

/// <summary>What the managed label of a member's object says.</summary>
public enum ManagedMark
{
    /// <summary>No label: the object is none of ours.</summary>
    None,

    /// <summary><c>"true"</c>: ours.</summary>
    Managed,

    /// <summary><c>"false"</c>: opted out, never to be touched (E-61).</summary>
    OptedOut,
}

/// <summary>What is remembered of one member object: versions, not content. Read from metadata alone.</summary>
public sealed record MemberVersion
{
    public required string Uid { get; init; }

    public required string ResourceVersion { get; init; }

    /// <summary>Zero for kinds that have none.</summary>
    public long Generation { get; init; }

    public ManagedMark Managed { get; init; }

    public bool Deleting { get; init; }

    /// <summary>
    /// A hash over the fields the server says our applies own; null when we have applied nothing yet. Whoever changes or removes a field of ours takes it
    /// out of this set, and whoever changes anything else leaves it alone: that is what makes drift visible in metadata (P-39, P-40, P-46).
    /// </summary>
    public string? Ownership { get; init; }

    /// <summary>Our applies own <c>spec.replicas</c>, so leaving it out of one would reset it.</summary>
    public bool OwnsReplicas { get; init; }

    /// <summary>
    /// The server says which subresource a field was written through, as servers do from 1.22 on: then scaling takes <c>spec.replicas</c> out of our set, and
    /// <see cref="Ownership"/> tells of it.
    /// </summary>
    public bool RecordsScaling { get; init; }

    /// <summary>Kept only for objects an older writer made, whose labels must be compared (E-84); null otherwise.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Which federation the copy says it belongs to; null when it does not say, as copies that a KubeFed controller wrote.</summary>
    public string? Federation { get; init; }

    /// <summary>It names the federated object it was made for, as what our applies create does, and nothing that was there before.</summary>
    public bool NamesResource { get; init; }

    /// <summary>Who wrote that and when, in words; only where it is another federation, and null when the server does not tell.</summary>
    public (string Manager, string Time)? FederationWriter { get; init; }

    /// <summary>
    /// Who wrote the managed label by an update, as KubeFed's controllers do and we never, after our own last apply or where there is none; null for nobody.
    /// </summary>
    public string? LabelWriter { get; init; }

    /// <summary>Our applies own the managed label.</summary>
    public bool AppliesLabel { get; init; }

    /// <summary>
    /// Why the cluster itself makes the object from another one and would undo what anybody else does to it; null for any other object. With such an object the
    /// managed label means nothing.
    /// </summary>
    public string? Derived { get; init; }

    /// <summary>
    /// The object is certainly a copy of this federation's: it carries the federation's mark and our applies own its label, or it has no mark and a KubeFed
    /// controller wrote its label.
    /// </summary>
    /// <param name="self">Who we are; null when that is not known, and then nothing is certain.</param>
    public bool IsCertainlyOf(FederationIdentity? self) =>
        self is not null
        && Managed == ManagedMark.Managed
        && Derived is null
        && (Federation == self.Value ? AppliesLabel : Federation is null && CopyOrigin.IsKubeFed(LabelWriter));

    /// <summary>The object's <c>status</c>, when it was read along because collection is on (E-121).</summary>
    public JsonNode? RemoteStatus { get; init; }

    /// <summary>How the object fares, when its status was read along (P-70).</summary>
    public ObjectHealth? Health { get; init; }

    /// <summary>
    /// What to record of the object once it is as desired: <c>own:&lt;hash&gt;</c>, with <c>,gen:&lt;n&gt;</c> for kinds that count generations; for objects we
    /// have not applied yet, KubeFed's <c>gen:&lt;n&gt;</c> or <c>rv:&lt;version&gt;</c> (E-82).
    /// </summary>
    public string Observed => Ownership is null ? Legacy
        : Generation == 0 ? $"own:{Ownership}"
        : string.Create(CultureInfo.InvariantCulture, $"own:{Ownership},gen:{Generation}");

    private string Legacy => Generation == 0 ? $"rv:{ResourceVersion}" : string.Create(CultureInfo.InvariantCulture, $"gen:{Generation}");

    /// <summary>Whether what is ours of the object is still what it was when the version was recorded.</summary>
    /// <param name="recorded">The version on record.</param>
    /// <param name="scalable">
    /// Somebody may have changed a field of ours by scaling the object: servers before 1.22 don't record who did, so that only the generation tells; on those
    /// that record it the generation tells nothing. What else raises it is in fields of others and none of our business (P-39).
    /// </param>
    public bool IsStill(string? recorded, bool scalable)
    {
        if (recorded is null || !recorded.StartsWith("own:", StringComparison.Ordinal))
        {
            return recorded == Legacy;
        }

        if (scalable && !RecordsScaling && Generation != 0)
        {
            return recorded == Observed;
        }

        var hash = recorded.AsSpan("own:".Length);
        return Ownership is not null && hash[..(hash.IndexOf(',') is var end and >= 0 ? end : hash.Length)].SequenceEqual(Ownership);
    }

    /// <summary>Reads an object, or its <c>PartialObjectMetadata</c>.</summary>
    /// <param name="value">The object.</param>
    /// <param name="withStatus">Keep its status.</param>
    /// <param name="self">Who we are; its text stands for equal ones, which most are, so that a long list holds it once.</param>
    public static MemberVersion Of(KubeObject value, bool withStatus = false, FederationIdentity? self = null)
    {
        var mark = value.Label(KubeFedNames.ManagedLabel) switch { "true" => ManagedMark.Managed, "false" => ManagedMark.OptedOut, _ => ManagedMark.None };
        var federation = value.Annotation(KubeFedNames.FederationAnnotation);
        JsonObject? owned = null;
        string? ownedSince = null, labelWriter = null, labelSince = null;
        (string, string)? federationWriter = null;
        string? labelCopier = null, fieldWriter = null;
        var (appliesLabel, recordsScaling) = (false, false);
        foreach (var entry in ManagedEntry.Of(value))
        {
            if (entry.IsOurs)
            {
                (owned, ownedSince) = (entry.Fields, entry.Time);
                appliesLabel = entry.Owns("labels", KubeFedNames.ManagedLabel);
            }
            else if (mark == ManagedMark.Managed && entry.IsUpdate && entry.Subresource.Length == 0 && entry.Owns("labels", KubeFedNames.ManagedLabel))
            {
                (labelWriter, labelSince) = (entry.Manager, entry.Time);
            }

            recordsScaling |= entry.Subresource.Length > 0;
            if (entry.IsUpdate && entry.Subresource.Length == 0 && CopyOrigin.IsKubernetes(entry.Manager))
            {
                labelCopier ??= entry.Owns("labels", KubeFedNames.ManagedLabel) ? entry.Manager : null;
                fieldWriter ??= entry.Fields?.ContainsKey("f:subsets") == true ? entry.Manager : null;
            }

            if (self?.IsOther(federation) == true && entry.Owns("annotations", KubeFedNames.FederationAnnotation))
            {
                federationWriter = (entry.Manager, entry.Time);
            }
        }

        // Taken as text before anything looks into it: most of a large list never needs more than its hash.
        var fields = owned is null ? null : JsonText.Write(owned);
        return new MemberVersion
        {
            Uid = value.Uid,
            ResourceVersion = value.ResourceVersion,
            Generation = value.Generation,
            Managed = mark,
            Deleting = value.IsDeleting,
            Ownership = fields is null ? null : HashOf(fields),
            OwnsReplicas = fields is not null
                && fields.Contains("\"f:replicas\"", StringComparison.Ordinal)
                && owned!["f:spec"] is JsonObject spec
                && spec.ContainsKey("f:replicas"),
            Labels = owned is null && mark == ManagedMark.Managed ? value.Labels : null,
            Federation = federation is not null && federation == self?.Value ? self.Value : federation,
            NamesResource = value.Annotation(KubeFedNames.FederatedUidAnnotation) is not null,
            FederationWriter = federationWriter,
            AppliesLabel = appliesLabel,
            RecordsScaling = recordsScaling,
            Derived = DerivedBy(value, fieldWriter, appliesLabel ? null : labelCopier, appliesLabel),
            LabelWriter = owned is null || string.CompareOrdinal(labelSince, ownedSince) > 0 ? labelWriter : null,
            RemoteStatus = withStatus ? value.Status?.DeepClone() : null,
            Health = withStatus ? HealthRules.Judge(value) : null,
        };
    }

    /// <summary>An object we apply with our label is ours whoever controls it; only fields that Kubernetes writes as well can't be.</summary>
    private static string? DerivedBy(KubeObject value, string? fieldWriter, string? labelCopier, bool appliesLabel)
    {
        if (!appliesLabel
            && value.Json.Map("metadata").Maps("ownerReferences").FirstOrDefault(owner => owner.Flag("controller")) is { } controller)
        {
            return CopyOrigin.ControlledBy(controller.Text("kind"), controller.Text("name"));
        }

        return (fieldWriter ?? labelCopier) is { } manager ? CopyOrigin.WrittenBy(manager) : null;
    }

    private static string HashOf(string fields)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(fields), digest);
        return Convert.ToHexStringLower(digest[..8]);
    }
}
