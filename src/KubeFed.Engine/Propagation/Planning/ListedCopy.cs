using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Planning;

/// <summary>
/// Reads one item of a list of metadata, without making an object of it: a sync reads one for every copy in every cluster, and keeps no more than its version.
/// It says of every item exactly what <see cref="MemberVersion.Of"/> says of the object.
/// </summary>
internal static class ListedCopy
{
    private static ReadOnlySpan<byte> Managed => "kubefed.io/managed"u8;

    private static ReadOnlySpan<byte> OwnedManagedLabel => "f:kubefed.io/managed"u8;

    /// <param name="item">The object, or its <c>PartialObjectMetadata</c>.</param>
    /// <param name="self">Who we are; its text stands for equal ones, so that a long list holds it once.</param>
    public static (ObjectKey Key, MemberVersion Version) Read(JsonElement item, FederationIdentity? self)
    {
        var metadata = Map(item, "metadata"u8);
        var (labels, annotations) = (Map(metadata, "labels"u8), Map(metadata, "annotations"u8));
        var mark = Text(labels, Managed) switch { "true" => ManagedMark.Managed, "false" => ManagedMark.OptedOut, _ => ManagedMark.None };
        var federation = Text(annotations, KubeFedNames.FederationAnnotation);
        JsonElement owned = default, ours = default, labeler = default;
        (string, string)? federationWriter = null;
        string? labelCopier = null, fieldWriter = null;
        var (appliesLabel, recordsScaling) = (false, false);
        if (metadata.ValueKind == JsonValueKind.Object
            && metadata.TryGetProperty("managedFields"u8, out var entries)
            && entries.ValueKind == JsonValueKind.Array)
        {
            foreach (var entry in entries.EnumerateArray().Where(entry => entry.ValueKind == JsonValueKind.Object))
            {
                var fields = Map(entry, "fieldsV1"u8);
                var whole = IsEmpty(entry, "subresource"u8);
                recordsScaling |= !whole;
                var label = Map(Map(fields, "f:metadata"u8), "f:labels"u8) is { ValueKind: JsonValueKind.Object } owns
                    && owns.TryGetProperty(OwnedManagedLabel, out _);
                if (whole && Is(entry, "operation"u8, "Apply"u8) && Is(entry, "manager"u8, "kubefed"u8))
                {
                    (owned, ours, appliesLabel) = (fields, entry, label);
                }
                else if (mark == ManagedMark.Managed && whole && label && Is(entry, "operation"u8, "Update"u8))
                {
                    labeler = entry;
                }

                if (whole && Is(entry, "operation"u8, "Update"u8) && Text(entry, "manager"u8) is { } manager && CopyOrigin.IsKubernetes(manager))
                {
                    labelCopier ??= label ? manager : null;
                    fieldWriter ??= fields.ValueKind == JsonValueKind.Object && fields.TryGetProperty("f:subsets"u8, out _) ? manager : null;
                }

                if (self?.IsOther(federation) == true
                    && Map(Map(fields, "f:metadata"u8), "f:annotations"u8) is { ValueKind: JsonValueKind.Object } notes
                    && notes.TryGetProperty("f:" + KubeFedNames.FederationAnnotation, out _))
                {
                    federationWriter = (Text(entry, "manager"u8) ?? string.Empty, Text(entry, "time"u8) ?? string.Empty);
                }
            }
        }

        var applied = owned.ValueKind == JsonValueKind.Object;
        var version = new MemberVersion
        {
            Uid = Text(metadata, "uid"u8) ?? string.Empty,
            ResourceVersion = Text(metadata, "resourceVersion"u8) ?? string.Empty,
            Generation = Number(metadata, "generation"u8),
            Managed = mark,
            Deleting = DateTimeOffset.TryParse(
                Text(metadata, "deletionTimestamp"u8), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _),
            Ownership = applied ? HashOf(owned) : null,
            OwnsReplicas = applied && Map(owned, "f:spec"u8) is { ValueKind: JsonValueKind.Object } spec && spec.TryGetProperty("f:replicas"u8, out _),
            Labels = !applied && mark == ManagedMark.Managed ? TextMap(labels) : null,
            Federation = federation is not null && federation == self?.Value ? self.Value : federation,
            NamesResource = Text(annotations, KubeFedNames.FederatedUidAnnotation) is not null,
            FederationWriter = federationWriter,
            AppliesLabel = appliesLabel,
            RecordsScaling = recordsScaling,
            Derived = (appliesLabel ? null : ControlledBy(metadata))
                ?? ((fieldWriter ?? (appliesLabel ? null : labelCopier)) is { } writer ? CopyOrigin.WrittenBy(writer) : null),
            LabelWriter = labeler.ValueKind == JsonValueKind.Object && (!applied || IsLater(labeler, ours)) ? Text(labeler, "manager"u8) ?? string.Empty : null,
        };
        return (new ObjectKey(Text(metadata, "namespace"u8) is { Length: > 0 } name ? name : null, Text(metadata, "name"u8) ?? string.Empty), version);
    }

