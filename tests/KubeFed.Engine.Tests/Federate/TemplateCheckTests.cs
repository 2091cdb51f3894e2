using KubeFed.Engine.Api;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Propagation.Desired;
using KubeFed.Engine.Tests.Propagation;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Tests.Federate;

/// <summary>What every server would refuse in a template, found before anything is written.</summary>
public class TemplateCheckTests
{
    private static readonly FederatedType LimitRanges = Make.Type("limitranges", new ApiResource("", "v1", "LimitRange", "limitranges", Namespaced: true));

    [Theory]
    [InlineData("{'containers':[{'name':'a','env':[{'name':'LOG','value':'info'},{'name':'LOG','value':'debug'}]}]}", "containers[0].env[1]")]
    [InlineData("{'containers':[{'name':'a','ports':[{'containerPort':5,'protocol':'UDP'},{'containerPort':5,'protocol':'UDP'}]}]}", "containers[0].ports[1]")]
    [InlineData("{'containers':[{'name':'a','ports':[{'containerPort':80},{'containerPort':80,'protocol':'TCP'}]}]}", "containers[0].ports[1]")]
    [InlineData("{'containers':[{'name':'a'},{'name':'b'},{'name':'a'}]}", "containers[2]")]
    [InlineData("{'initContainers':[{'name':'a'},{'name':'a'}]}", "initContainers[1]")]
    [InlineData("{'volumes':[{'name':'a'},{'name':'a'}]}", "volumes[1]")]
    [InlineData("{'containers':[{'name':'a','volumeMounts':[{'name':'x','mountPath':'/p'},{'name':'y','mountPath':'/p'}]}]}", "containers[0].volumeMounts[1]")]
    [InlineData("{'containers':[{'name':'a','volumeDevices':[{'name':'x','devicePath':'/p'},{'devicePath':'/p'}]}]}", "containers[0].volumeDevices[1]")]
    [InlineData("{'imagePullSecrets':[{'name':'a'},{'name':'a'}]}", "imagePullSecrets[1]")]
    [InlineData("{'hostAliases':[{'ip':'1.2.3.4'},{'ip':'1.2.3.4'}]}", "hostAliases[1]")]
    [InlineData(
        "{'topologySpreadConstraints':[{'topologyKey':'z','whenUnsatisfiable':'DoNotSchedule','maxSkew':1},"
        + "{'topologyKey':'z','whenUnsatisfiable':'DoNotSchedule','maxSkew':2}]}",
        "topologySpreadConstraints[1]")]
    public void Two_items_of_a_list_with_the_same_key_are_found(string pod, string field)
    {
        var fault = Assert.Single(FederatedResourceValidation.Check(Deployment(pod)));
        Assert.Equal(("DuplicateListKey", $"spec.template.spec.template.spec.{field}"), (fault.Id, fault.Field));
        Assert.Contains("Keep one of the two", fault.Remedy);
    }

    [Theory]
    [InlineData("{'containers':[{'name':'a','ports':[{'containerPort':53,'protocol':'UDP'},{'containerPort':53,'protocol':'TCP'}]}]}")]
    [InlineData("{'containers':[{'name':'a','env':[{'name':'A'},{'name':'B','value':null}]},{'name':'b','env':[{'name':'A'}]}]}")]
    [InlineData("{'tolerations':[{'key':'a'},{'key':'a'}],'containers':[{'name':'a','args':['x','x'],'resources':{'limits':{'cpu':1,'memory':'1Gi'}}}]}")]
    [InlineData("{'containers':[{'name':'a','livenessProbe':{'httpGet':{'port':80}},'readinessProbe':{'httpGet':{'port':'web'}}}]}")]
    public void What_servers_take_is_no_fault(string pod) => Assert.Empty(FederatedResourceValidation.Check(Deployment(pod)));

