using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Desired;

/// <summary>What one resource is to look like in one cluster: exactly the fields the federation wants to own there.</summary>
public sealed class DesiredObject
{
    internal DesiredObject(JsonObject json, string hash, bool choosesVersion) => (Json, Hash, ChoosesVersion) = (json, hash, choosesVersion);

    /// <summary>Shared; clone before changing or sending it.</summary>
    public JsonObject Json { get; }

    /// <summary>
    /// Sixteen hexadecimal digits over the canonical form of what is declared; equal declarations have equal hashes. The marks of whose copy it is and of
    /// which resource do not count, so that copies that lack them are not sent again for their sake.
    /// </summary>
    public string Hash { get; }

    /// <summary>
    /// The template or an override names the apiVersion; where they do not, it is the type's own, or whichever version the member serves (E-53, P-53).
    /// </summary>
    public bool ChoosesVersion { get; }

    /// <summary>A copy to send.</summary>
    public KubeObject ToKubeObject() => new((JsonObject)Json.DeepClone());

    internal static string HashOf(JsonObject json)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        CanonicalJson.Write(output, json);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(output.WrittenSpan, digest);
        return Convert.ToHexStringLower(digest[..8]);
    }
}

/// <summary>Template and identity of one resource, from which each cluster's <see cref="DesiredObject"/> is made.</summary>
/// <remarks>
/// E-50 to E-56, with these differences on purpose: annotations and finalizers in the template are honoured (P-41); what only a server can say
/// (uid, resourceVersion, creationTimestamp, managedFields, status, ...) is left out, because applying it would claim or contradict it; so are owner
/// references, which name objects of the host and would make the member's garbage collector delete the copy. Overrides may set owner references.
/// </remarks>
public sealed class DesiredSource
{
    private static readonly string[] ServerOwned =
    [
        "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "managedFields", "selfLink",
        "generateName",
    ];

    private readonly FederatedResource _resource;
    private readonly FederationIdentity? _self;
    private readonly OverrideSet _overrides;
    private readonly JsonObject? _base;
    private DesiredObject? _common;

    /// <param name="resource">What is declared.</param>
    /// <param name="self">Whose copies they are to be; null leaves them unmarked.</param>
    public DesiredSource(FederatedResource resource, FederationIdentity? self = null)
    {
        _resource = resource;
        _self = self;
        _overrides = OverrideSet.Of(resource);
        (_base, Error) = Base(resource);
    }

    /// <summary>Why no object can be made from the template; null when one can.</summary>
    public string? Error { get; }

    /// <summary>What fails nobody in the overrides and is probably not meant.</summary>
    public IReadOnlyList<string> Warnings => _overrides.Warnings;

    /// <summary>
    /// True when a KubeFed controller would have made other objects of it: it left out annotations and finalizers (E-51), and knew overrides by name and with
    /// literal values only (P-60, P-65).
    /// </summary>
    public bool IsBeyondKubeFed => _overrides.IsBeyondKubeFed
        || (_base?["metadata"] is JsonObject metadata && (metadata.ContainsKey("annotations") || metadata.ContainsKey("finalizers")));

    /// <summary>The object for one cluster. Pure: the same input gives the same object and hash.</summary>
    /// <exception cref="OverrideException">The cluster's overrides are malformed, do not fit the template, or make another object of it.</exception>
    /// <exception cref="InvalidOperationException">There is an <see cref="Error"/>.</exception>
    public DesiredObject For(ClusterFacts cluster)
    {
        if (_base is null)
        {
            throw new InvalidOperationException(Error);
        }

        var overrides = _overrides.For(cluster);
        return overrides.IsNone ? _common ??= Finish((JsonObject)_base.DeepClone()) : Finish(Overridden((JsonObject)_base.DeepClone(), overrides));
    }

    /// <summary>
    /// The replicas the template asks for; only for the first write of a resource that leaves replicas to the member afterwards, whose desired object has none.
    /// </summary>
    public JsonNode? InitialReplicas => _resource.RetainReplicas && _resource.Template?["spec"] is JsonObject spec ? spec["replicas"] : null;

