using System.Text.Json.Nodes;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Builtins;

/// <summary>Defaults that a table of field = value can't say, because they look at other fields.</summary>
internal static class Defaults
{
    public const string DaemonGeneration = "deprecated.daemonset.template.generation";

    private static readonly string[] ContainerLists = ["containers", "initContainers", "ephemeralContainers"];

    public static void Apply(ResourceType resource, JsonObject value, int minor)
    {
        var spec = value.Child("spec");
        switch (resource.Kind)
        {
            case "Secret":
                MoveStringData(value);
                break;
            case "Pod" when spec is not null:
                PodSpec(spec);
                RequestsFromLimits(spec);
                spec["enableServiceLinks"] ??= true;
                break;
            case "PodTemplate":
                Template(value);
                break;
            case "Deployment" when spec is not null:
                RollingUpdate(spec.Ensure("strategy"), "25%", "25%");
                Template(spec);
                break;
            case "ReplicaSet" when spec is not null:
                Template(spec);
                break;
            case "DaemonSet" when spec is not null:
                value.Ensure("metadata").Ensure("annotations")[DaemonGeneration] ??= "1";
                if (minor >= 22)
                {
                    RollingUpdate(spec.Ensure("updateStrategy"), "1", "0", asNumbers: true);
                }
                else if (spec.Ensure("updateStrategy").Text("type") == "RollingUpdate")
                {
                    spec.Ensure("updateStrategy").Ensure("rollingUpdate")["maxUnavailable"] ??= 1;
                }

                Template(spec);
                break;
            case "StatefulSet" when spec is not null:
                if (spec.Ensure("updateStrategy").Text("type") == "RollingUpdate")
                {
                    spec.Ensure("updateStrategy").Ensure("rollingUpdate")["partition"] ??= 0;
                }

                Template(spec);
                break;
            case "Job" when spec is not null:
                Job(spec, minor);
                if (value.At("metadata.labels") is not JsonObject { Count: > 0 } && spec.At("template.metadata.labels") is JsonObject { Count: > 0 } labels)
                {
                    value.Ensure("metadata")["labels"] = labels.DeepClone();
                }

                break;
            case "CronJob" when spec?.At("jobTemplate.spec") is JsonObject job:
                job.Remove("parallelism");
                job.Remove("backoffLimit");
                Template(job);
                break;
            case "Service" when spec is not null:
                Service(spec);
                break;
            case "LimitRange" when spec is not null:
                Limits(spec);
                break;
            case "HorizontalPodAutoscaler" when spec is not null && resource.Version == "v1":
                spec["targetCPUUtilizationPercentage"] ??= 80;
                break;
            case "NetworkPolicy" when spec is not null:
                spec["policyTypes"] ??= spec.Items("egress")?.Count > 0 ? new JsonArray("Ingress", "Egress") : new JsonArray("Ingress");
                break;
            case "RoleBinding" or "ClusterRoleBinding":
                Subjects(value);
                break;
            case "CustomResourceDefinition" when spec is not null:
                Definitions.Default(value, spec);
                break;
            case "MutatingWebhookConfiguration":
                foreach (var webhook in value.Items("webhooks")?.OfType<JsonObject>() ?? [])
                {
                    webhook["reinvocationPolicy"] ??= "Never";
                }

                break;
        }
    }

    private static void MoveStringData(JsonObject value)
    {
        if (value.Child("stringData") is not { } texts)
        {
            return;
        }

        var data = value.Ensure("data");
        foreach (var (key, _) in texts)
        {
            data[key] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(texts.Text(key) ?? string.Empty));
        }

