using System.Text.Json.Nodes;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Builtins;

/// <summary>Gives Services their cluster IPs and node ports, and keeps them across updates.</summary>
internal sealed class ServiceAddresses(ClusterState cluster)
{
    private const int FirstNodePort = 30000;
    private const int LastNodePort = 32767;

    public void Allocate(JsonObject service, JsonObject? before, bool dryRun)
    {
        var spec = service.Ensure("spec");
        var old = before?.Child("spec");
        var type = spec.Text("type") ?? "ClusterIP";
        if (type == "ExternalName")
        {
            spec.Remove("clusterIP");
            spec.Remove("clusterIPs");
            return;
        }

        var keeps = before is null || cluster.Version.Minor > 20 || spec.Items("clusterIPs") is not null;
        if (keeps && string.IsNullOrEmpty(spec.Text("clusterIP")) && old.Text("type") != "ExternalName" && old.Text("clusterIP") is { Length: > 0 } kept)
        {
            spec["clusterIP"] = kept;
        }

        if (dryRun && string.IsNullOrEmpty(spec.Text("clusterIP")))
        {
            return;
        }

        if (keeps && string.IsNullOrEmpty(spec.Text("clusterIP")))
        {
            spec["clusterIP"] = NextAddress();
        }

        if (string.IsNullOrEmpty(spec.Text("clusterIP")))
        {
            // Kubernetes 1.20.2 wants the address repeated in a replace; validation says so.
            return;
        }

        if (cluster.Version.Minor >= 20)
        {
            spec["clusterIPs"] = new JsonArray(spec.Text("clusterIP"));
        }

        if (cluster.Version.Minor >= 21)
        {
            // Without a selector a headless service may have addresses of either family.
            var isOpen = spec.Text("clusterIP") == "None" && spec.Child("selector") is not { Count: > 0 };
            spec["ipFamilyPolicy"] ??= isOpen && spec["ipFamilies"] is null ? "RequireDualStack" : "SingleStack";
            spec["ipFamilies"] ??= spec.Text("ipFamilyPolicy") == "RequireDualStack" && isOpen ? new JsonArray("IPv4", "IPv6") : new JsonArray("IPv4");
            spec["internalTrafficPolicy"] ??= "Cluster";
        }

        NodePorts(spec, old, type);
    }

    private void NodePorts(JsonObject spec, JsonObject? old, string type)
    {
        var ports = spec.Items("ports")?.OfType<JsonObject>().ToList() ?? [];
        if (type is not ("NodePort" or "LoadBalancer"))
        {
            foreach (var port in ports)
            {
                port.Remove("nodePort");
            }

            spec.Remove("externalTrafficPolicy");
            return;
        }

        spec["externalTrafficPolicy"] ??= "Cluster";
        if (type == "LoadBalancer" && cluster.Version.Minor >= 22)
        {
            spec["allocateLoadBalancerNodePorts"] ??= true;
        }

        var earlier = old?.Items("ports")?.OfType<JsonObject>().ToList() ?? [];
        HashSet<long>? taken = null;
        foreach (var port in ports.Where(port => port.Number("nodePort") is null or 0))
        {
            var same = earlier.FirstOrDefault(candidate => candidate.Number("port") == port.Number("port") && candidate.Text("protocol") == port.Text("protocol"));
            if (same?.Number("nodePort") is { } kept)
            {
                port["nodePort"] = kept;
                continue;
            }

            taken ??= [.. InUse("nodePort"), .. ports.Select(given => given.Number("nodePort") ?? 0)];
            var free = Enumerable.Range(FirstNodePort, LastNodePort - FirstNodePort + 1).Select(candidate => (long)candidate).First(candidate => !taken.Contains(candidate));
            taken.Add(free);
            port["nodePort"] = free;
        }
    }

    private string NextAddress()
    {
        var taken = cluster.Store.Read("services").Objects.Select(service => service.Fields.Count > 0 ? service.Fields[0] : string.Empty).ToHashSet(StringComparer.Ordinal);
        for (var i = 10; ; i++)
        {
            var address = $"10.96.{i / 256}.{i % 256}";
            if (!taken.Contains(address) || i > 65000)
            {
                return address;
            }
        }
    }

    private IEnumerable<long> InUse(string field) =>
        cluster.Store.Read("services").Objects
            .Where(service => service.Fields is [_, "NodePort" or "LoadBalancer", ..])
            .SelectMany(service => (service.Parse().At("spec.ports") as JsonArray)?.Select(port => port.Number(field) ?? 0) ?? []);
}
