using System.Text.Json.Nodes;
using KubeFed.Sandbox.Builtins;
using KubeFed.Sandbox.Storage;

namespace KubeFed.Sandbox.Server;

/// <summary>What the server has the say over in an object's metadata.</summary>
internal static class ServerMetadata
{
    private const string NameAlphabet = "bcdfghjklmnpqrstvwxz2456789";

    /// <summary>Puts an object that is created into the namespace of its request and gives it its name.</summary>
    public static void Place(ResourceType resource, string @namespace, JsonObject value)
    {
        var metadata = value.Ensure("metadata");
        if (resource.Namespaced)
        {
            var given = metadata.Text("namespace") ?? string.Empty;
            if (given.Length > 0 && given != @namespace)
            {
                throw Errors.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
            }

            metadata["namespace"] = @namespace;
        }
        else
        {
            metadata.Remove("namespace");
        }

        if (string.IsNullOrEmpty(metadata.Text("name")) && metadata.Text("generateName") is { Length: > 0 } prefix)
        {
            metadata["name"] = string.Concat(prefix.AsSpan(0, Math.Min(prefix.Length, 58)), Suffix());
        }
    }

    /// <summary>Takes over who owns what.</summary>
    public static void TakeManagedFields(JsonObject from, JsonObject to)
    {
        to.Ensure("metadata").Remove("managedFields");
        if (from.Child("metadata")?.Items("managedFields") is { } managed)
        {
            to.Ensure("metadata")["managedFields"] = managed.DeepClone();
        }
    }

    /// <summary>Refuses a write that is meant for another object, or for another version of this one.</summary>
    public static void CheckIdentity(ResourceType resource, StoredObject live, JsonObject current, JsonObject wanted, bool patched)
    {
        var metadata = wanted.Ensure("metadata");
        var uid = metadata.Text("uid") ?? string.Empty;
        var isAnother = uid.Length > 0 && uid != live.Uid;
        if (isAnother && !patched)
        {
            var key = $"/registry/{(resource.IsCore ? string.Empty : resource.Group + "/")}{resource.Plural}/{(live.Namespace.Length > 0 ? live.Namespace + "/" : string.Empty)}{live.Name}";
            throw Errors.Conflict(
                resource,
                live.Name,
                $"StorageError: invalid object, Code: 4, Key: {key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: "
                + $"UID in precondition: {uid}, UID in object meta: {live.Uid}");
        }

        if (metadata.Text("resourceVersion") is { Length: > 0 } version && version != "0")
        {
            if (version != current.At("metadata").Text("resourceVersion"))
            {
                throw Errors.Modified(resource, live.Name);
            }
        }
        else if (!resource.UnconditionalUpdate)
        {
            var missing = new FieldError("FieldValueInvalid", "Invalid value: 0x0: must be specified for an update", "metadata.resourceVersion");
            throw Errors.Invalid(resource with { Kind = resource.Plural }, live.Name, missing);
        }

        if (isAnother)
        {
            // Servers check metadata for every kind and for the kind itself, and name the cause twice.
            var immutable = FieldError.Invalid("metadata.uid", metadata["uid"], "field is immutable");
            throw Errors.Invalid(resource, live.Name, [immutable, immutable]);
        }
    }

    /// <summary>Restores what callers cannot change.</summary>
    public static void Keep(JsonObject current, JsonObject next)
    {
        var old = current.Ensure("metadata");
        var metadata = next.Ensure("metadata");
        foreach (var field in new[] { "uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "namespace" })
        {
            metadata.Remove(field);
            if (old[field] is { } value)
            {
                metadata[field] = value.DeepClone();
            }
        }
    }

    /// <summary>Raises the generation when the spec has changed.</summary>
    public static void CountGeneration(ResourceType resource, string subresource, JsonObject current, JsonObject next)
    {
        if (!resource.HasGeneration || subresource == "status")
        {
            return;
        }

        if (KindRules.SpecChanged(resource, current, next))
        {
            next.Ensure("metadata")["generation"] = (current.At("metadata").Number("generation") ?? 0) + 1;
        }
    }

    private static string Suffix() => string.Create(5, 0, static (span, _) =>
    {
        for (var i = 0; i < span.Length; i++)
        {
            span[i] = NameAlphabet[Random.Shared.Next(NameAlphabet.Length)];
        }
    });
}
