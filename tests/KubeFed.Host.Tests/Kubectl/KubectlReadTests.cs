namespace KubeFed.Host.Tests.Kubectl;

/// <summary>The real kubectl reads from listening sandbox clusters.</summary>
public sealed class KubectlReadTests(KubectlGround ground) : IClassFixture<KubectlGround>
{
    [Theory]
    [InlineData(Client.OfThePath)]
    [InlineData(Client.OfTheServers)]
    public async Task Get_prints_the_columns_kubectl_users_know(Client client)
    {
        var kubectl = await ground.OpenAsync(client);
        Assert.Equal(0, (await kubectl.WithAsync(Manifests.Deployment(), "apply")).ExitCode);
        await kubectl.OkAsync("rollout", "status", "deployment/web", "--timeout=30s");

        Assert.Matches(@"^NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb +2/2 +2 +2 +(\d+[hms])+\n$", await kubectl.OkAsync("get", "deployments"));
        Assert.Matches(@"^NAME .* CONTAINERS +IMAGES +SELECTOR\nweb .* web +nginx:1 +app=web\n$", await kubectl.OkAsync("get", "deploy", "-o", "wide"));
        Assert.Matches(@"^NAME +READY +STATUS +RESTARTS +AGE\n(web-\S+ +1/1 +Running +0 +(\d+[hms])+\n){2}$", await kubectl.OkAsync("get", "pods"));
        Assert.Matches(@"NOMINATED NODE +READINESS GATES\n(web-\S+ .* 10\.\d+\.\d+\.\d+ +host-node-\d +<none> +<none>\n){2}$", await kubectl.OkAsync("get", "pods", "-o", "wide"));
        Assert.Matches(@"^NAME +DESIRED +CURRENT +READY +AGE\nweb-\S+ +2 +2 +2 ", await kubectl.OkAsync("get", "rs"));
        Assert.Matches(@"^NAME +STATUS +AGE\ndefault +Active +(\d+[hms])+\n", await kubectl.OkAsync("get", "namespaces"));
        Assert.Matches(@"^NAME +STATUS +ROLES +AGE +VERSION\nhost-node-1 +Ready +<none> ", await kubectl.OkAsync("get", "nodes"));
        Assert.Matches(@"^NAME +TYPE +CLUSTER-IP +EXTERNAL-IP +PORT\(S\) +AGE\nkubernetes +ClusterIP +10.96.0.1 +<none> +443/TCP ", await kubectl.OkAsync("get", "service", "-n", "default"));
        Assert.Contains("deployment.apps/web", await kubectl.OkAsync("get", "all"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Client.OfThePath)]
    [InlineData(Client.OfTheServers)]
    public async Task Get_selects_sorts_and_prints_in_every_form(Client client)
    {
        var kubectl = await ground.OpenAsync(client);
        await kubectl.OkAsync("create", "configmap", "b", "--from-literal=key=value");
        await kubectl.OkAsync("create", "configmap", "a", "--from-literal=key=value");
        await kubectl.OkAsync("label", "configmap", "a", "team=red");
        await kubectl.OkAsync("annotate", "configmap", "a", "note=seen");

        Assert.Equal("configmap/a\n", await kubectl.OkAsync("get", "cm", "-l", "team=red", "-o", "name"));
        Assert.Equal("configmap/b\n", await kubectl.OkAsync("get", "cm", "--field-selector", "metadata.name=b", "-o", "name"));
        Assert.Equal("value seen", await kubectl.OkAsync("get", "cm", "a", "-o", "jsonpath={.data.key} {.metadata.annotations.note}"));
        Assert.Contains("\n  key: value\n", await kubectl.OkAsync("get", "cm", "a", "-o", "yaml"), StringComparison.Ordinal);
        Assert.Contains("\"key\": \"value\"", await kubectl.OkAsync("get", "cm", "a", "-o", "json"), StringComparison.Ordinal);
        Assert.Matches(@"NAMESPACE +NAME +DATA +AGE\n", await kubectl.OkAsync("get", "cm", "-A"));
        Assert.Matches(@"^a .*team=red\nb .*<none>\n", await kubectl.OkAsync("get", "cm", "--field-selector=metadata.name!=kube-root-ca.crt", "--show-labels", "--no-headers", "--sort-by=.metadata.name"));
        Assert.Equal("b\na\n", await kubectl.OkAsync("get", "cm", "b", "a", "--no-headers", "-o", "custom-columns=N:.metadata.name"));
    }

    [Theory]
    [InlineData(Client.OfThePath)]
    [InlineData(Client.OfTheServers)]
    public async Task A_watch_prints_each_change_when_it_happens(Client client)
    {
        var kubectl = await ground.OpenAsync(client);
        await kubectl.OkAsync("create", "configmap", "first");
        using var watch = kubectl.Start("get", "configmaps", "--watch", "--field-selector", "metadata.name!=kube-root-ca.crt");
        try
        {
            var lines = watch.StandardOutput;
            var stop = TestContext.Current.CancellationToken;
            Assert.Matches("^NAME +DATA +AGE$", await lines.ReadLineAsync(stop));
            Assert.Matches(@"^first +0 +(\d+[hms])+$", await lines.ReadLineAsync(stop));
            await kubectl.OkAsync("create", "configmap", "second", "--from-literal=a=b");
            Assert.Matches(@"^second +1 +(\d+[hms])+$", await lines.ReadLineAsync(stop));
            await kubectl.OkAsync("patch", "configmap", "first", "--type=merge", "-p", """{"data":{"c":"d","e":"f"}}""");
            Assert.Matches(@"^first +2 +(\d+[hms])+$", await lines.ReadLineAsync(stop));
            await kubectl.OkAsync("delete", "configmap", "second");
            Assert.Matches(@"^second +1 +(\d+[hms])+$", await lines.ReadLineAsync(stop));
        }
        finally
        {
            watch.Kill(entireProcessTree: true);
        }
    }

    [Theory]
    [InlineData(Client.OfThePath)]
    [InlineData(Client.OfTheServers)]
    public async Task Describe_tells_what_belongs_to_a_deployment_and_a_pod(Client client)
    {
        var kubectl = await ground.OpenAsync(client);
        Assert.Equal(0, (await kubectl.WithAsync(Manifests.Deployment(), "apply")).ExitCode);
        await kubectl.OkAsync("wait", "--for=condition=Available", "deployment/web", "--timeout=30s");

        var told = await kubectl.OkAsync("describe", "deployment", "web");
        Assert.Matches(@"Replicas: +2 desired \| 2 updated \| 2 total \| 2 available \| 0 unavailable", told);
        Assert.Matches(@"NewReplicaSet: +web-\S+ \(2/2 replicas created\)", told);
        Assert.Matches(@"(?s)Controlled By: +ReplicaSet/web-.*Ready +True", await kubectl.OkAsync("describe", "pods", "-l", "app=web"));
        Assert.Matches(@"(?s)Name: +host-node-1.*Non-terminated Pods:", await kubectl.OkAsync("describe", "node", "host-node-1"));
    }

    [Theory]
    [InlineData(Client.OfThePath, "v1.31.0")]
    [InlineData(Client.OfTheServers, "v1.20.2")]
    public async Task Discovery_versions_explanations_and_permissions_are_there(Client client, string version)
    {
        var kubectl = await ground.OpenAsync(client);

        Assert.Matches(@"\ndeployments +deploy +apps/v1 +true +Deployment\n", await kubectl.OkAsync("api-resources"));
        Assert.Contains("\napps/v1\n", await kubectl.OkAsync("api-versions"), StringComparison.Ordinal);
        Assert.Contains(version, await kubectl.OkAsync("version"), StringComparison.Ordinal);
        var explained = await kubectl.OkAsync("explain", "deployment.spec.template.spec.containers");
        Assert.Matches(@"(?m)^KIND: +Deployment$", explained);
        Assert.Matches(@"(?m)^ *image\s+<string>", explained);
        Assert.Equal("yes\n", await kubectl.OkAsync("auth", "can-i", "create", "deployments"));
        var refused = await kubectl.RunAsync("auth", "can-i", "create", "deployments", "--as=system:serviceaccount:default:nobody");
        Assert.Equal((1, "no\n"), (refused.ExitCode, refused.Out));
        var forbidden = await kubectl.RunAsync("get", "secrets", "--as=system:serviceaccount:default:nobody");
        Assert.StartsWith("Error from server (Forbidden): secrets is forbidden: User \"system:serviceaccount:default:nobody\" cannot list resource", forbidden.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Client.OfThePath)]
    [InlineData(Client.OfTheServers)]
    public async Task What_a_sandbox_has_not_is_said_plainly(Client client)
    {
        var kubectl = await ground.OpenAsync(client);
        await kubectl.OkAsync("run", "lone", "--image=busybox", "--restart=Never");

        var logs = await kubectl.RunAsync("logs", "lone");
        Assert.Equal(1, logs.ExitCode);
        Assert.Contains("a sandbox runs no containers, so the pod \"lone\" has nothing to answer log with", logs.Error, StringComparison.Ordinal);
        Assert.Equal("Error from server (NotFound): configmaps \"none\" not found\n", (await kubectl.RunAsync("get", "configmap", "none")).Error);
        Assert.Contains("the server doesn't have a resource type \"gadgets\"", (await kubectl.RunAsync("get", "gadgets")).Error, StringComparison.Ordinal);
    }
}
