using System.Text.Json.Nodes;
using KubeFed.Sandbox.Server;
using KubeFed.Sandbox.Storage;

namespace KubeFed.Sandbox.Controllers.Workloads;

/// <summary>Gives Services of type LoadBalancer an address from TEST-NET-3, and takes it from those that are no longer.</summary>
/// <remarks>RFC 5737.</remarks>
internal sealed class ServiceIngress(ClusterState cluster, ObjectWriter writer)
{
    private int _next;

    public void Assign(Change change)
    {
        if (change.Type == ChangeType.Deleted || cluster.Store.Find("services", change.Object.Namespace, change.Object.Name) is not { IsDeleting: false } live)
        {
            return;
        }

        var json = live.Parse();
        var balanced = json.At("spec").Text("type") == "LoadBalancer";
        var has = (json.At("status.loadBalancer.ingress") as JsonArray)?.Count > 0;
        if (balanced == has)
        {
            return;
        }

        writer.Put(
            cluster.Catalog.BuiltIn("Service"),
            live,
            copy => copy["status"] = new JsonObject
            {
                ["loadBalancer"] = balanced
                    ? new JsonObject { ["ingress"] = new JsonArray(new JsonObject { ["ip"] = $"203.0.113.{(_next++ % 254) + 1}" }) }
                    : new JsonObject(),
            },
            "status");
    }
}
