using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Host.Tests.Cli;

/// <summary>What <c>kubefed disable</c> prints, line by line as kubefedctl did, and when.</summary>
public sealed class DisableVerbTests
{
    private const string Config = "FederatedTypeConfig \"kube-federation-system/configmaps\"";

    private static readonly ObjectKey s_key = new(KubeFedNames.DefaultSystemNamespace, "configmaps");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task K_41_P_128_Where_no_controller_runs_disable_says_it_is_stopped_and_waits_for_nothing()
    {
        await using var bench = await Bench.StartAsync();
        await bench.OkAsync("enable", "configmaps");
        var watch = System.Diagnostics.Stopwatch.StartNew();

        var run = await bench.OkAsync("disable", "configmaps", "--delete-crd");

        Assert.Equal(
            [
                $"Disabled propagation for {Config}",
                $"Verifying propagation controller is stopped for {Config}",
                $"Propagation controller for {Config} is stopped",
                "customresourcedefinition \"federatedconfigmaps.types.kubefed.io\" deleted",
                "federatedtypeconfig \"kube-federation-system/configmaps\" deleted",
            ],
            run.Lines);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(8), watch.Elapsed.ToString());
    }

    [Fact]
    public async Task A_controller_that_does_not_stop_is_an_error_after_the_lines_that_are_true()
    {
        await using var bench = await Bench.StartAsync();
        await bench.OkAsync("enable", "configmaps");
        await bench.Host.PatchAsync(
            CoreResources.FederatedTypeConfigs,
            s_key,
            KubePatch.Merge(new JsonObject { ["status"] = new JsonObject { ["propagationController"] = "Running", ["observedGeneration"] = 1 } }),
            WriteOptions.Default with { Subresource = "status" },
            Token);

        var run = await bench.RunAsync("disable", "configmaps");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal([$"Disabled propagation for {Config}", $"Verifying propagation controller is stopped for {Config}"], run.Lines);
        Assert.Contains("still says it is running", run.Error, StringComparison.Ordinal);
        Assert.NotNull(await bench.Host.FindAsync(CoreResources.FederatedTypeConfigs, s_key, Token));

        // P-128: one that was stopped cannot take back what it said.
        Assert.Equal(["federatedtypeconfig \"kube-federation-system/configmaps\" deleted"], (await bench.OkAsync("disable", "configmaps", "--force")).Lines);
    }

    [Fact]
    public async Task A_type_that_is_disabled_already_loses_its_definition_all_the_same()
    {
        await using var bench = await Bench.StartAsync();
        await bench.OkAsync("enable", "configmaps");
        await bench.OkAsync("disable", "configmaps");

        Assert.Equal([$"{Config} does not exist"], (await bench.OkAsync("disable", "configmaps")).Lines);
        Assert.Equal(
            [$"{Config} does not exist", "customresourcedefinition \"federatedconfigmaps.types.kubefed.io\" deleted"],
            (await bench.OkAsync("disable", "cm", "--delete-crd")).Lines);
        Assert.Equal(
            [$"{Config} does not exist", "customresourcedefinition \"federatedconfigmaps.types.kubefed.io\" does not exist"],
            (await bench.OkAsync("disable", "cm", "--delete-crd", "--version", "v1", "--federated-group", "types.kubefed.io")).Lines);
    }

    [Fact]
    public async Task K_40_A_name_with_a_dot_is_a_config_name_whatever_is_served_and_another_must_be_a_type()
    {
        await using var bench = await Bench.StartAsync();

        Assert.Equal(
            ["FederatedTypeConfig \"kube-federation-system/widgets.gone.io\" does not exist"], (await bench.OkAsync("disable", "widgets.gone.io")).Lines);

        var unknown = await bench.RunAsync("disable", "widgets");
        Assert.Equal(1, unknown.ExitCode);
        Assert.StartsWith("Error: Unable to find api resource named \"widgets\".", unknown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task K_3_A_dry_run_ends_after_the_first_step()
    {
        await using var bench = await Bench.StartAsync();
        Assert.Equal([$"{Config} does not exist"], (await bench.OkAsync("disable", "configmaps", "--dry-run")).Lines);
        await bench.OkAsync("enable", "configmaps");

        Assert.Empty((await bench.OkAsync("disable", "configmaps", "--delete-crd", "--dry-run")).Out);
        Assert.NotNull(await bench.Host.FindAsync(CoreResources.FederatedTypeConfigs, s_key, Token));
    }

    [Fact]
    public async Task The_definition_stays_while_there_are_objects_of_it()
    {
        await using var bench = await Bench.StartAsync();
        await bench.OkAsync("enable", "namespaces");
        await bench.OkAsync("federate", "namespaces", "default");

        var run = await bench.RunAsync("disable", "namespaces", "--delete-crd");

        Assert.Equal(1, run.ExitCode);
        Assert.Empty(run.Out);
        Assert.StartsWith(
            "Error: Cannot delete CRD \"federatednamespaces.types.kubefed.io\" while resource instances exist.", run.Error, StringComparison.Ordinal);
    }
}