        value.Remove("stringData");
    }

    private static void RollingUpdate(JsonObject strategy, string unavailable, string surge, bool asNumbers = false)
    {
        if (strategy.Text("type") != "RollingUpdate")
        {
            return;
        }

        var rolling = strategy.Ensure("rollingUpdate");
        rolling["maxUnavailable"] ??= asNumbers ? JsonValue.Create(1) : JsonValue.Create(unavailable);
        rolling["maxSurge"] ??= asNumbers ? JsonValue.Create(0) : JsonValue.Create(surge);
    }

    private static void Job(JsonObject spec, int minor)
    {
        // Given parallelism without completions means a work queue; neither means one run.
        spec["completions"] ??= spec.Number("parallelism") is 1 ? JsonValue.Create(1) : null;
        if (spec["completions"] is null)
        {
            spec.Remove("completions");
        }

        if (minor >= 21)
        {
            spec["completionMode"] ??= "NonIndexed";
            spec["suspend"] ??= false;
        }

        if (minor >= 28)
        {
            spec["podReplacementPolicy"] ??= "TerminatingOrFailed";
        }

        Template(spec);
    }

    private static void Template(JsonObject spec)
    {
        if (spec.At("template.spec") is JsonObject pod)
        {
            PodSpec(pod);
        }
    }

    private static void PodSpec(JsonObject spec)
    {
        if (spec.Text("serviceAccountName") is { Length: > 0 } account)
        {
            spec["serviceAccount"] = account;
        }
        else if (spec.Text("serviceAccount") is { Length: > 0 } older)
        {
            spec["serviceAccountName"] = older;
        }

        foreach (var container in Containers(spec))
        {
            container["imagePullPolicy"] ??= IsLatest(container.Text("image") ?? string.Empty) ? "Always" : "IfNotPresent";
            if (spec.Flag("hostNetwork"))
            {
                foreach (var port in container.Items("ports")?.OfType<JsonObject>() ?? [])
                {
                    port["hostPort"] ??= port["containerPort"]?.DeepClone();
                }
            }
        }

        foreach (var volume in spec.Items("volumes")?.OfType<JsonObject>().Where(volume => volume.Count == 1) ?? [])
        {
            volume["emptyDir"] = new JsonObject();
        }
    }

    private static void RequestsFromLimits(JsonObject spec)
    {
        foreach (var container in Containers(spec))
        {
            foreach (var (name, limit) in container.At("resources.limits") as JsonObject ?? [])
            {
                container.Ensure("resources").Ensure("requests")[name] ??= limit?.DeepClone();
            }
        }
    }

    private static IEnumerable<JsonObject> Containers(JsonObject spec) =>
        ContainerLists.SelectMany(list => spec.Items(list)?.OfType<JsonObject>() ?? []);

    private static bool IsLatest(string image)
    {
        var name = image[(image.LastIndexOf('/') + 1)..];
        if (name.Contains('@', StringComparison.Ordinal))
        {
            return false;
        }

        var colon = name.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 || name[(colon + 1)..] == "latest";
    }

    private static void Service(JsonObject spec)
    {
        if (spec.Text("type") is "NodePort" or "LoadBalancer")
        {
            spec["externalTrafficPolicy"] ??= "Cluster";
        }

        if (spec.Text("sessionAffinity") == "ClientIP")
        {
            spec.Ensure("sessionAffinityConfig").Ensure("clientIP")["timeoutSeconds"] ??= 10800;
        }

        foreach (var port in spec.Items("ports")?.OfType<JsonObject>() ?? [])
        {
            var target = port["targetPort"];
            if (target is null || WireJson.AsNumber(target) == 0)
            {
                port["targetPort"] = port["port"]?.DeepClone();
            }
        }
    }

    private static void Limits(JsonObject spec)
    {
        foreach (var item in spec.Items("limits")?.OfType<JsonObject>().Where(item => item.Text("type") == "Container") ?? [])
        {
            foreach (var (from, to) in new[] { ("max", "default"), ("default", "defaultRequest"), ("min", "defaultRequest") })
            {
                foreach (var (name, value) in item.Child(from) ?? [])
                {
                    item.Ensure(to)[name] ??= value?.DeepClone();
                }
            }
        }
    }

    private static void Subjects(JsonObject value)
    {
        var role = value.Ensure("roleRef");
        if (string.IsNullOrEmpty(role.Text("apiGroup")))
        {
            role["apiGroup"] = "rbac.authorization.k8s.io";
        }

        foreach (var subject in value.Items("subjects")?.OfType<JsonObject>() ?? [])
        {
            if (subject.Text("kind") is "User" or "Group")
            {
                subject["apiGroup"] ??= "rbac.authorization.k8s.io";
            }
        }
    }
}
