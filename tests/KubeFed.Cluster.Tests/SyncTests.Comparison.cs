using KubeFed.Engine;
using KubeFed.Engine.Api;
using KubeFed.Engine.Propagation;
using KubeFed.Engine.Propagation.Comparison;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Cluster.Tests;

/// <summary>What a real server fills in, allocates and writes its own way is no difference; what somebody changed is, with who did it (P-127).</summary>
public sealed partial class SyncTests
{
    private const string Full =
        "'template':{'spec':{'replicas':2,'selector':{'matchLabels':{'a':'b'}},'template':{'metadata':{'labels':{'a':'b'}},'spec':{'containers':["
        + "{'name':'c','image':'i','ports':[{'containerPort':80}],'env':[{'name':'X','value':'1'}],'args':['one','two'],"
        + "'resources':{'requests':{'cpu':'1000m','memory':'1024Mi'}}}],'volumes':[{'name':'v','emptyDir':{}}]}}}}";

    [Fact]
    public async Task P_127_After_a_sync_a_comparison_finds_nothing_whatever_the_server_defaulted_or_allocated()
    {
        await StartAsync();
        await DeclareAsync("deployments.apps", "web", Full);
        await DeclareAsync(
            "services",
            "web",
            "'template':{'spec':{'type':'NodePort','selector':{'a':'b'},'ports':[{'name':'http','port':80},{'name':'tls','port':443,'targetPort':8443}]}}");
        await DeclareAsync("jobs.batch", "web", "'template':{'spec':{'template':{'spec':{'restartPolicy':'Never','containers':[{'name':'c','image':'i'}]}}}}");
        await DeclareAsync("serviceaccounts", "web", "'template':{}");
        await DeclareAsync("secrets", "web", "'template':{'stringData':{'a':'1'},'data':{'b':'Mg=='}}");
        await DeclareAsync("configmaps", "web", "'template':{'metadata':{'annotations':{'a/b':'c'},'finalizers':['example.com/hold']},'data':{'a':'1'}}");
        await SyncAsync();
        Clear();

        foreach (var type in Types)
        {
            foreach (var cell in await CompareAsync(type, type == "namespaces" ? _namespace : "web"))
            {
                Assert.True(cell is { Compared: true, Message: "" }, $"{type} in {cell.Cluster}: {cell.Reason} {cell.Message}");
                Assert.NotEmpty(cell.Fields);
                Assert.All(cell.Fields, field => Assert.True(field.State == FieldState.Same, $"{type} in {cell.Cluster}: {Line(field)}"));
            }
        }

        var web = (await CompareAsync("deployments.apps", "web"))[0].Fields.Select(field => field.Path).ToList();
        Assert.Contains("/spec/template/spec/containers[name=c]/ports[containerPort=80,protocol=TCP]/containerPort", web);
        Assert.Contains("/spec/template/spec/containers[name=c]/resources/requests/cpu", web);
        Assert.Contains("/spec/template/spec/volumes[name=v]/emptyDir", web);

        // Take the finalizer away, or the namespace can't go.
        await EditFederatedAsync("configmaps", "web", "{'spec':{'template':{'metadata':{'finalizers':null}}}}");
        var leftover = (await CompareAsync("configmaps", "web")).SelectMany(cell => cell.Fields).Where(field => field.State != FieldState.Same).ToList();
        Assert.Equal(2, leftover.Count);
        Assert.All(leftover, field => Assert.Equal(FieldState.Leftover, field.State));
        await SyncAsync();
        Assert.All((await CompareAsync("configmaps", "web")).SelectMany(cell => cell.Fields), field => Assert.Equal(FieldState.Same, field.State));
    }

