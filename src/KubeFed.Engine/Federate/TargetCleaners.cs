using System.Text.Json.Nodes;
using KubeFed.Engine.Api;

namespace KubeFed.Engine.Federate;

/// <summary>
/// Takes out of a live object what its own cluster put there and other clusters must decide for themselves. One small rule per kind; what a rule does not
/// name stays.
/// </summary>
/// <remarks>K-54, with the losses and left-overs of P-125 repaired.</remarks>
internal static class TargetCleaners
{
    private static readonly string[] JobLabels =
        ["controller-uid", "job-name", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name"];

    private static readonly string[] AnnotationsOfTools =
    [
        "kubectl.kubernetes.io/last-applied-configuration",
        "deployment.kubernetes.io/revision",
        "deprecated.daemonset.template.generation",
        "control-plane.alpha.kubernetes.io/leader",
        .. CopyMarks.Annotations,
    ];

    private static readonly string[] AnnotationPrefixesOfClaims = ["pv.kubernetes.io/", "volume.kubernetes.io/", "volume.beta.kubernetes.io/"];

    /// <summary>Cleans a template in place. Kinds are told apart by group, too: another group's Service is not cleaned as one.</summary>
    public static void Clean(JsonObject template, string group, string kind)
    {
        var spec = template["spec"] as JsonObject;
        CleanMetadata(template);
        switch (group, kind)
        {
            case ("", "Namespace"):
                spec?.Remove("finalizers");
                template.Map("metadata").Map("labels")?.Remove("kubernetes.io/metadata.name");
                break;
            case ("", "ServiceAccount"):
                template.Remove("secrets");
                break;
            case ("", "Service"):
                CleanService(spec);
                break;
            case ("", "Pod"):
                spec?.Remove("nodeName");
                break;
            case ("", "PersistentVolumeClaim"):
                spec?.Remove("volumeName");
                RemoveAnnotations(template, name => AnnotationPrefixesOfClaims.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)));
                break;
            case ("", "PersistentVolume"):
                spec?.Remove("claimRef");
                break;
            case ("batch", "Job"):
                CleanJob(template, spec);
                break;
            case ("rbac.authorization.k8s.io", "ClusterRole") when template["aggregationRule"] is not null:
                // The rules are the sum of other roles, and each cluster sums up its own.
                template.Remove("rules");
                break;
        }

        DropEmptyMetadata(template);
    }

    private static void CleanMetadata(JsonObject template)
    {
        if (template["metadata"] is not JsonObject metadata)
        {
            return;
        }

        // K-53 keeps labels only; annotations are the user's too (P-125), and so are finalizers that no server has seen yet (P-41).
        var declared = !TemplateMetadata.IsLive(template);
        foreach (var name in metadata.Select(pair => pair.Key).Where(name => name is not ("labels" or "annotations")).ToList())
        {
            if (!declared || name != "finalizers")
            {
                metadata.Remove(name);
            }
        }

        metadata.Map("labels")?.Remove(KubeFedNames.ManagedLabel);
        RemoveAnnotations(template, name => AnnotationsOfTools.Contains(name, StringComparer.Ordinal));
    }

    private static void RemoveAnnotations(JsonObject template, Func<string, bool> unwanted)
    {
        if (template.Map("metadata").Map("annotations") is { } annotations)
        {
            foreach (var name in annotations.Select(pair => pair.Key).Where(unwanted).ToList())
            {
                annotations.Remove(name);
            }
        }
    }

    private static void CleanService(JsonObject? spec)
    {
        if (spec is null)
        {
            return;
        }

        // "None" is not an address but the wish for a headless service.
        if (spec.Text("clusterIP") != "None")
        {
            spec.Remove("clusterIP");
            spec.Remove("clusterIPs");
        }

        spec.Remove("healthCheckNodePort");
        foreach (var port in spec.Maps("ports"))
        {
            port.Remove("nodePort");
        }
    }

    private static void CleanJob(JsonObject template, JsonObject? spec)
    {
        if (spec is null || spec.Flag("manualSelector"))
        {
            return;
        }

        spec.Remove("selector");
        var podMetadata = spec.Map("template").Map("metadata");
        foreach (var labels in new[] { template.Map("metadata").Map("labels"), podMetadata.Map("labels") })
        {
            foreach (var label in JobLabels)
            {
                labels?.Remove(label);
            }
        }

        if (podMetadata is not null)
        {
            DropIfEmpty(podMetadata, "labels");
            podMetadata.Remove("creationTimestamp");
        }
    }

    private static void DropEmptyMetadata(JsonObject template)
    {
        if (template["metadata"] is JsonObject metadata)
        {
            DropIfEmpty(metadata, "labels");
            DropIfEmpty(metadata, "annotations");
            DropIfEmpty(template, "metadata");
        }
    }

    private static void DropIfEmpty(JsonObject parent, string name)
    {
        if (parent[name] is JsonObject { Count: 0 })
        {
            parent.Remove(name);
        }
    }
}
