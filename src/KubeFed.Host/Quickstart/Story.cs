using System.Runtime.CompilerServices;
using KubeFed.Engine;
using KubeFed.Host.Quickstart.Steps;
using KubeFed.Kubernetes.Client;

namespace KubeFed.Host.Quickstart;

/// <summary>
/// The life of a federation in one sitting. A step that fails ends the story, except that the last one, which puts everything back, always runs once
/// something was written; also when the caller cancels.
/// </summary>
public static class Story
{
    /// <summary>The steps in order; the last one cleans up.</summary>
    public static IReadOnlyList<IStoryStep> Steps { get; } =
    [
        new MeetTheClusters(),
        new InstallControlPlane(),
        new JoinMembers(),
        new EnableTypes(),
        new FederateNamespace(),
        new FederateConfigMap(),
        new DeclareResources(),
        new SyncEverything(),
        new ShowCopies(),
        new RepairDrift(),
        new LeavePlacement(),
        new DeleteAndOrphan(),
        new UnjoinMember(),
        new StayQuiet(),
        new PutEverythingBack(),
    ];

    /// <summary>Runs the story, one report per step as it ends.</summary>
    /// <param name="stage">The clusters; not disposed here.</param>
    /// <param name="keep">Leave everything in place at the end.</param>
    /// <param name="cancellationToken">Ends the story; what was made is then still put back.</param>
    public static async IAsyncEnumerable<StepReport> RunAsync(StoryStage stage, bool keep, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var number = 0;
        foreach (var step in Steps.SkipLast(1))
        {
            number++;
            var report = await RunStepAsync(number, step, stage, cancellationToken).ConfigureAwait(false);
            yield return report;
            if (!report.Passed)
            {
                break;
            }
        }

        if (stage.Touched && !keep)
        {
            // Cancelling the story must not leave its objects behind, so putting back has a token of its own; each wait in it is bounded.
            yield return await RunStepAsync(Steps.Count, Steps[^1], stage, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static async Task<StepReport> RunStepAsync(int number, IStoryStep step, StoryStage stage, CancellationToken cancellationToken)
    {
        var evidence = new Evidence();
        string? failure = null;
        try
        {
            await step.RunAsync(stage, evidence, cancellationToken).ConfigureAwait(false);
        }
        catch (FederationException error)
        {
            failure = Explain(error.Message, error.Remedy);
        }
        catch (KubeException error)
        {
            failure = Explain(error.Message, error.Remedy);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            failure = "cancelled";
        }
        catch (Exception error)
        {
            // A defect, then. It is told in full, and must not keep the last step from putting things back.
            failure = error.ToString();
        }

        return new StepReport(number, step.Title, step.Intent(stage), evidence.Table, evidence.Checks, failure);
    }

    private static string Explain(string message, string? remedy) => remedy is null ? message : $"{message} {remedy}";
}
