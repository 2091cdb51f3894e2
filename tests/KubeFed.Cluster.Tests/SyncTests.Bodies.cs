using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Engine.Propagation;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Cluster.Tests;

/// <summary>What leaves a template arrives in a member as it is, and what leaves it again leaves the member.</summary>
/// <remarks>The texts are those that readers of YAML 1.1 and of JSON take for something else.</remarks>
public sealed partial class SyncTests
{
    private static readonly string[] Texts =
    [
        "{\"legend\": \"{{ app }} (\U0001F510mTLS)\"}", "\U0001F600", "\U0001FFFE\U0010FFFF\U00010000", "\u00E9\u4E2D\u202E\u200B\uFFFD\uE000\uD7FF",
        "a\u0085b\u2028c\u2029d\uFEFFe",
        "\t\n\r\n \u0001\u001F\u007F\u0080\u009F\0", "\\ud83d\\ude00 \\ \" ' / \\/", " lead and trail \n\n", "yes", "~",
        "0x1F", "1_000", "# no comment", "- a: b", "---\na: b\n...\n", "%YAML 1.1",
        "&a *a !!str x", string.Empty, string.Concat(Enumerable.Repeat("\U0001F9ED", 5000)),
    ];

    [Fact]
    public async Task Text_of_all_of_Unicode_arrives_as_it_is_by_every_kind_of_write_and_is_left_alone_afterwards()
    {
        await StartAsync();
        var data = new JsonObject();
        for (var i = 0; i < Texts.Length; i++)
        {
            data[$"k{i}"] = Texts[i];
        }

        var annotations = new JsonObject { ["example.com/note"] = string.Concat(Texts.Where(text => !text.Contains('\0', StringComparison.Ordinal))) };
        var template = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = annotations }, ["data"] = data };
        await DeclareAsync("configmaps", "text", $"'template':{template.ToJsonString()}");
        Assert.All(await SyncAsync(), outcome => Assert.True(outcome.Succeeded, outcome.ToString()));
        foreach (var member in (IKubeClient[])[_host, _away])
        {
            var copy = await member.GetAsync(KnownResources.ConfigMaps, Key("text"), Token);
            Assert.Equal(Texts, Enumerable.Range(0, Texts.Length).Select(i => copy.Json["data"]![$"k{i}"]!.GetValue<string>()));
            Assert.Equal(annotations["example.com/note"]!.GetValue<string>(), copy.Metadata["annotations"]!["example.com/note"]!.GetValue<string>());
        }

        Clear();
        await SyncAsync();
        Assert.Empty(Writes("home").Concat(Writes("away")));

        var owner = new WriteOptions { FieldManager = "texts" };
        foreach (var write in (Func<KubeObject, Task<KubeObject>>[])[
            value => _away.CreateAsync(KnownResources.ConfigMaps, value, owner, Token),
            value => _away.ReplaceAsync(KnownResources.ConfigMaps, value, owner, Token),
            value => _away.PatchAsync(
                KnownResources.ConfigMaps, value.Key, KubePatch.Merge(new JsonObject { ["data"] = value.Json["data"]!.DeepClone() }), owner, Token),
            value => _away.ApplyAsync(KnownResources.ConfigMaps, value, owner with { DryRun = true, Force = true }, Token),
            value => _away.ApplyAsync(KnownResources.ConfigMaps, value, owner with { Force = true }, Token)])
        {
            var value = KubeObject.Create(KnownResources.ConfigMaps, Key("written"));
            value.Json["data"] = data.DeepClone();
            var stored = await write(value);
            Assert.Equal(Texts, Enumerable.Range(0, Texts.Length).Select(i => stored.Json["data"]![$"k{i}"]!.GetValue<string>()));
            value.Json["data"]!["k0"] = "half \uD83D of one";
            var error = await Assert.ThrowsAsync<InvalidRequestException>(() => write(value));
            Assert.Contains("data.k0", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Texts_of_a_Secret_leave_the_members_with_the_template_and_drift_under_their_data_is_repaired()
    {
        await StartAsync();
        await DeclareAsync("secrets", "db", "'template':{'type':'Opaque','stringData':{'user':'alice','old':'gone-soon'},'data':{'raw':'AAH/'}}");
        await SyncAsync();
        Assert.Equal("""{"old":"Z29uZS1zb29u","raw":"AAH/","user":"YWxpY2U="}""", await SecretAsync());
        Clear();
        await SyncAsync();
        Assert.Empty(Writes("home").Concat(Writes("away")));

        await EditFederatedAsync("secrets", "db", "{'spec':{'template':{'stringData':{'old':null}}}}");
        await SyncAsync();
        Assert.Equal("""{"raw":"AAH/","user":"YWxpY2U="}""", await SecretAsync());

        await EditAsync(_away, KnownResources.Secrets, "db", "{'data':{'user':'ZHJpZnQ='}}");
        Assert.Contains(await SyncAsync(), outcome => outcome is { Cluster: "away", Action: PlanAction.Update, Written: true });
        Assert.Equal("""{"raw":"AAH/","user":"YWxpY2U="}""", await SecretAsync());
        Clear();
        await SyncAsync();
        Assert.Empty(Writes("home").Concat(Writes("away")));
    }

    [Fact]
    public async Task Empty_structs_and_nulls_of_a_printed_Deployment_are_created_and_then_left_alone()
    {
        await StartAsync();
        await DeclareAsync("deployments.apps", "web", """
            'template':{'metadata':{'creationTimestamp':null,'labels':{'app':'web'},'annotations':null},'spec':{'replicas':1,
            'selector':{'matchLabels':{'app':'web'}},
            'strategy':{},'template':{'metadata':{'creationTimestamp':null,'labels':{'app':'web'},'annotations':null},'spec':{
            'nodeSelector':null,'tolerations':[],
            'affinity':{},'containers':[{'image':'nginx','name':'nginx','resources':{},'env':null,'ports':[{'containerPort':80}]}],
            'securityContext':null}}},'status':{}}
            """);
        var actions = new List<string>();
        for (var run = 0; run < 3; run++)
        {
            var outcomes = (await SyncAsync()).Where(outcome => outcome is { Cluster: "away" } && outcome.Resource.Name == "web").ToList();
            Assert.All(outcomes, outcome => Assert.True(outcome.Succeeded, outcome.ToString()));
            actions.AddRange(outcomes.Select(outcome => outcome.Action.ToString()));
        }

        Assert.Equal(["Create", "None", "None"], actions);
    }

    private async Task<string> SecretAsync()
    {
        var data = (await _away.GetAsync(KnownResources.Secrets, Key("db"), Token)).Json["data"]!.AsObject();
        return new JsonObject(data.OrderBy(member => member.Key, StringComparer.Ordinal)
            .Select(member => KeyValuePair.Create(member.Key, (JsonNode?)member.Value!.GetValue<string>()))).ToJsonString(Plain);
    }

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
