using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Host.Quickstart;

/// <summary>What the story federates.</summary>
public static class StoryObjects
{
    public const string TierLabel = "tier";

    /// <summary>A ConfigMap that was there before the federation; federated as it is, orphaned in the end.</summary>
    public static ObjectKey Greeting { get; } = StoryStage.Key("greeting");

    /// <summary>A ConfigMap declared for all clusters, deleted everywhere in the end.</summary>
    public static ObjectKey Features { get; } = StoryStage.Key("features");

    /// <summary>A Deployment declared for a selection of clusters.</summary>
    public static ObjectKey Web { get; } = StoryStage.Key("web");

    /// <summary>A ConfigMap the federation knows nothing of.</summary>
    public static ObjectKey Bystander { get; } = StoryStage.Key("bystander");

    public const string Image = "registry.k8s.io/pause:3.9";

    /// <summary>What one cluster runs instead.</summary>
    public const string OtherImage = "registry.k8s.io/pause:3.10";

    public static KubeObject ConfigMap(ObjectKey key, string entry, string value)
    {
        var map = KubeObject.Create(KnownResources.ConfigMaps, key);
        map.Json["data"] = new JsonObject { [entry] = value };
        return map;
    }

    /// <summary>A Deployment's template as it stands in <c>spec.template</c> of a federated one: two replicas of <see cref="Image"/>.</summary>
    public static JsonObject WebTemplate() => new()
    {
        ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["app"] = "web" } },
        ["spec"] = new JsonObject
        {
            ["replicas"] = 2,
            ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = "web" } },
            ["template"] = new JsonObject
            {
                ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["app"] = "web" } },
                ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "web", ["image"] = Image }) },
            },
        },
    };
}
