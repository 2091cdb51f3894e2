using System.Text.Json.Nodes;
using KubeFed.Sandbox.Storage;

namespace KubeFed.Sandbox.Server;

/// <summary>Answers requests for the scale subresource.</summary>
internal sealed class ScaleHandler(ClusterState cluster, ObjectWriter writer)
{
    /// <summary>The scale of an object.</summary>
    public SandboxResponse Get(ResourceType resource, RequestInfo info)
    {
        var live = Scaled(resource, info);
        return WriteHandler.Json(200, Subresources.Scale(resource, ObjectView.Parse(live, resource, cluster.Types)));
    }

    /// <summary>Sets the replicas of an object to what <paramref name="change"/> makes of its scale.</summary>
    public SandboxResponse Change(ResourceType resource, RequestInfo info, Func<JsonObject, JsonObject> change, WriteContext context)
    {
        var live = Scaled(resource, info);
        JsonObject? scale = null;
        var result = writer.Update(
            resource,
            live,
            current =>
            {
                scale = change(Subresources.Scale(resource, current));
                if (WireJson.AsNumber(scale.At("spec.replicas")) is { } replicas and < 0)
                {
                    throw new ApiError(422, "Invalid", $"Scale.autoscaling \"{info.Name}\" is invalid: spec.replicas: Invalid value: {replicas}: must be greater than or equal to 0")
                    {
                        DetailsName = info.Name,
                        DetailsGroup = "autoscaling",
                        DetailsKind = "Scale",
                        Causes = [new ErrorCause("FieldValueInvalid", $"Invalid value: {replicas}: must be greater than or equal to 0", "spec.replicas")],
                    };
                }

                Subresources.SetReplicas(resource, current, scale);
                if (scale.At("metadata").Text("resourceVersion") is { Length: > 0 } version)
                {
                    current.Ensure("metadata")["resourceVersion"] = version;
                }

                return current;
            },
            context);
        return WriteHandler.Json(200, Subresources.Scale(resource, ObjectView.Parse(result.Object, resource, cluster.Types)));
    }

    private StoredObject Scaled(ResourceType resource, RequestInfo info) =>
        cluster.Store.Find(resource.StorageKey, WriteHandler.Home(resource, info), info.Name)
        ?? throw Errors.NotFound(resource.Group, resource.IsCustom ? resource.Plural : resource.Plural + "/scale", info.Name);
}
