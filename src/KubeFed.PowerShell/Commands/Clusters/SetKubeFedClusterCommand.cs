using System.Collections;
using KubeFed.Engine.Api;
using KubeFed.Engine.Clusters;

namespace KubeFed.PowerShell.Commands;

/// <summary>Changes the labels of registered clusters, and renews their credentials.</summary>
[Cmdlet(VerbsCommon.Set, "KubeFedCluster", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(Cluster))]
public sealed class SetKubeFedClusterCommand : FederationCmdlet
{
    /// <summary>Names of clusters; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Labels to set, as a table or as <c>region=eu,tier=gold</c>; a label with the value $null, or written <c>tier-</c>, is removed.</summary>
    [Parameter]
    [ValidateNotNull]
    [LabelTransformation]
    public IDictionary? Label { get; set; }

    /// <summary>Replaces the stored token by a new one of the same service account.</summary>
    [Parameter]
    public SwitchParameter RenewCredential { get; set; }

    /// <summary>With -RenewCredential: for how long the new token is good; without it, for as long as the old one was.</summary>
    [Parameter]
    public TimeSpan? TokenLifetime { get; set; }

    /// <summary>With -RenewCredential: takes a token that does not expire.</summary>
    [Parameter]
    public SwitchParameter LongLivedToken { get; set; }

    /// <summary>With -RenewCredential: an administrator's context for the cluster; without it, the stored credentials renew themselves.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public string? ClusterContext { get; set; }

    /// <summary>Kubeconfig files with that context; without them, the session's.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? ClusterKubeConfig { get; set; }

    /// <summary>Writes the changed clusters.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        OrThrow(() => Label is null && !RenewCredential
            ? throw new InputException("InvalidInput", "Nothing to change was given.", null) { Remedy = "Give -Label, -RenewCredential or both." }
            : true);
        base.BeginProcessing();
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var names = new NameFilter(Name);
        if (!TryRun(Name, operation => ClusterWork.FindAsync(operation, names), out var clusters))
        {
            return;
        }

        foreach (var cluster in clusters)
        {
            var changed = cluster;
            if (Label is not null && !TryLabel(cluster.Name, out changed))
            {
                continue;
            }

            if (RenewCredential)
            {
                if (!TryRenew(cluster.Name, out var renewed))
                {
                    continue;
                }

                changed = renewed.Cluster;
            }

            if (PassThru)
            {
                WriteObject(ClusterMap.ToOutput(changed, Now));
            }
        }
    }

    private bool TryLabel(string cluster, out MemberCluster changed)
    {
        changed = null!;
        var labels = LabelInput.Read(Label);
        var what = string.Join(", ", labels.Select(label => label.Value is null ? $"{label.Key}-" : $"{label.Key}={label.Value}"));
        return ShouldProcess($"cluster {cluster}", $"Set labels {what}")
            && TryRun(cluster, operation => operation.Federation.Clusters.LabelAsync(cluster, labels, operation.Stop), out changed);
    }

    private bool TryRenew(string cluster, out ClusterChange renewed)
    {
        var member = ClusterContext is null && ClusterKubeConfig is null
            ? null
            : OrThrow(() => ClusterWork.Contexts(this, Open, ClusterKubeConfig).Find(ClusterContext ?? cluster), cluster);
        return TryChange(
            $"cluster {cluster}",
            "Renew credentials",
            (operation, dryRun) => operation.Federation.Clusters.RenewCredentialAsync(
                new RenewRequest
                {
                    Name = cluster, Member = member, TokenLifetime = LongLivedToken ? Timeout.InfiniteTimeSpan : TokenLifetime, DryRun = dryRun,
                },
                operation.Sink,
                operation.Stop),
            result => result.Changes,
            out renewed);
    }
}
