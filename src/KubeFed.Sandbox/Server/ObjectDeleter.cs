using System.Text.Json.Nodes;
using KubeFed.Sandbox.Storage;

namespace KubeFed.Sandbox.Server;

/// <summary>The parts of <c>metav1.DeleteOptions</c> a server acts on.</summary>
internal sealed record DeleteRequest
{
    public string? Propagation { get; init; }

    public bool? OrphanDependents { get; init; }

    public long? GracePeriodSeconds { get; init; }

    public string? Uid { get; init; }

    public string? ResourceVersion { get; init; }

    public bool DryRun { get; init; }

    public static DeleteRequest From(JsonObject? body, RequestInfo info)
    {
        var propagation = body.Text("propagationPolicy") ?? info.Parameter("propagationPolicy");
        if (propagation is not (null or "" or "Background" or "Foreground" or "Orphan"))
        {
            throw Refusal(FieldError.Unsupported("propagationPolicy", propagation, ["Foreground", "Background", "Orphan", "nil"]));
        }

        var orphans = body?["orphanDependents"] is JsonValue orphan && orphan.TryGetValue<bool>(out var flag) ? flag : (bool?)null;
        if (orphans is not null && propagation is { Length: > 0 })
        {
            throw Refusal(FieldError.Invalid("propagationPolicy", JsonValue.Create(propagation), "orphanDependents and deletionPropagation cannot be both set"));
        }

        var dryRuns = (body.Items("dryRun") ?? []).Select(item => item?.ToString() ?? string.Empty).ToList();
        if (info.Parameter("dryRun") is { Length: > 0 } asked && dryRuns.Count == 0)
        {
            dryRuns.Add(asked);
        }

        if (dryRuns.Any(text => text != "All"))
        {
            var printed = $"[]string{{{string.Join(", ", dryRuns.Select(FieldError.Quote))}}}";
            throw Refusal(new FieldError("FieldValueNotSupported", $"Unsupported value: {printed}: supported values: \"All\"", "dryRun"));
        }

        var preconditions = body.Child("preconditions");
        return new DeleteRequest
        {
            Propagation = propagation is "" ? null : propagation,
            OrphanDependents = orphans,
            GracePeriodSeconds = body.Number("gracePeriodSeconds") ?? info.Integer("gracePeriodSeconds"),
            Uid = preconditions.Text("uid"),
            ResourceVersion = preconditions.Text("resourceVersion"),
            DryRun = dryRuns.Count > 0,
        };
    }

    private static ApiError Refusal(FieldError error) => Errors.Invalid("meta.k8s.io", "DeleteOptions", error);
}

/// <summary>What a delete led to: the object is gone, or waits for its finalizers.</summary>
internal sealed record DeleteResult(StoredObject Object, bool Gone);

/// <summary>Deletes objects: at once, or by marking them and waiting for finalizers. The caller holds the store's gate.</summary>
internal sealed class ObjectDeleter(ClusterState cluster, ObjectWriter writer)
{
    public const string ForegroundFinalizer = "foregroundDeletion";
    public const string OrphanFinalizer = "orphan";

    public DeleteResult Delete(ResourceType resource, StoredObject live, DeleteRequest request)
    {
        CheckPreconditions(resource, live, request);
        var json = live.Parse();
        var metadata = json.Ensure("metadata");
        var finalizers = live.Finalizers.ToList();
        var isDefinition = resource is { IsCustom: false, Kind: "CustomResourceDefinition" };
        if (isDefinition)
        {
            if (!finalizers.Contains(Controllers.DefinitionController.CleanupFinalizer))
            {
                finalizers.Add(Controllers.DefinitionController.CleanupFinalizer);
            }
        }
        else
        {
            SetPropagation(resource, request, finalizers);
        }

        var isNamespace = resource is { IsCore: true, Kind: "Namespace" };
        var waits = finalizers.Count > 0 || (isNamespace && (json.At("spec.finalizers") as JsonArray)?.Count > 0);
        if (request.DryRun)
        {
            return new DeleteResult(live, Gone: !waits);
        }

        if (!waits)
        {
            return new DeleteResult(writer.Remove(resource, live, json), Gone: true);
        }

        if (!live.IsDeleting)
        {
            metadata["deletionTimestamp"] = cluster.Now;
            if (!isNamespace && !isDefinition)
            {
                metadata["deletionGracePeriodSeconds"] = 0;
            }

            if (!isDefinition && metadata.Number("generation") is { } generation)
            {
                metadata["generation"] = generation + 1;
            }

            if (isNamespace)
            {
                json.Ensure("status")["phase"] = "Terminating";
            }

            if (isDefinition)
            {
                Builtins.Definitions.SetCondition(
                    json.Ensure("status"), "Terminating", "True", "InstanceDeletionPending", "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon", cluster.Now);
            }
        }
        else if (finalizers.SequenceEqual(live.Finalizers, StringComparer.Ordinal))
        {
            return new DeleteResult(live, Gone: false);
        }

        metadata.Remove("finalizers");
        if (finalizers.Count > 0)
        {
            metadata["finalizers"] = new JsonArray([.. finalizers.Select(name => JsonValue.Create(name))]);
        }

        return new DeleteResult(writer.Commit(resource, json), Gone: false);
    }

    private static void SetPropagation(ResourceType resource, DeleteRequest request, List<string> finalizers)
    {
        var policy = request.Propagation
            ?? (request.OrphanDependents is { } orphan ? orphan ? "Orphan" : "Background" : null)
            ?? (finalizers.Contains(OrphanFinalizer) ? "Orphan" : finalizers.Contains(ForegroundFinalizer) ? "Foreground" : null)
            ?? (resource.OrphansByDefault ? "Orphan" : "Background");
        finalizers.RemoveAll(name => name is ForegroundFinalizer or OrphanFinalizer);
        if (policy == "Foreground")
        {
            finalizers.Add(ForegroundFinalizer);
        }
        else if (policy == "Orphan")
        {
            finalizers.Add(OrphanFinalizer);
        }
    }

    private static void CheckPreconditions(ResourceType resource, StoredObject live, DeleteRequest request)
    {
        if (request.Uid is { Length: > 0 } uid && uid != live.Uid)
        {
            throw Conflict(
                resource,
                live.Name,
                $"the UID in the precondition ({uid}) does not match the UID in record ({live.Uid}). The object might have been deleted and then recreated");
        }

        var version = live.ResourceVersion.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (request.ResourceVersion is { Length: > 0 } wanted && wanted != version)
        {
            throw Conflict(
                resource,
                live.Name,
                $"the ResourceVersion in the precondition ({wanted}) does not match the ResourceVersion in record ({version}). The object might have been modified");
        }
    }

    private static ApiError Conflict(ResourceType resource, string name, string reason) =>
        new(409, "Conflict", $"Operation cannot be fulfilled on {Errors.Qualified(resource.Group, resource.Kind)} \"{name}\": {reason}")
        {
            DetailsName = name,
            DetailsGroup = resource.Group,
            DetailsKind = resource.Kind,
        };
}
