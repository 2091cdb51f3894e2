using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Engine.Federate;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.ControlPlane.Doctor;

/// <summary>Reads a whole federation and lets every check look at it. Writes nothing; what may not be read is a finding too.</summary>
internal sealed class Examination(Federation federation, bool askMembers, IEngineSink sink)
{
    private static readonly ApiResource Validating =
        new("admissionregistration.k8s.io", "v1", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations", Namespaced: false);

    private static readonly ApiResource Mutating =
        new("admissionregistration.k8s.io", "v1", "MutatingWebhookConfiguration", "mutatingwebhookconfigurations", Namespaced: false);

    private readonly List<Finding> _unreadable = [];

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var examined = await ReadAsync(cancellationToken).ConfigureAwait(false);
        return
        [
            .. _unreadable
                .Concat(ControlPlaneChecks.All(examined))
                .Concat(ClusterChecks.All(examined))
                .Concat(TypeChecks.All(examined))
                .Concat(ResourceChecks.All(examined))
                .OrderByDescending(finding => finding.Severity)
                .ThenBy(finding => finding.Subject, StringComparer.Ordinal)
                .ThenBy(finding => finding.Id, StringComparer.Ordinal),
        ];
    }

    private async Task<Examined> ReadAsync(CancellationToken cancellationToken)
    {
        var system = federation.SystemNamespace;
        var config = await federation.Host
            .FindAsync(CoreResources.KubeFedConfigs, new ObjectKey(system, KubeFedNames.ConfigName), cancellationToken)
            .ConfigureAwait(false);
        var definitions = await ListAsync(KnownResources.CustomResourceDefinitions, null, cancellationToken).ConfigureAwait(false);
        var secrets = await ListAsync(KnownResources.Secrets, system, cancellationToken).ConfigureAwait(false);
        var clusters = (await ListAsync(CoreResources.KubeFedClusters, system, cancellationToken).ConfigureAwait(false)).Select(MemberClusterReader.Read);
        var typeConfigs = await ListAsync(CoreResources.FederatedTypeConfigs, system, cancellationToken).ConfigureAwait(false);
        var types = typeConfigs.Select(Types.FederatedTypeReader.Read).ToList();
        var reading = config is null ? null : ControlPlaneConfigReader.Read(config);
        var examination = new ClusterExamination(federation, types, reading?.Scope ?? ControlPlaneScope.Cluster);
        var policy = reading?.Health ?? HealthPolicy.Default;
        return new Examined
        {
            SystemNamespace = system,
            Now = federation.Time.GetUtcNow(),
            Namespace = await federation.Host.FindAsync(KnownResources.Namespaces, ObjectKey.ClusterScoped(system), cancellationToken).ConfigureAwait(false),
            Config = config,
            Definitions = definitions.ToDictionary(definition => definition.Name, StringComparer.Ordinal),
            Webhooks =
            [
                .. await ListAsync(Validating, null, cancellationToken).ConfigureAwait(false),
                .. await ListAsync(Mutating, null, cancellationToken).ConfigureAwait(false),
            ],
            Services = [.. (await ListAsync(KnownResources.Services, system, cancellationToken).ConfigureAwait(false)).Select(service => service.Name)],
            Deployments = await ListAsync(KnownResources.Deployments, system, cancellationToken).ConfigureAwait(false),
            Secrets = secrets,
            Clusters = await Task
                .WhenAll(clusters.Select(cluster => ExamineAsync(examination, cluster, secrets, policy, cancellationToken)))
                .ConfigureAwait(false),
            Types = types,
            Resources = await ResourcesAsync(types, cancellationToken).ConfigureAwait(false),
            Preferences = await ListAsync(CoreResources.ReplicaSchedulingPreferences, null, cancellationToken).ConfigureAwait(false),
        };
    }

    private async Task<IReadOnlyList<KubeObject>> ListAsync(ApiResource resource, string? @namespace, CancellationToken cancellationToken)
    {
        try
        {
            return (await federation.Host.ListAsync(resource, new ListQuery { Namespace = @namespace }, cancellationToken).ConfigureAwait(false)).Items;
        }
        catch (KubeApiException error) when (error.IsNotFound)
        {
            return [];
        }
        catch (KubeApiException error) when (error.IsForbidden)
        {
            _unreadable.Add(Finding.Warning(
                "NotReadable",
                resource.Plural,
                error.Message,
                "Grant get and list, or run the check as an administrator; related checks were left out."));
            return [];
        }
    }

    private async Task<IReadOnlyList<FederatedResource>> ResourcesAsync(IReadOnlyList<FederatedType> types, CancellationToken cancellationToken)
    {
        var resources = new List<FederatedResource>();
        foreach (var type in types)
        {
            var found = await ListAsync(type.Federated, null, cancellationToken).ConfigureAwait(false);
            resources.AddRange(found.Select(value => new FederatedResource(type, value)));
        }

        return resources;
    }

    private async Task<ExaminedCluster> ExamineAsync(
        ClusterExamination examination, MemberCluster cluster, IReadOnlyList<KubeObject> secrets, HealthPolicy policy, CancellationToken cancellationToken)
    {
        var secret = secrets.FirstOrDefault(secret => secret.Name == cluster.SecretName);
        if (!askMembers)
        {
            return new ExaminedCluster(cluster, secret, null, null);
        }

        sink.Verbose($"Asking cluster {cluster.Name}");
        return await examination.RunAsync(cluster, secret, policy, record: false, cancellationToken).ConfigureAwait(false);
    }
}
