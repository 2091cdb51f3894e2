using KubeFed.Engine.Federate;

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

    /// <summary>Where it goes; null when no parameter says so.</summary>
    private protected PlacementSpec? ReadPlacement() => PlacementInput.Read(Cluster, ClusterSelector);

    /// <summary>What differs; null when no parameter says so.</summary>
    private protected IReadOnlyList<OverrideEntry>? ReadOverrides() => Override is null ? null : OverrideInput.Read(Override);
}