    private static (JsonObject? Base, string? Error) Base(FederatedResource resource)
    {
        var template = resource.Object.Json["spec"] is JsonObject spec ? spec["template"] : null;
        if (template is not (null or JsonObject))
        {
            return (null, $"spec.template must be an object, but is {SecretValues.Shown(resource.Type, template)}");
        }

        var json = (JsonObject?)template?.DeepClone() ?? [];
        if (TargetIdentity.OfVersion(json, resource.Type.Target) is { } other)
        {
            return (null, $"{other.Sentence} {other.Remedy}");
        }

        if (json["metadata"] is not (null or JsonObject))
        {
            return (null, $"spec.template.metadata must be an object, but is {SecretValues.Shown(resource.Type, json["metadata"])}");
        }

        if (json["metadata"] is JsonObject metadata)
        {
            metadata.Remove("ownerReferences");
            foreach (var name in (string[])["labels", "annotations"])
            {
                if (metadata[name] is not (null or JsonObject))
                {
                    return (null, $"spec.template.metadata.{name} must be an object, but is {SecretValues.Shown(resource.Type, metadata[name])}");
                }
            }
        }

        if (resource.RetainReplicas && json["spec"] is JsonObject targetSpec)
        {
            targetSpec.Remove("replicas");
        }

        return (json, null);
    }

    /// <remarks>E-52, E-53, E-56: overrides find apiVersion, kind and metadata with name and namespace, whatever the template has.</remarks>
    private JsonObject Overridden(JsonObject json, ClusterOverrides overrides)
    {
        var own = _resource.Type.Target.ApiVersion;
        var isOwn = json.NonEmptyText("apiVersion") is null;
        if (isOwn)
        {
            json["apiVersion"] = own;
        }

        Identify(json, _resource);
        var before = new JsonObject { ["kind"] = json["kind"]!.DeepClone(), ["metadata"] = json["metadata"]!.DeepClone() };
        json = overrides.Apply(json);
        TargetIdentity.ThrowIfOther(before, json, _resource.TargetKey);
        if (isOwn && json.NonEmptyText("apiVersion") == own)
        {
            // Nobody has chosen a version, so it is the member's to say.
            json.Remove("apiVersion");
        }

        return json;
    }

    private static JsonObject Identify(JsonObject json, FederatedResource resource)
    {
        json["kind"] = resource.Type.Target.Kind;
        if (json["metadata"] is not JsonObject metadata)
        {
            metadata = [];
            json["metadata"] = metadata;
        }

        metadata["name"] = resource.TargetKey.Name;
        if (resource.TargetKey.Namespace is { } space)
        {
            metadata["namespace"] = space;
        }
        else
        {
            metadata.Remove("namespace");
        }

        return metadata;
    }

    private DesiredObject Finish(JsonObject json)
    {
        var target = _resource.Type.Target;
        var chosen = TargetIdentity.ChosenVersion(json, target);
        json["apiVersion"] = chosen ?? target.ApiVersion;
        json.Remove("status");
        var metadata = Identify(json, _resource);
        foreach (var name in ServerOwned)
        {
            metadata.Remove(name);
        }

        if (metadata["labels"] is not JsonObject labels)
        {
            labels = [];
            metadata["labels"] = labels;
        }

        labels[KubeFedNames.ManagedLabel] = "true";

        // A template, or an override, can't say whose copy it makes, nor of which resource.
        CopyMarks.Remove(metadata);
        Aliases.Resolve(json);
        PortProtocols.Complete(json);
        QuantityTexts.Complete(json);
        ControllerFields.Drop(json);
        var hash = DesiredObject.HashOf(json);
        Mark(metadata);
        return new DesiredObject(json, hash, chosen is not null);
    }

    private void Mark(JsonObject metadata)
    {
        foreach (var (name, value) in (ReadOnlySpan<(string, string?)>)[
            (KubeFedNames.FederationAnnotation, _self?.Value), (KubeFedNames.FederatedUidAnnotation, _resource.Object.Uid)])
        {
            if (string.IsNullOrEmpty(value))
            {
                continue;
            }

            if (metadata["annotations"] is not JsonObject annotations)
            {
                annotations = [];
                metadata["annotations"] = annotations;
            }

            annotations[name] = value;
        }
    }
}
