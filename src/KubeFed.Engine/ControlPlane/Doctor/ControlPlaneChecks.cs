using KubeFed.Engine.Api;
using KubeFed.Engine.Api.Validation;

namespace KubeFed.Engine.ControlPlane.Doctor;

/// <summary>What can be wrong with the control plane's own objects.</summary>
internal static class ControlPlaneChecks
{
    public static IEnumerable<Finding> All(Examined examined) =>
        [.. Installed(examined), .. Definitions(examined), .. Config(examined), .. Controller(examined), .. Webhooks(examined), .. Leftovers(examined)];

    private static IEnumerable<Finding> Installed(Examined examined)
    {
        var @namespace = $"namespace {examined.SystemNamespace}";
        if (examined.Config is null)
        {
            yield return Finding.Error(
                "ControlPlaneMissing",
                @namespace,
                "There is no KubeFedConfig named kubefed.",
                "Run Install-KubeFed, or name the right namespace.");
        }

        if (examined.Namespace is { IsDeleting: true })
        {
            yield return Finding.Error("SystemNamespaceDeleting", @namespace, "The namespace is being deleted.", "Wait until it is gone and install again.");
        }
    }

    private static IEnumerable<Finding> Definitions(Examined examined)
    {
        if (examined.Config is null)
        {
            yield break;
        }

        foreach (var wanted in ControlPlaneManifests.Definitions())
        {
            var subject = $"definition {wanted.Name}";
            if (!examined.Definitions.TryGetValue(wanted.Name, out var stored))
            {
                yield return Finding.Error("DefinitionMissing", subject, "The custom resource definition is missing.", "Run Install-KubeFed.");
            }
            else if (!IsEstablished(stored))
            {
                yield return Finding.Error("DefinitionNotEstablished", subject, "The host does not serve it.", "Look at the definition's conditions.");
            }
        }
    }

    private static IEnumerable<Finding> Config(Examined examined)
    {
        if (examined.Config is not { } config)
        {
            yield break;
        }

        const string subject = "KubeFedConfig kubefed";
        foreach (var error in KubeFedConfigValidation.Check(config, before: null))
        {
            yield return Finding.Warning("ConfigInvalid", subject, error.ToString(), "Set the value; a KubeFed controller refuses to start with it.");
        }

        var read = ControlPlaneConfigReader.Read(config);
        if (read.AdoptResources)
        {
            // P-47
            yield return Finding.Information(
                "AdoptionOn",
                subject,
                "Existing objects of the same name in members are taken over.",
                "To have them reported instead, run Set-KubeFedConfig -AdoptResources $false, which no resource can widen, or annotate single resources "
                    + $"{KubeFedNames.AdoptionPolicyAnnotation}=Abort or AdoptIfIdentical.");
        }

        if (read.WhyNotPropagating is { } off)
        {
            yield return Finding.Warning(
                "PropagationGateOff",
                subject,
                $"Nothing is propagated or taken away, by syncs or by controllers: {off}.",
                "To go on, run Set-KubeFedConfig -FeatureGate @{ PushReconciler = $true }.");
        }

        if (read.WhyNotScheduling is { } still && examined.Preferences.Count > 0)
        {
            yield return Finding.Warning(
                "SchedulingGateOff",
                subject,
                $"The replicas of {examined.Preferences.Count} ReplicaSchedulingPreferences are not scheduled: {still}.",
                "To have them scheduled, run Set-KubeFedConfig -FeatureGate @{ SchedulerPreferences = $true }; or remove them.");
        }

        foreach (var idle in ConfigEffects.Chosen(config.Spec))
        {
            yield return Finding.Information("SettingWithoutEffect", subject, $"{idle}", "Nothing; it is kept for a KubeFed controller.");
        }
    }

    /// <summary>A controller of KubeFed's writes whole objects, so that what a sync applies and what it puts undo each other.</summary>
    /// <remarks>A-121.</remarks>
    private static IEnumerable<Finding> Controller(Examined examined)
    {
        foreach (var deployment in examined.Deployments.Where(found => found.Name == "kubefed-controller-manager" && found.Spec.Integer("replicas") != 0))
        {
            yield return Finding.Warning(
                "ControllerRunning",
                $"deployment {deployment.Name}",
                "A KubeFed controller manages this federation; it and a sync undo each other's writes.",
                $"Scale deployment {deployment.Name} in namespace {examined.SystemNamespace} to 0, and then sync.");
        }
    }

    /// <summary>P-108: KubeFed's webhooks fail closed, and outlive the deployment that answered them.</summary>
    private static IEnumerable<Finding> Webhooks(Examined examined)
    {
        foreach (var configuration in examined.Webhooks)
        {
            foreach (var webhook in configuration.Json.Maps("webhooks"))
            {
                var service = webhook.Map("clientConfig").Map("service");
                if (webhook.Text("name")?.EndsWith(".kubefed.io", StringComparison.Ordinal) == true
                    && service.Text("namespace") == examined.SystemNamespace
                    && !examined.Services.Contains(service.Text("name") ?? string.Empty))
                {
                    yield return Finding.Error(
                        "WebhookStranded",
                        $"{configuration.Kind} {configuration.Name}",
                        $"Webhook {webhook.Text("name")} calls service {service.Text("name")}, which is gone; every write of these kinds is refused.",
                        "Delete the webhook configuration.");
                }
            }
        }
    }

    /// <summary>P-8, K-12: what joins of KubeFed left behind.</summary>
    private static IEnumerable<Finding> Leftovers(Examined examined)
    {
        var used = examined.Clusters.Select(cluster => cluster.Cluster.SecretName).ToHashSet(StringComparer.Ordinal);
        foreach (var secret in examined.Secrets.Where(secret => !used.Contains(secret.Name) && HoldsOnlyAToken(secret)))
        {
            if (examined.Clusters.FirstOrDefault(cluster => secret.Name.StartsWith(cluster.Cluster.Name + "-", StringComparison.Ordinal)) is { } cluster)
            {
                yield return Finding.Warning(
                    "SecretUnused",
                    $"secret {secret.Name}",
                    $"It holds a token, probably for cluster {cluster.Cluster.Name}, and no KubeFedCluster uses it.",
                    "Delete it.");
            }
        }
    }

    private static bool HoldsOnlyAToken(Kubernetes.Objects.KubeObject secret) =>
        secret.Json.Map("data") is { Count: 1 } data && data.ContainsKey(KubeFedNames.TokenKey);

    private static bool IsEstablished(Kubernetes.Objects.KubeObject definition) =>
        definition.Status.Maps("conditions").Any(condition => condition.Text("type") == "Established" && condition.Text("status") == "True");
}
