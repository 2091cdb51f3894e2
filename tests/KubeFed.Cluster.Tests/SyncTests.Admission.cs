using KubeFed.Cluster.Tests.Admission;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Cluster.Tests;

/// <content>Copies that a member's admission changes on their way in.</content>
public sealed partial class SyncTests
{
    [Fact]
    public async Task S_20_P_39_P_40_What_a_webhook_injects_stays_through_changes_of_the_template_and_costs_no_write()
    {
        await StartAsync();
        await using var webhook = await InjectingWebhook.StartAsync(_away, _namespace, Token);
        await DeclareAsync("deployments.apps", "app",
            "'template':{'metadata':{'labels':{'inject':'yes'}},'spec':{'replicas':1,'selector':{'matchLabels':{'a':'b'}},"
            + "'template':{'metadata':{'labels':{'a':'b'}},'spec':{'containers':[{'name':'c','image':'one'}]}}}}");

        // A registration takes a moment to come into force; a template of another generation is written again until it has.
        for (var round = 1; await InjectedAsync() is null; round++)
        {
            Assert.True(round < 100, "The webhook was never asked.");
            await Task.Delay(100, Token);
            await EditFederatedAsync("deployments.apps", "app", $"{{'spec':{{'template':{{'metadata':{{'labels':{{'round':'{round}'}}}}}}}}}}");
            Assert.All(await SyncAsync(), outcome => Assert.True(outcome.Succeeded, outcome.Message));
        }

        Clear();
        await SyncAsync();
        Assert.Empty(Writes("away"));

        await EditFederatedAsync("deployments.apps", "app", "{'spec':{'template':{'spec':{'template':{'spec':{'containers':[{'name':'c','image':'two'}]}}}}}}");
        Assert.All(await SyncAsync(), outcome => Assert.True(outcome.Succeeded, outcome.Message));
        Assert.Equal("yes c=two sidecar=proxy", await InjectedAsync());
        Clear();
        await SyncAsync();
        Assert.Empty(Writes("away"));

        async Task<string?> InjectedAsync() =>
            await _away.FindAsync(KnownResources.Deployments, Key("app"), Token) is { } copy && copy.Label("injected") is { } label
                ? string.Join(' ', copy.Spec!["template"]!["spec"]!["containers"]!.AsArray().Select(container => $"{container!["name"]}={container["image"]}").Prepend(label))
                : null;
    }
}
