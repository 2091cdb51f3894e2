using System.CommandLine;
using KubeFed.Engine.Api;
using KubeFed.Host.Cli;
using KubeFed.Host.Quickstart;
using SandboxClusters = KubeFed.Sandbox.Sandbox;

namespace KubeFed.Host.Commands;

/// <summary><c>kubefed quickstart</c>: the story on sandbox clusters, or on those a kubeconfig names.</summary>
internal static class QuickstartCommand
{
    internal static Command Create(HostEnvironment environment)
    {
        var command = new Command(
            "quickstart",
            "Tell the life of a federation on four clusters in memory, or on your own, and check every step on their API servers.");
        var kubeConfig = new Option<string>("--kubeconfig") { Description = "Use these clusters instead of the sandbox.", HelpName = "path" };
        var hostContext = new Option<string>("--host-context")
        {
            Description = "Context of the host cluster; it must not have KubeFed yet. Without it, the current context.",
            HelpName = "context",
        };
        var memberContexts = new Option<string[]>("--member-context") { Description = "Context of a member; give exactly three.", HelpName = "context" };
        var systemNamespace = new Option<string>("--kubefed-namespace")
        {
            Description = "Namespace for the control plane.",
            HelpName = "namespace",
            DefaultValueFactory = _ => KubeFedNames.DefaultSystemNamespace,
        };
        var keep = new Option<bool>("--keep") { Description = "Leave everything in place at the end." };
        foreach (var option in new Option[] { kubeConfig, hostContext, memberContexts, systemNamespace, keep })
        {
            command.Options.Add(option);
        }

        command.SetAction((result, cancellationToken) => Guard.RunAsync(environment, async () =>
        {
            var members = result.GetValue(memberContexts) ?? [];
            var request = new GroundRequest
            {
                KubeConfig = result.GetValue(kubeConfig) ?? string.Empty,
                HostContext = result.GetValue(hostContext) ?? string.Empty,
                MemberContexts = members,
                SystemNamespace = result.GetValue(systemNamespace) ?? KubeFedNames.DefaultSystemNamespace,
            };
            if (request.NamesClusters && members.Length != 3)
            {
                throw new UsageException($"the story needs exactly three members; --member-context was given {members.Length} times");
            }

            return await RunAsync(request, result.GetValue(keep), environment, cancellationToken).ConfigureAwait(false);
        }));
        return command;
    }

    private static async Task<int> RunAsync(GroundRequest request, bool keep, HostEnvironment environment, CancellationToken cancellationToken)
    {
        if (request.NamesClusters)
        {
            return await TellAsync(ChosenGround.Real(request, environment), keep, environment, cancellationToken).ConfigureAwait(false);
        }

        var sandbox = SandboxClusters.Start();
        await using (sandbox.ConfigureAwait(false))
        {
            return await TellAsync(ChosenGround.Sandbox(sandbox, request, environment), keep, environment, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<int> TellAsync(StageOptions options, bool keep, HostEnvironment environment, CancellationToken cancellationToken)
    {
        using var stage = new StoryStage(options);
        var printer = new StoryPrinter(Consoles.For(environment));
        var start = environment.Time.GetTimestamp();
        var reports = new List<StepReport>();
        await foreach (var report in Story.RunAsync(stage, keep, cancellationToken).ConfigureAwait(false))
        {
            printer.Print(report);
            reports.Add(report);
        }

        printer.Summary(reports, environment.Time.GetElapsedTime(start));
        cancellationToken.ThrowIfCancellationRequested();
        return reports.All(report => report.Passed) ? ExitCode.Ok : ExitCode.Failed;
    }
}