    private static string? ControlledBy(JsonElement metadata)
    {
        if (metadata.ValueKind == JsonValueKind.Object
            && metadata.TryGetProperty("ownerReferences"u8, out var owners)
            && owners.ValueKind == JsonValueKind.Array)
        {
            foreach (var owner in owners.EnumerateArray().Where(owner => owner.ValueKind == JsonValueKind.Object))
            {
                if (owner.TryGetProperty("controller"u8, out var controls) && controls.ValueKind == JsonValueKind.True)
                {
                    return CopyOrigin.ControlledBy(Text(owner, "kind"u8), Text(owner, "name"u8));
                }
            }
        }

        return null;
    }

    private static bool IsLater(JsonElement left, JsonElement right) =>
        string.CompareOrdinal(Text(left, "time"u8) ?? string.Empty, Text(right, "time"u8) ?? string.Empty) > 0;

    /// <summary>
    /// Over the set as this library writes it. What a server sends is that already, byte for byte, unless it has escapes, blanks or more than ASCII in it.
    /// </summary>
    private static string HashOf(JsonElement set)
    {
        var raw = JsonMarshal.GetRawUtf8Value(set);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        if (raw.ContainsAnyExceptInRange((byte)'!', (byte)'~') || raw.Contains((byte)'\\'))
        {
            var buffer = new ArrayBufferWriter<byte>(raw.Length);
            JsonText.Write(set, buffer);
            raw = buffer.WrittenSpan;
        }

        SHA256.HashData(raw, digest);
        return Convert.ToHexStringLower(digest[..8]);
    }

    private static JsonElement Map(JsonElement parent, ReadOnlySpan<byte> name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : default;

    private static string? Text(JsonElement parent, ReadOnlySpan<byte> name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static string? Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static long Number(JsonElement parent, ReadOnlySpan<byte> name) =>
        parent.ValueKind == JsonValueKind.Object
        && parent.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt64(out var number)
            ? number
            : 0;

    private static bool Is(JsonElement parent, ReadOnlySpan<byte> name, ReadOnlySpan<byte> text) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.ValueEquals(text);

    private static bool IsEmpty(JsonElement parent, ReadOnlySpan<byte> name) =>
        !parent.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String || value.ValueEquals(""u8);

    private static Dictionary<string, string> TextMap(JsonElement labels)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        if (labels.ValueKind == JsonValueKind.Object)
        {
            foreach (var label in labels.EnumerateObject())
            {
                map[label.Name] = label.Value.ValueKind switch
                {
                    JsonValueKind.String => label.Value.GetString()!,
                    JsonValueKind.Null => string.Empty,
                    _ => label.Value.GetRawText(),
                };
            }
        }

        return map;
    }
}