    [Theory]
    [InlineData("{'containers':[{'name':'a','env':[{'name':'PORT','value':8080}]}]}", "spec.template.spec.containers[0].env[0].value", "it must be a text")]
    [InlineData("{'containers':[{'name':'a','tty':'yes'}]}", "spec.template.spec.containers[0].tty", "it must be true or false")]
    [InlineData("{'terminationGracePeriodSeconds':'30'}", "spec.template.spec.terminationGracePeriodSeconds", "it must be a number")]
    [InlineData("{'nodeSelector':{'disk':true}}", "spec.template.spec.nodeSelector.disk", "it must be a text")]
    [InlineData("{'containers':{'name':'a'}}", "spec.template.spec.containers", "it must be a list")]
    [InlineData("{'containers':[{'name':'a','livenessProbe':{'httpGet':{'port':true}}}]}", "spec.template.spec.containers[0].livenessProbe.httpGet.port",
        "it must be a text or a number")]
    [InlineData("{'containers':[{'name':'a','resources':{'limits':{'cpu':true}}}]}", "spec.template.spec.containers[0].resources.limits.cpu",
        "it must be a text or a number")]
    public void A_value_of_the_wrong_type_is_found(string pod, string field, string message)
    {
        var fault = Assert.Single(FederatedResourceValidation.Check(Deployment(pod)));
        Assert.Equal(("InvalidTemplateValue", $"spec.template.{field}", message), (fault.Id, fault.Field, fault.Message));
    }

    [Theory]
    [InlineData("{'data':{'port':8080}}", "spec.template.data.port")]
    [InlineData("{'data':{'on':true}}", "spec.template.data.on")]
    [InlineData("{'metadata':{'annotations':{'example.com/n':1}}}", "spec.template.metadata.annotations[example.com/n]")]
    [InlineData("{'metadata':{'labels':{'n':1}}}", "spec.template.metadata.labels.n")]
    [InlineData("{'metadata':{'finalizers':['a/b','a/b']}}", "spec.template.metadata.finalizers[1]")]
    public void So_are_data_labels_annotations_and_finalizers(string template, string field) =>
        Assert.Equal(field, Assert.Single(FederatedResourceValidation.Check(Placed($"{{'template':{template}", Make.ConfigMaps))).Field);

    [Fact]
    public void An_override_that_makes_such_a_copy_is_named_with_its_cluster()
    {
        var resource = Placed(
            "{'template':{'data':{'a':'b'}},'overrides':[{'clusterName':'c1','clusterOverrides':[{'path':'/data/a','value':1}]}]", Make.ConfigMaps);
        var fault = Assert.Single(FederatedResourceValidation.Check(resource));
        Assert.Equal("spec.template.data.a", fault.Field);
        Assert.StartsWith("with the overrides for c1, ", fault.Message);
    }

    [Theory]
    [InlineData("{'matchLabels':{'zone':'a'}}")]
    [InlineData("{'matchExpressions':[{'key':'zone','operator':'In','values':['a','b']},{'key':'gone','operator':'DoesNotExist'}]}")]
    [InlineData("{'matchExpressions':[{'key':'zone','operator':'Exists'},{'key':'size','operator':'NotIn','values':['s']}]}")]
    public void So_is_one_for_the_clusters_of_a_selector(string selector)
    {
        var resource = Placed(
            $"{{'template':{{'data':{{'a':'b'}}}},'overrides':[{{'clusterSelector':{selector},'clusterOverrides':[{{'path':'/data/a','value':1}}]}}]",
            Make.ConfigMaps);
        var fault = Assert.Single(FederatedResourceValidation.Check(resource));
        Assert.Equal("spec.template.data.a", fault.Field);
        Assert.StartsWith("with the overrides for the clusters that spec.overrides[0] selects, ", fault.Message);
    }

    [Theory]
    [InlineData("{'containers':[{'name':'a','env':[{'value':'x'}]}]}", "containers[0].env[0]", "name")]
    [InlineData("{'containers':[{'image':'a'}]}", "containers[0]", "name")]
    [InlineData("{'containers':[{'name':'a','ports':[{'name':'web'}]}]}", "containers[0].ports[0]", "containerPort")]
    [InlineData("{'containers':[{'name':'a','volumeMounts':[{'name':'x'}]}]}", "containers[0].volumeMounts[0]", "mountPath")]
    [InlineData("{'imagePullSecrets':[{}]}", "imagePullSecrets[0]", "name")]
    public void An_item_without_the_key_of_its_list_is_found(string pod, string field, string key)
    {
        var fault = Assert.Single(FederatedResourceValidation.Check(Deployment(pod)));
        Assert.Equal(("MissingListKey", $"spec.template.spec.template.spec.{field}"), (fault.Id, fault.Field));
        Assert.Contains($"it has no {key}, ", fault.Message);
    }

