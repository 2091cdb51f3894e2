using System.Collections;
using KubeFed.Engine.Clusters;
using KubeFed.Kubernetes.Config;

namespace KubeFed.PowerShell.Commands;

/// <summary>Registers clusters with the host.</summary>
[Cmdlet(VerbsCommon.Join, "KubeFedCluster", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(Cluster))]
public sealed class JoinKubeFedClusterCommand : FederationCmdlet
{
    private readonly List<JoinRequest> _requests = [];

    /// <summary>The names to register clusters under.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>The joining cluster's kubeconfig context; without it, the context of the cluster's name.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public string? ClusterContext { get; set; }

    /// <summary>Kubeconfig files of the joining cluster; without them, the session's.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[]? ClusterKubeConfig { get; set; }

    /// <summary>Labels for the cluster, which selectors match: a table, or <c>region=eu,tier=gold</c>.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    [LabelTransformation]
    public IDictionary? Label { get; set; }

    /// <summary>What the host is called in the names of objects made in the member; without it, the host's context.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? HostClusterName { get; set; }

    /// <summary>The host Secret that will hold the member's credentials; without it, a generated name.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? SecretName { get; set; }

    /// <summary>A Secret in the control plane's namespace whose token the cluster accepts already; then nothing is made in the cluster.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? CredentialSecret { get; set; }

    /// <summary>Grants the service account what the enabled types take, instead of everything.</summary>
    [Parameter]
    public SwitchParameter LeastPrivilege { get; set; }

    /// <summary>For how long the service account's token is good; syncs renew it. Without it, a token that does not expire.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public TimeSpan? TokenLifetime { get; set; }

    /// <summary>Goes back to a token that does not expire, where an earlier join chose one that does.</summary>
    [Parameter]
    public SwitchParameter LongLivedToken { get; set; }

    /// <summary>The member's address as the host reaches it, where that is not the kubeconfig's.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? ApiEndpoint { get; set; }

    /// <summary>The authority of the member's certificate, where that is not the kubeconfig's: a file, or PEM.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? CertificateAuthority { get; set; }

    /// <summary>Records no authority: whoever connects relies on the roots of the system it runs on.</summary>
    [Parameter]
    public SwitchParameter SystemRoots { get; set; }

    /// <summary>The name on the member's certificate, where that is neither the endpoint's nor the kubeconfig's.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? TlsServerName { get; set; }

    /// <summary>Checks of the member's certificate to leave out from now on; <c>@()</c> for none.</summary>
    [Parameter]
    [ValidateSet("*", "SubjectName", "ValidityPeriod")]
    [AllowEmptyCollection]
    public string[]? DisabledTlsValidation { get; set; }

    /// <summary>The proxy to the member, where that is not the kubeconfig's.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? ProxyUrl { get; set; }

    /// <summary>Registers a cluster that is registered under another name already.</summary>
    [Parameter]
    public SwitchParameter AllowDuplicate { get; set; }

    /// <summary>Refuses when any of the objects to make exists already, instead of taking it over.</summary>
    [Parameter]
    public SwitchParameter ErrorOnExisting { get; set; }

    /// <summary>After a failure leaves what this run made, for a second run to go on from.</summary>
    [Parameter]
    public SwitchParameter KeepOnFailure { get; set; }

    /// <summary>How many clusters join at once.</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    public int ThrottleLimit { get; set; } = 32;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var context = Given(ClusterContext);
        var authority = Given(CertificateAuthority) is { } given && !IsPem(given) ? GetUnresolvedProviderPathFromPSPath(given) : Given(CertificateAuthority);
        string[] files = [.. (ClusterKubeConfig ?? []).Where(file => file.Length > 0).Select(GetUnresolvedProviderPathFromPSPath)];
        foreach (var name in Name)
        {
            // What is wrong with one cluster's context or files is that cluster's trouble alone.
            if ((IsWhatIf || ShouldProcess($"cluster {name} to the federation in {Open.Name}", "Join"))
                && TryRun(name, _ => Task.FromResult(Request(name, context, files, authority)), out var request))
            {
                _requests.Add(request);
            }
        }
    }

    /// <summary>All at once, when the pipeline has named them.</summary>
    protected override void EndProcessing()
    {
        if (!IsWhatIf)
        {
            TryRun(null, operation => JoinWork.RunAsync(operation, _requests, ThrottleLimit));
        }
        else if (TryRun(null, operation => JoinWork.PlanAsync(operation, _requests, ThrottleLimit), out var planned))
        {
            foreach (var result in planned)
            {
                WritePlan($"cluster {result.Cluster.Name} to the federation in {Open.Name}", result.Changes);
            }
        }
    }

    private JoinRequest Request(string name, string? context, string[] files, string? authority) => new()
    {
        Name = name,
        Member = (files.Length == 0 ? Open.Contexts : SessionOpener.Load(files)).Find(context ?? name),
        HostClusterName = HostClusterName,
        SecretName = Given(SecretName),
        CredentialSecret = Given(CredentialSecret),
        LeastPrivilege = MyInvocation.BoundParameters.ContainsKey(nameof(LeastPrivilege)) ? LeastPrivilege.IsPresent : null,
        TokenLifetime = LongLivedToken ? Timeout.InfiniteTimeSpan : TokenLifetime,
        ApiEndpoint = Given(ApiEndpoint),
        CertificateAuthority = authority is null || IsPem(authority) ? authority : File.ReadAllText(authority),
        SystemRoots = SystemRoots,
        TlsServerName = Given(TlsServerName),
        TlsChecksDisabled = DisabledTlsValidation is null ? null : Checks(DisabledTlsValidation),
        ProxyUrl = Given(ProxyUrl),
        Labels = LabelInput.ReadValues(Label),
        AllowDuplicate = AllowDuplicate,
        ErrorOnExisting = ErrorOnExisting,
        KeepOnFailure = KeepOnFailure,
    };

    private static TlsChecksDisabled Checks(string[] names) => names.Aggregate(
        TlsChecksDisabled.None, (checks, name) => checks | (name == "*" ? TlsChecksDisabled.All : Enum.Parse<TlsChecksDisabled>(name, ignoreCase: true)));

    /// <summary>An empty cell of a CSV file means: not given.</summary>
    private static string? Given(string? value) => string.IsNullOrEmpty(value) ? null : value;

    private static bool IsPem(string text) => text.Contains("-----BEGIN", StringComparison.Ordinal);
}
