using KubeFed.Engine;
using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Host.Quickstart.Steps;

/// <summary>Registers the three members, labelled, and probes each with the credentials that join stored.</summary>
internal sealed class JoinMembers : IStoryStep
{
    public string Title => "Join three clusters";

    public string Intent(StoryStage stage) =>
        "Joining makes a service account in the member and stores its token on the host. Labels given here are what placements select by.";

    public async Task RunAsync(StoryStage stage, Evidence evidence, CancellationToken cancellationToken)
    {
        var federation = stage.Federation;
        evidence.Columns("CLUSTER", "READY", "KUBERNETES", "LABELS");
        foreach (var member in stage.Members)
        {
            var tier = member == stage.Third ? "core" : "edge";
            var labels = new Dictionary<string, string> { [StoryObjects.TierLabel] = tier };
            var request = new JoinRequest { Name = member.Name, Member = member.Admin, Labels = labels };
            var joined = await federation.Clusters.JoinAsync(request, NullSink.Instance, cancellationToken).ConfigureAwait(false);
            var policy = HealthPolicy.Default with { Timeout = TimeSpan.FromSeconds(10) };
            var health = await federation.Clusters.CheckAsync(joined.Cluster, policy, record: true, cancellationToken).ConfigureAwait(false);
            evidence.Row(member.Name, health.Ready ? "True" : "False", health.Version ?? "unknown", $"{StoryObjects.TierLabel}={tier}");
            evidence.Check($"{member.Name} answers with the credentials join stored", health.Ready, health.Message);

            var stored = await stage.ReadAsync(
                stage.Host,
                CoreResources.KubeFedClusters,
                new ObjectKey(federation.SystemNamespace, member.Name),
                cancellationToken).ConfigureAwait(false);
            evidence.Equal(
                $"the host stores KubeFedCluster {member.Name}, Ready",
                "True",
                (stored?.Status?["conditions"] as System.Text.Json.Nodes.JsonArray)?
                    .Select(c => new KubeObject((System.Text.Json.Nodes.JsonObject)c!.DeepClone()))
                    .Where(c => StoryJson.Text(c, "type") == "Ready")
                    .Select(c => StoryJson.Text(c, "status"))
                    .FirstOrDefault());
        }
    }
}
