using System.Text.Json.Nodes;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Builtins;

/// <summary>What a new cluster contains before anyone asks: namespaces, nodes, roles, the kubernetes Service.</summary>
internal static class Bootstrap
{
    private static readonly string[] Namespaces = ["default", "kube-node-lease", "kube-public", "kube-system"];
    private static readonly string[] ReadVerbs = ["get", "list", "watch"];
    private static readonly string[] WriteVerbs = ["create", "delete", "deletecollection", "patch", "update"];

    public static void Fill(ClusterState cluster, ApiServer server, ClusterOptions options)
    {
        lock (cluster.Store.Gate)
        {
            var writer = server.Writer;
            var context = new WriteContext("kube-apiserver");
            void Create(string kind, string @namespace, JsonObject value) => writer.Create(cluster.Catalog.BuiltIn(kind), @namespace, value, context);
            foreach (var name in Namespaces)
            {
                Create("Namespace", string.Empty, Named(name));
            }

            foreach (var (name, rules) in Roles())
            {
                var role = Named(name);
                role.Ensure("metadata")["labels"] = new JsonObject { ["kubernetes.io/bootstrapping"] = "rbac-defaults" };
                role["rules"] = rules;
                Create("ClusterRole", string.Empty, role);
            }

            foreach (var (name, group) in new[]
            {
                ("cluster-admin", "system:masters"), ("system:basic-user", "system:authenticated"), ("system:discovery", "system:authenticated"),
                ("system:public-info-viewer", "system:authenticated"),
            })
            {
                Create("ClusterRoleBinding", string.Empty, Binding(name, group));
            }

            var service = Named("kubernetes");
            service.Ensure("metadata")["labels"] = new JsonObject { ["component"] = "apiserver", ["provider"] = "kubernetes" };
            service["spec"] = new JsonObject
            {
                ["clusterIP"] = "10.96.0.1",
                ["ports"] = new JsonArray(new JsonObject { ["name"] = "https", ["port"] = 443, ["protocol"] = "TCP", ["targetPort"] = 6443 }),
            };
            Create("Service", "default", service);
            for (var i = 1; i <= options.Nodes; i++)
            {
                Create("Node", string.Empty, Node(cluster, $"{cluster.Name}-node-{i}", options.NodeCapacity));
            }

            server.Controllers.Settle();
        }
    }

    private static JsonObject Named(string name) => new() { ["metadata"] = new JsonObject { ["name"] = name } };

    private static JsonObject Binding(string role, string group)
    {
        var binding = Named(role);
        binding.Ensure("metadata")["labels"] = new JsonObject { ["kubernetes.io/bootstrapping"] = "rbac-defaults" };
        binding["roleRef"] = new JsonObject { ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = "ClusterRole", ["name"] = role };
        var subjects = new JsonArray(new JsonObject { ["kind"] = "Group", ["apiGroup"] = "rbac.authorization.k8s.io", ["name"] = group });
        if (role == "system:public-info-viewer")
        {
            subjects.Add(new JsonObject { ["kind"] = "Group", ["apiGroup"] = "rbac.authorization.k8s.io", ["name"] = "system:unauthenticated" });
        }

        binding["subjects"] = subjects;
        return binding;
    }

    private static IEnumerable<(string Name, JsonArray Rules)> Roles()
    {
        yield return ("cluster-admin", [Rule(["*"], ["*"], ["*"]), new JsonObject { ["nonResourceURLs"] = Texts(["*"]), ["verbs"] = Texts(["*"]) }]);
        string[] all = [.. ReadVerbs, .. WriteVerbs];
        string[] core = ["configmaps", "endpoints", "events", "persistentvolumeclaims", "pods", "pods/log", "pods/status", "secrets", "serviceaccounts", "services", "services/status"];
        string[] viewed = [.. core.Where(resource => resource != "secrets"), "limitranges", "namespaces", "resourcequotas"];
        string[] apps = ["controllerrevisions", "daemonsets", "deployments", "deployments/scale", "replicasets", "replicasets/scale", "statefulsets", "statefulsets/scale"];
        IEnumerable<JsonObject> Workloads(string[] verbs) =>
        [
            Rule(["apps"], apps, verbs),
            Rule(["batch"], ["jobs", "cronjobs"], verbs),
            Rule(["autoscaling"], ["horizontalpodautoscalers"], verbs),
            Rule(["networking.k8s.io"], ["ingresses", "networkpolicies"], verbs),
            Rule(["policy"], ["poddisruptionbudgets"], verbs),
        ];
        yield return ("admin", [
            Rule([""], core, all),
            Rule([""], ["limitranges", "namespaces", "resourcequotas"], ReadVerbs),
            .. Workloads(all),
            Rule(["rbac.authorization.k8s.io"], ["roles", "rolebindings"], all),
            Rule(["authorization.k8s.io"], ["localsubjectaccessreviews"], ["create"]),
        ]);
        yield return ("edit", [Rule([""], core, all), Rule([""], ["limitranges", "namespaces", "resourcequotas"], ReadVerbs), .. Workloads(all)]);
        yield return ("view", [Rule([""], viewed, ReadVerbs), .. Workloads(ReadVerbs)]);
        yield return ("system:basic-user", [Rule(["authorization.k8s.io"], ["selfsubjectaccessreviews", "selfsubjectrulesreviews"], ["create"])]);
        string[] discovery = ["/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz", "/version", "/version/"];
        yield return ("system:discovery", [new JsonObject { ["nonResourceURLs"] = Texts(discovery), ["verbs"] = Texts(["get"]) }]);
        yield return ("system:public-info-viewer", [
            new JsonObject { ["nonResourceURLs"] = Texts(["/healthz", "/livez", "/readyz", "/version", "/version/"]), ["verbs"] = Texts(["get"]) },
        ]);
    }

    private static JsonObject Rule(IEnumerable<string> groups, IEnumerable<string> resources, IEnumerable<string> verbs) =>
        new() { ["apiGroups"] = Texts(groups), ["resources"] = Texts(resources), ["verbs"] = Texts(verbs) };

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);

    private static JsonObject Node(ClusterState cluster, string name, NodeCapacity capacity)
    {
        var node = Named(name);
        node.Ensure("metadata")["labels"] = new JsonObject
        {
            ["beta.kubernetes.io/arch"] = "amd64",
            ["beta.kubernetes.io/os"] = "linux",
            ["kubernetes.io/arch"] = "amd64",
            ["kubernetes.io/hostname"] = name,
            ["kubernetes.io/os"] = "linux",
        };
        var room = new JsonObject
        {
            ["cpu"] = $"{capacity.MilliCpu}m",
            ["memory"] = capacity.Memory.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["pods"] = capacity.Pods.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
        node["status"] = new JsonObject
        {
            ["capacity"] = room,
            ["allocatable"] = room.DeepClone(),
            ["conditions"] = new JsonArray(new JsonObject
            {
                ["type"] = "Ready",
                ["status"] = "True",
                ["reason"] = "KubeletReady",
                ["message"] = "kubelet is posting ready status",
                ["lastHeartbeatTime"] = cluster.Now,
                ["lastTransitionTime"] = cluster.Now,
            }),
            ["nodeInfo"] = new JsonObject { ["kubeletVersion"] = cluster.Version.GitVersion, ["architecture"] = "amd64", ["operatingSystem"] = "linux" },
        };
        return node;
    }
}
