using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Objects;
using KubeFed.Sandbox.Server;

namespace KubeFed.Sandbox.Builtins;

/// <summary>Which checks a built-in kind gets: those that a federation meets.</summary>
internal static class KindValidation
{
    public static void Create(ResourceType resource, JsonObject value, List<FieldError> errors, int minor)
    {
        switch (resource.Kind)
        {
            case "ConfigMap":
                DataValidation.Keys(value, "data", errors);
                DataValidation.Keys(value, "binaryData", errors);
                break;
            case "Secret":
                DataValidation.Keys(value, "data", errors);
                DataValidation.Secret(value, errors);
                break;
            case "PodTemplate":
                PodTemplates.Spec(value.At("template.spec") as JsonObject ?? [], "template.spec", errors);
                break;
            case "Deployment" or "ReplicaSet" or "StatefulSet" or "DaemonSet":
                WorkloadValidation.Workload(value, errors);
                break;
            case "Job":
                WorkloadValidation.Job(value, errors, minor);
                break;
            case "CronJob":
                PodTemplates.Spec(value.At("spec.jobTemplate.spec.template.spec") as JsonObject ?? [], "spec.jobTemplate.spec.template.spec", errors);
                break;
            case "Pod":
                PodTemplates.Spec(value.Child("spec") ?? [], "spec", errors);
                break;
            case "Service":
                NetworkValidation.Service(value, errors);
                break;
            case "Ingress":
                NetworkValidation.Ingress(value, errors);
                break;
            case "RoleBinding" or "ClusterRoleBinding":
                RoleValidation.Binding(value, resource.Kind == "ClusterRoleBinding", errors);
                break;
            case "Role" or "ClusterRole":
                RoleValidation.Rules(value, errors);
                break;
            case "CustomResourceDefinition":
                DefinitionValidation.Check(value, errors);
                break;
            case "HorizontalPodAutoscaler":
                if ((value.At("spec").Number("maxReplicas") ?? 0) < 1)
                {
                    errors.Add(FieldError.Invalid("spec.maxReplicas", value.At("spec.maxReplicas"), "must be greater than 0"));
                }

                break;
        }
    }

    public static void Update(ResourceType resource, JsonObject before, JsonObject value, List<FieldError> errors)
    {
        switch (resource.Kind)
        {
            case "ConfigMap" or "Secret":
                DataValidation.Unchanged(before, value, errors);
                if (resource.Kind == "Secret")
                {
                    Immutable("type", before, value, errors);
                }

                break;
            case "Deployment" or "ReplicaSet" or "DaemonSet":
                Immutable("spec.selector", before, value, errors);
                break;
            case "StatefulSet":
                WorkloadValidation.StatefulSetUpdate(before, value, errors);
                break;
            case "Job":
                Immutable("spec.selector", before, value, errors);
                Immutable("spec.completions", before, value, errors);
                Immutable("spec.template", before, value, errors);
                break;
            case "Service":
                NetworkValidation.ServiceAddressUpdate(before, value, errors);
                break;
            case "RoleBinding" or "ClusterRoleBinding":
                if (!WireJson.Same(before["roleRef"], value["roleRef"]))
                {
                    errors.Add(FieldError.Invalid("roleRef", GoText.Struct("rbac.RoleRef", value.Child("roleRef"), ["apiGroup", "kind", "name"]), "cannot change roleRef", raw: true));
                }

                break;
            case "CustomResourceDefinition":
                Immutable("spec.group", before, value, errors);
                Immutable("spec.scope", before, value, errors);
                Immutable("spec.names.plural", before, value, errors);
                Immutable("spec.names.kind", before, value, errors);
                break;
            case "PriorityClass":
                Immutable("value", before, value, errors);
                break;
            case "StorageClass":
                Immutable("provisioner", before, value, errors);
                Immutable("parameters", before, value, errors);
                break;
        }
    }

    private static void Immutable(string path, JsonObject before, JsonObject value, List<FieldError> errors)
    {
        if (!WireJson.Same(before.At(path), value.At(path)))
        {
            errors.Add(FieldError.Invalid(path, GoText.Print(path, value.At(path)), "field is immutable", raw: true));
        }
    }
}
