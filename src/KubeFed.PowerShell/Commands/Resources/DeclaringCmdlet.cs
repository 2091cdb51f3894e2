using KubeFed.Engine.Federate;
using KubeFed.Engine.Propagation.Planning;
using EngineResource = KubeFed.Engine.Api.FederatedResource;

namespace KubeFed.PowerShell.Commands;

/// <summary>A cmdlet that declares where a resource goes and what differs there.</summary>
public abstract class DeclaringCmdlet : FederationCmdlet
{
    /// <summary>The clusters it goes to; * stands for all, those that join later included.</summary>
    [Parameter]
    [ValidateNotNull]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string[]? Cluster { get; set; }

    /// <summary>The labels of the clusters it goes to: <c>env=prod</c>, a hashtable of labels, or a LabelSelector.</summary>
    [Parameter]
    [ValidateNotNull]
    public object? ClusterSelector { get; set; }

    /// <summary>What differs per cluster: <c>@{ member2 = @{ '/spec/replicas' = 5 } }</c>, or by label: <c>@{ 'env=prod' = @{ ... } }</c>.</summary>
    [Parameter]
    [ValidateNotNull]
    [AllowEmptyCollection]
    public object[]? Override { get; set; }

    /// <summary>
    /// What becomes of an object of this name that a member holds already: it is adopted, or left alone and reported, or adopted if that changes nothing in it.
    /// Default leaves it to the KubeFedConfig.
    /// </summary>
    [Parameter]
    [ValidateSet("Adopt", "Abort", "AdoptIfIdentical", "Default")]
    public string? AdoptionPolicy { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        foreach (var name in (Cluster ?? []).GroupBy(name => name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1).Select(group => group.Key))
        {
            WriteWarning($"-Cluster names {name} more than once.");
        }

        if (Cluster?.Contains(SelectorInput.Everywhere) == true && Cluster.Any(name => name != SelectorInput.Everywhere))
        {
            var others = string.Join(", ", Cluster.Where(name => name != SelectorInput.Everywhere).Distinct(StringComparer.Ordinal));
            WriteWarning($"-Cluster * is every cluster; {others} beside it changes nothing.");
        }
    }

    /// <summary>Warns of what the parameters declare and probably don't mean: one for all that the pipeline brings.</summary>
    private protected DeclarationAdvice Advice { get; } = new();

    /// <summary>Where it goes; null when no parameter says so.</summary>
    private protected PlacementSpec? ReadPlacement() => PlacementInput.Read(Cluster, ClusterSelector);

    /// <summary>Declares the adoption policy, where a parameter says so.</summary>
    private protected void DeclareAdoption(EngineResource resource)
    {
        if (AdoptionPolicy is not null)
        {
            // The annotation is exact, a parameter's value is not; Default is no choice of the annotation's, and so none at all.
            resource.AdoptionPolicy = AdoptionRule.Choices.FirstOrDefault(choice => choice.Equals(AdoptionPolicy, StringComparison.OrdinalIgnoreCase));
        }
    }

    /// <summary>What differs; null when no parameter says so.</summary>
    private protected IReadOnlyList<OverrideEntry>? ReadOverrides() => Override is null ? null : OverrideInput.Read(Override);
}
