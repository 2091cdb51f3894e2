using System.Text.Json.Nodes;
using KubeFed.Sandbox.Server;
using static KubeFed.Sandbox.Tables.BuiltInColumns;

namespace KubeFed.Sandbox.Tables;

/// <summary>Columns of what leads traffic somewhere.</summary>
internal static class ServiceColumns
{
    public static IReadOnlyList<Column>? Of(string kind) => kind switch
    {
        "Service" => [
            Column.ObjectName,
            Column.Text("Type", item => item.At("spec").Text("type")),
            Column.Text("Cluster-IP", item => OrNone(item.At("spec").Text("clusterIP"))),
            Column.Text("External-IP", ExternalAddress),
            Column.Text("Port(s)", item => OrNone(Joined((item.At("spec").Items("ports") ?? []).Select(Port)))),
            Column.Age,
            Column.Text("Selector", item => Labels(item.At("spec.selector") as JsonObject)).Wide(),
        ],
        "Endpoints" => [Column.ObjectName, Column.Text("Endpoints", Addresses), Column.Age],
        "Ingress" => [
            Column.ObjectName,
            Column.Text("Class", item => OrNone(item.At("spec").Text("ingressClassName"))),
            Column.Text("Hosts", Hosts),
            Column.Text("Address", item => Joined(Ingresses(item))),
            Column.Text("Ports", item => item.At("spec").Items("tls") is { Count: > 0 } ? "80, 443" : "80"),
            Column.Age,
        ],
        "IngressClass" => [
            Column.ObjectName,
            Column.Text("Controller", item => item.At("spec").Text("controller")),
            Column.Text("Parameters", item => item.At("spec.parameters") is JsonObject parameters ? $"{parameters.Text("kind")}/{parameters.Text("name")}" : "<none>"),
            Column.Age,
        ],
        "NetworkPolicy" => [Column.ObjectName, Column.Text("Pod-Selector", item => Selector(item.At("spec.podSelector") as JsonObject)), Column.Age],
        _ => null,
    };

    private static string ExternalAddress(JsonObject service)
    {
        var given = (service.At("spec").Items("externalIPs") ?? []).Select(address => address?.ToString());
        switch (service.At("spec").Text("type"))
        {
            case "LoadBalancer":
                var all = Joined([.. Ingresses(service), .. given]);
                return all.Length == 0 ? "<pending>" : all;
            case "ExternalName":
                return OrNone(service.At("spec").Text("externalName"));
            default:
                return OrNone(Joined(given));
        }
    }

    private static string Port(JsonNode? port)
    {
        var node = port.Number("nodePort") is { } number and > 0 ? $":{number}" : string.Empty;
        return $"{port.Number("port")}{node}/{port.Text("protocol")}";
    }

    private static IEnumerable<string?> Ingresses(JsonObject item) =>
        (item.At("status.loadBalancer").Items("ingress") ?? []).Select(ingress => ingress.Text("ip") is { Length: > 0 } ip ? ip : ingress.Text("hostname"));

    private static string Hosts(JsonObject ingress)
    {
        var hosts = (ingress.At("spec").Items("rules") ?? []).Select(rule => rule.Text("host")).Where(host => !string.IsNullOrEmpty(host)).ToList();
        return hosts.Count switch
        {
            0 => "*",
            <= 3 => string.Join(',', hosts),
            _ => $"{string.Join(',', hosts.Take(3))} + {hosts.Count - 3} more...",
        };
    }

    private static string Addresses(JsonObject endpoints)
    {
        var all = new List<string>();
        foreach (var subset in (endpoints.Items("subsets") ?? []).OfType<JsonObject>())
        {
            foreach (var address in (subset.Items("addresses") ?? []).OfType<JsonObject>())
            {
                var ports = subset.Items("ports");
                all.AddRange(ports is { Count: > 0 } ? ports.Select(port => $"{address.Text("ip")}:{port.Number("port")}") : [address.Text("ip") ?? string.Empty]);
            }
        }

        return all.Count switch
        {
            0 => "<none>",
            <= 3 => string.Join(',', all),
            _ => $"{string.Join(',', all.Take(3))} + {all.Count - 3} more...",
        };
    }
}