    [Fact]
    public void Half_a_character_is_found_by_its_field_and_its_text_is_not_repeated()
    {
        var resource = Placed("{'template':{'data':{'a':'b'}}", Make.ConfigMaps);
        resource.Object.Json["spec"]!["template"]!["data"]!["k"] = "secret\uD83D";
        var fault = Assert.Single(FederatedResourceValidation.Check(resource));
        Assert.Equal(("HalfCharacter", "spec.template.data.k"), (fault.Id, fault.Field));
        Assert.Contains("U+D83D", fault.Message);
        Assert.DoesNotContain("secret", fault.ToString());
    }

    [Fact]
    public void The_value_of_a_Secret_is_not_shown()
    {
        var fault = Assert.Single(FederatedResourceValidation.Check(
            Placed("{'template':{'stringData':{'pin':4711}}", Make.Type("secrets", KnownResources.Secrets))));
        Assert.Equal("spec.template.stringData.pin", fault.Field);
        Assert.DoesNotContain("4711", fault.ToString());
    }

    [Fact]
    public void A_kind_of_the_same_name_in_another_group_is_left_alone()
    {
        var services = Make.Type("services.serving.knative.dev", new ApiResource("serving.knative.dev", "v1", "Service", "services", Namespaced: true));
        Assert.Empty(FederatedResourceValidation.Check(Placed("{'template':{'spec':{'ports':[{'port':1},{'port':1}],'type':5}}", services)));
    }

    [Fact]
    public void A_quantity_given_as_a_number_is_sent_as_its_text()
    {
        var limits = new DesiredSource(Make.Resource(
            "{'template':{'spec':{'limits':[{'type':'Container','default':{'cpu':1,'memory':'2Gi'},'max':{'cpu':0.5,'ephemeral-storage':2147483648}}]}}}",
            LimitRanges)).For(Make.Facts("c1")).Json["spec"]!["limits"]![0]!;
        Assert.Equal("""{"cpu":"1","memory":"2Gi"}""", limits["default"]!.ToJsonString());
        Assert.Equal("""{"cpu":"0.5","ephemeral-storage":"2147483648"}""", limits["max"]!.ToJsonString());
    }

    [Fact]
    public void So_are_quantities_of_autoscalers_and_volumes()
    {
        var scalers = Make.Type("hpa", new ApiResource("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", Namespaced: true));
        var target = new DesiredSource(Make.Resource(
            "{'template':{'spec':{'metrics':[{'type':'Pods','pods':{'metric':{'name':'m'},'target':{'type':'AverageValue','averageValue':100}}}]}}}", scalers))
            .For(Make.Facts("c1")).Json["spec"]!["metrics"]![0]!["pods"]!["target"]!;
        Assert.Equal("""{"type":"AverageValue","averageValue":"100"}""", target.ToJsonString());
        var volumes = Make.Type("persistentvolumes", new ApiResource("", "v1", "PersistentVolume", "persistentvolumes", Namespaced: false));
        var capacity = new DesiredSource(Make.Resource("{'template':{'spec':{'capacity':{'storage':1073741824}}}}", volumes))
            .For(Make.Facts("c1")).Json["spec"]!["capacity"]!;
        Assert.Equal("""{"storage":"1073741824"}""", capacity.ToJsonString());
    }

    private static FederatedResource Deployment(string pod) => Placed($"{{'template':{{'spec':{{'template':{{'spec':{pod}}}}}}}", Make.Deployments);

    private static FederatedResource Placed(string spec, FederatedType type) => Make.Resource(spec + ",'placement':{'clusterSelector':{}}}", type);
}
