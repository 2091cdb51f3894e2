namespace KubeFed.Host.Quickstart;

/// <summary>One step of the story: something is done with the federation, then the servers are asked whether it came true.</summary>
public interface IStoryStep
{
    string Title { get; }

    /// <summary>What is done, in a sentence or two; may name the clusters of the stage.</summary>
    string Intent(StoryStage stage);

    /// <exception cref="FederationException">The engine refused.</exception>
    /// <exception cref="Kubernetes.Client.KubeException">A server refused or could not be reached.</exception>
    Task RunAsync(StoryStage stage, Evidence evidence, CancellationToken cancellationToken);
}

/// <summary>A step as it went.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Title">The step's name.</param>
/// <param name="Intent">What was done.</param>
/// <param name="Table">What was seen; null when the step shows no table.</param>
/// <param name="Checks">What had to be true.</param>
/// <param name="Failure">Why the step could not be finished; null when it could.</param>
public sealed record StepReport(int Number, string Title, string Intent, StoryTable? Table, IReadOnlyList<Check> Checks, string? Failure)
{
    /// <summary>The step ran to its end, proved something, and everything it says is so.</summary>
    public bool Passed => Failure is null && Checks.Count > 0 && Checks.All(check => check.Holds);
}
