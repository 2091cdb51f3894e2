using System.Collections;
using KubeFed.Engine.Api;

namespace KubeFed.PowerShell.Commands;

/// <summary>Changes the configuration of a control plane; what is not named stays as it is.</summary>
/// <remarks>A-54 to A-62.</remarks>
[Cmdlet(VerbsCommon.Set, "KubeFedConfig", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(KubeFedConfig))]
public sealed class SetKubeFedConfigCommand : FederationCmdlet
{
    /// <summary>Whether objects of the same name that members hold already are taken over.</summary>
    [Parameter]
    public bool? AdoptResources { get; set; }

    /// <summary>Feature gates by name, each with $true or $false; gates that are not named stay as they are.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public IDictionary? FeatureGate { get; set; }

    /// <summary>How long a KubeFed controller waits before it reconciles to an available cluster.</summary>
    [Parameter]
    public TimeSpan? AvailableDelay { get; set; }

    /// <summary>How long a KubeFed controller waits before it reconciles to an unavailable cluster.</summary>
    [Parameter]
    public TimeSpan? UnavailableDelay { get; set; }

    /// <summary>How long a KubeFed controller waits for its caches.</summary>
    [Parameter]
    public TimeSpan? CacheSyncTimeout { get; set; }

    /// <summary>How often the health of members is looked at.</summary>
    [Parameter]
    public TimeSpan? HealthCheckPeriod { get; set; }

    /// <summary>How long a member may take to answer a health check.</summary>
    [Parameter]
    public TimeSpan? HealthCheckTimeout { get; set; }

    /// <summary>How many failures in a row make a member not ready.</summary>
    [Parameter]
    public int? HealthCheckFailureThreshold { get; set; }

    /// <summary>How many successes in a row make a member ready again.</summary>
    [Parameter]
    public int? HealthCheckSuccessThreshold { get; set; }

    /// <summary>How long a leader's lease lasts; more than the renew deadline.</summary>
    [Parameter]
    public TimeSpan? LeaseDuration { get; set; }

    /// <summary>How long a leader tries to renew its lease; more than 1.2 times the retry period.</summary>
    [Parameter]
    public TimeSpan? RenewDeadline { get; set; }

    /// <summary>How long is waited between attempts to lead.</summary>
    [Parameter]
    public TimeSpan? RetryPeriod { get; set; }

    /// <summary>Writes the changed configuration.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var input = OrThrow(Read);
        var changed = TryChange(
            $"configuration of control plane {Open.KubeFedNamespace} in {Open.Name}",
            $"Set {input}",
            (operation, dryRun) => operation.Federation.ControlPlane.EditConfigAsync(input.ApplyTo, dryRun, operation.Stop),
            out var config);
        foreach (var idle in changed ? ConfigEffects.Set(config!.Source.Spec, input.Paths) : [])
        {
            WriteWarning($"Stored: {idle}");
        }

        if (changed && PassThru)
        {
            WriteObject(SettingsMap.ToOutput(config, Open, Now));
        }
    }

    private ConfigInput Read()
    {
        var input = new ConfigInput()
            .Switch("syncController", "adoptResources", AdoptResources)
            .Duration("controllerDuration", "availableDelay", nameof(AvailableDelay), AvailableDelay)
            .Duration("controllerDuration", "unavailableDelay", nameof(UnavailableDelay), UnavailableDelay)
            .Duration("controllerDuration", "cacheSyncTimeout", nameof(CacheSyncTimeout), CacheSyncTimeout)
            .Duration("clusterHealthCheck", "period", nameof(HealthCheckPeriod), HealthCheckPeriod)
            .Duration("clusterHealthCheck", "timeout", nameof(HealthCheckTimeout), HealthCheckTimeout)
            .Number("clusterHealthCheck", "failureThreshold", HealthCheckFailureThreshold)
            .Number("clusterHealthCheck", "successThreshold", HealthCheckSuccessThreshold)
            .Duration("leaderElect", "leaseDuration", nameof(LeaseDuration), LeaseDuration)
            .Duration("leaderElect", "renewDeadline", nameof(RenewDeadline), RenewDeadline)
            .Duration("leaderElect", "retryPeriod", nameof(RetryPeriod), RetryPeriod)
            .Gates(FeatureGate);
        return input.IsEmpty
            ? throw new InputException("InvalidInput", "No value to set was given.", null) { Remedy = "Give at least one value, such as -AdoptResources." }
            : input;
    }
}
