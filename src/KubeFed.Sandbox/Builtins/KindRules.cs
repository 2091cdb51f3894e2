using System.Text.Json.Nodes;
using KubeFed.Sandbox.CustomResources;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Builtins;

/// <summary>What each kind adds to the common way of a write: defaults that depend on other fields, allocation, validation, admission.</summary>
internal sealed class KindRules(ClusterState cluster)
{
    private readonly SchemaValidation _schemas = new(namesItems: cluster.Version.Minor > 21);
    private readonly int _minor = cluster.Version.Minor;
    private readonly ServiceAddresses _addresses = new(cluster);

    /// <summary>Whether a change counts in metadata.generation.</summary>
    public static bool SpecChanged(ResourceType resource, JsonObject before, JsonObject after)
    {
        if (!resource.IsCustom && before.ContainsKey("spec"))
        {
            return !WireJson.Same(before["spec"], after["spec"]);
        }

        return !before.Select(member => member.Key).Union(after.Select(member => member.Key))
            .Where(key => key is not ("apiVersion" or "kind" or "metadata") && !(key == "status" && resource.HasStatus))
            .All(key => WireJson.Same(before[key], after[key]));
    }

    /// <summary>Refuses what may not be created where it is meant to go.</summary>
    public void Admit(ResourceType resource, string @namespace, string name)
    {
        if (!resource.Namespaced)
        {
            return;
        }

        var home = cluster.Store.Find("namespaces", string.Empty, @namespace) ?? throw Errors.NotFound(string.Empty, "namespaces", @namespace);
        if (home.IsDeleting)
        {
            throw new ApiError(
                403,
                "Forbidden",
                $"{resource.QualifiedName} \"{name}\" is forbidden: unable to create new content in namespace {@namespace} because it is being terminated")
            {
                DetailsName = name,
                DetailsGroup = resource.Group,
                DetailsKind = resource.Plural,
                Causes = [new ErrorCause("NamespaceTerminating", $"namespace {@namespace} is being terminated", "metadata.namespace")],
            };
        }
    }

    public void PrepareCreate(ResourceType resource, JsonObject value, bool dryRun)
    {
        if (resource.IsCustom)
        {
            return;
        }

        switch (resource.Kind)
        {
            case "Namespace":
                value["spec"] = new JsonObject { ["finalizers"] = WithKubernetesFinalizer(value) };
                value["status"] = new JsonObject { ["phase"] = "Active" };
                if (cluster.Version.Minor >= 21)
                {
                    value.Ensure("metadata").Ensure("labels")["kubernetes.io/metadata.name"] = value.At("metadata").Text("name");
                }

                return;
            case "Service":
                _addresses.Allocate(value, null, dryRun && cluster.Version.Minor <= 20);

                ResetStatus(resource, value);
                return;
            case "Job":
                JobIdentity(value);
                ResetStatus(resource, value);
                return;
            case "Pod":
                Pods.PrepareCreate(value);
                return;
            case "CustomResourceDefinition":
                Definitions.PrepareCreate(value);
                return;
            case "Node":
                return;
            default:
                ResetStatus(resource, value);
                return;
        }
    }

    public void PrepareUpdate(ResourceType resource, JsonObject before, JsonObject value, string subresource)
    {
        if (resource.IsCustom || subresource.Length > 0)
        {
            return;
        }

        switch (resource.Kind)
        {
            case "Service":
                _addresses.Allocate(value, before, dryRun: false);
                break;
            case "DaemonSet":
                var generation = (before.At("metadata.annotations") as JsonObject).Text(Defaults.DaemonGeneration) ?? "1";
                value.Ensure("metadata").Ensure("annotations")[Defaults.DaemonGeneration] =
                    WireJson.Same(before.At("spec.template"), value.At("spec.template")) || !long.TryParse(generation, out var count)
                        ? generation
                        : (count + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
                break;
            case "Namespace" when cluster.Version.Minor >= 21:
                value.Ensure("metadata").Ensure("labels")["kubernetes.io/metadata.name"] = value.At("metadata").Text("name");
                break;
            case "CustomResourceDefinition":
                Definitions.PrepareUpdate(value);
                break;
        }
    }

    public IReadOnlyList<FieldError> ValidateCreate(ResourceType resource, JsonObject value)
    {
        var errors = new List<FieldError>();
        MetadataValidation.Check(resource, value, errors);
        if (resource.IsCustom)
        {
            errors.AddRange(_schemas.Validate(value, resource.Schema));
        }
        else
        {
            KindValidation.Create(resource, value, errors, _minor);
        }

        return errors;
    }

    public IReadOnlyList<FieldError> ValidateUpdate(ResourceType resource, JsonObject before, JsonObject value, string subresource)
    {
        var errors = new List<FieldError>();
        MetadataValidation.Check(resource, value, errors);
        MetadataValidation.CheckUpdate(before, value, errors);

        // Servers check metadata once for all kinds and once for the kind, and say so twice.
        MetadataValidation.CheckUpdate(before, value, errors);

        if (resource.IsCustom)
        {
            errors.AddRange(_schemas.Validate(value, resource.Schema));
        }
        else if (subresource != "status")
        {
            KindValidation.Create(resource, value, errors, _minor);
            KindValidation.Update(resource, before, value, errors);
        }

        return errors;
    }

    private static JsonArray WithKubernetesFinalizer(JsonObject value)
    {
        var finalizers = new JsonArray("kubernetes");
        foreach (var given in value.At("spec.finalizers") as JsonArray ?? [])
        {
            if (given is JsonValue text && text.TryGetValue<string>(out var name) && name != "kubernetes")
            {
                finalizers.Add(name);
            }
        }

        return finalizers;
    }

    private static void ResetStatus(ResourceType resource, JsonObject value)
    {
        if (!resource.HasStatus || !resource.Schema.Fields.TryGetValue("status", out var status))
        {
            return;
        }

        var empty = new JsonObject();
        if (status.Type.Kind == ValueKind.Object)
        {
            Schema.Normalization.Apply(empty, status.Type, defaults: true);
        }

        value["status"] = empty;
    }

    private static void JobIdentity(JsonObject value)
    {
        var spec = value.Ensure("spec");
        if (spec.Flag("manualSelector"))
        {
            return;
        }

        var uid = value.At("metadata").Text("uid") ?? string.Empty;
        var labels = spec.Ensure("template").Ensure("metadata").Ensure("labels");
        labels["controller-uid"] ??= uid;
        labels["job-name"] ??= value.At("metadata").Text("name");
        if (value.At("metadata.labels") is not JsonObject { Count: > 0 })
        {
            value.Ensure("metadata")["labels"] = labels.DeepClone();
        }

        spec.Ensure("selector").Ensure("matchLabels")["controller-uid"] ??= uid;
    }
}