    [Fact]
    public async Task P_127_Drift_is_shown_with_its_owner_and_refusals_before_they_happen()
    {
        await StartAsync();
        await DeclareAsync("deployments.apps", "web", Full);
        await SyncAsync();
        var edit = new WriteOptions { FieldManager = "kubectl-edit" };
        await _away.PatchAsync(
            KnownResources.Deployments,
            Key("web"),
            KubePatch.Merge(Json(
                "{'metadata':{'annotations':{'theirs':'1'}},'spec':{'replicas':7,'template':{'spec':{'containers':[{'name':'c','image':'other',"
                + "'args':['one','two'],'ports':[{'containerPort':80}],'env':[{'name':'X','value':'1'},{'name':'Y','value':'2'}],"
                + "'resources':{'requests':{'cpu':'1','memory':'1Gi'}}}]}}}}")),
            edit,
            Token);

        var away = (await CompareAsync("deployments.apps", "web")).Single(cell => cell.Cluster == "away");

        Assert.Equal(PlanAction.Update, away.Action);
        Assert.Equal(
            ["7 -> 2 by kubectl-edit at /spec/replicas", "\"other\" -> \"i\" by kubectl-edit at /spec/template/spec/containers[name=c]/image"],
            away.Fields.Where(field => field.State != FieldState.Same).Select(Line));
        Assert.NotNull(away.Fields.First(field => field.Path == "/spec/replicas").Owners[0].Time);
        await SyncAsync();
        Assert.All((await CompareAsync("deployments.apps", "web")).SelectMany(cell => cell.Fields), field => Assert.Equal(FieldState.Same, field.State));

        await EditFederatedAsync(
            "deployments.apps",
            "web",
            "{'spec':{'template':{'spec':{'selector':{'matchLabels':{'a':'c'}},'template':{'metadata':{'labels':{'a':'c'}}}}}}}");
        var refused = await CompareAsync("deployments.apps", "web");
        Assert.All(refused, cell => Assert.Equal((PlanAction.Update, PropagationReason.UpdateFailed), (cell.Action, cell.Reason)));
        Assert.Contains("field is immutable", refused[0].Message, StringComparison.Ordinal);
        Assert.Contains(refused[0].Fields, field => field is { State: FieldState.Differs, Path: "/spec/selector/matchLabels/a" });
    }

    [Fact]
    public async Task P_127_What_a_take_over_from_a_controller_would_take_away_is_foretold_and_nothing_that_the_server_defaults()
    {
        await StartAsync();
        var left = Full
            .Replace(
                "'template':{'spec':{'replicas':2,",
                "'metadata':{'labels':{'kubefed.io/managed':'true'}},'spec':{'replicas':2,'minReadySeconds':5,",
                StringComparison.Ordinal)
            .Replace("'env':[", "'env':[{'name':'OLD','value':'x'},", StringComparison.Ordinal);
        await PutAsync(_away, KnownResources.Deployments, "web", $"{{{left[..^1]}}}", manager: "controller-manager");
        await PutAsync(
            _away,
            KnownResources.Services,
            "web",
            "{'metadata':{'labels':{'kubefed.io/managed':'true'}},'spec':{'selector':{'a':'b'},'ports':[{'name':'http','port':80},{'name':'old','port':81}]}}",
            manager: "controller-manager");
        await DeclareAsync("deployments.apps", "web", Full);
        await DeclareAsync("services", "web", "'template':{'spec':{'selector':{'a':'b'},'ports':[{'name':'http','port':80}]}}");

        var deployment = (await CompareAsync("deployments.apps", "web")).Single(cell => cell.Cluster == "away");
        var service = (await CompareAsync("services", "web")).Single(cell => cell.Cluster == "away");

        Assert.Equal(
            ["Leftover /spec/minReadySeconds", "Leftover /spec/template/spec/containers[name=c]/env[name=OLD]"],
            deployment.Fields.Where(field => field.State != FieldState.Same).Select(field => $"{field.State} {field.Path}"));
        Assert.Equal(
            ["Leftover /spec/ports[port=81,protocol=TCP]"],
            service.Fields.Where(field => field.State != FieldState.Same).Select(field => $"{field.State} {field.Path}"));
        await SyncAsync();
        foreach (var type in (string[])["deployments.apps", "services"])
        {
            Assert.All((await CompareAsync(type, "web")).SelectMany(cell => cell.Fields), field => Assert.Equal(FieldState.Same, field.State));
        }

        Assert.Null((await _away.GetAsync(KnownResources.Deployments, Key("web"), Token)).Spec!["minReadySeconds"]);
        Assert.Single((await _away.GetAsync(KnownResources.Services, Key("web"), Token)).Spec!["ports"]!.AsArray());
    }

    private async Task<IReadOnlyList<CellComparison>> CompareAsync(string typeName, string name)
    {
        var type = await _federation.Types.ResolveAsync(typeName, Token);
        var resource = new FederatedResource(type, await _host.GetAsync(type.Federated, Key(name), Token));
        var preview = await _federation.Sync.PreviewAsync(NullSink.Instance, Token);
        return [.. (await preview.CompareAsync(resource, null, Token).ToListAsync(Token)).OrderBy(cell => cell.Cluster)];
    }

    private static string Line(FieldComparison field) =>
        $"{field.Actual?.ToJsonString()} -> {field.Desired?.ToJsonString()} by {string.Join(',', field.Owners.Select(owner => owner.Manager))} at {field.Path}";
}
