namespace KubeFed.Host.Tests.Kubectl;

/// <summary>The real kubectl changes listening sandbox clusters.</summary>
public sealed class KubectlWriteTests(KubectlGround ground) : IClassFixture<KubectlGround>
{
    [Theory]
    [InlineData(Client.OfThePath)]
    [InlineData(Client.OfTheServers)]
    public async Task Apply_creates_configures_and_then_leaves_alone(Client client)
    {
        var kubectl = await ground.OpenAsync(client);

        Assert.Equal("configmap/settings created\n", (await kubectl.WithAsync(Manifests.ConfigMap("settings", """{"a":"1","b":"2"}"""), "apply")).Out);
        await kubectl.OkAsync("patch", "configmap", "settings", "-p", """{"data":{"other":"kept"}}""");
        Assert.Equal("configmap/settings configured\n", (await kubectl.WithAsync(Manifests.ConfigMap("settings", """{"a":"3"}"""), "apply")).Out);
        Assert.Equal("configmap/settings unchanged\n", (await kubectl.WithAsync(Manifests.ConfigMap("settings", """{"a":"3"}"""), "apply")).Out);
        Assert.Equal("""{"a":"3","other":"kept"}""", await kubectl.OkAsync("get", "cm", "settings", "-o", "jsonpath={.data}"));
    }

    [Theory]
    [InlineData(Client.OfThePath)]
    [InlineData(Client.OfTheServers)]
    public async Task Apply_merges_containers_by_name_and_keeps_a_sidecar_of_others(Client client)
    {
        var kubectl = await ground.OpenAsync(client);
        await kubectl.WithAsync(Manifests.Deployment(), "apply");
        await kubectl.OkAsync("patch", "deployment", "web", "-p", """{"spec":{"template":{"spec":{"containers":[{"name":"side","image":"side:1"}]}}}}""");

        Assert.Equal("deployment.apps/web configured\n", (await kubectl.WithAsync(Manifests.Deployment("nginx:2"), "apply")).Out);

        var images = await kubectl.OkAsync("get", "deploy", "web", "-o", "jsonpath={range .spec.template.spec.containers[*]}{.name}={.image} {end}");
        Assert.Equal(["side=side:1", "web=nginx:2"], images.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(Client.OfThePath)]
    [InlineData(Client.OfTheServers)]
    public async Task Server_side_apply_reports_conflicts_and_takes_over_by_force(Client client)
    {
        var kubectl = await ground.OpenAsync(client);
        await kubectl.WithAsync(Manifests.ConfigMap("shared", """{"a":"1"}"""), "apply", "--server-side");

        var conflict = await kubectl.WithAsync(Manifests.ConfigMap("shared", """{"a":"2"}"""), "apply", "--server-side", "--field-manager=other");
        Assert.Equal(1, conflict.ExitCode);
        Assert.Contains("Apply failed with 1 conflict: conflict with \"kubectl\": .data.a", conflict.Error, StringComparison.Ordinal);
        var forced = await kubectl.WithAsync(Manifests.ConfigMap("shared", """{"a":"2"}"""), "apply", "--server-side", "--field-manager=other", "--force-conflicts");
        Assert.Equal("configmap/shared serverside-applied\n", forced.Out);
        Assert.Equal("2", await kubectl.OkAsync("get", "cm", "shared", "-o", "jsonpath={.data.a}"));
        Assert.Equal("other", await kubectl.OkAsync("get", "cm", "shared", "-o", "jsonpath={.metadata.managedFields[?(@.fieldsV1.f:data.f:a)].manager}"));
    }

    [Theory]
    [InlineData(Client.OfThePath)]
    [InlineData(Client.OfTheServers)]
    public async Task A_dry_run_on_the_server_stores_nothing(Client client)
    {
        var kubectl = await ground.OpenAsync(client);

        Assert.Equal("deployment.apps/web created (server dry run)\n", (await kubectl.WithAsync(Manifests.Deployment(), "apply", "--dry-run=server")).Out);
        Assert.Equal(1, (await kubectl.RunAsync("get", "deploy", "web")).ExitCode);
    }

    [Theory]
    [InlineData(Client.OfThePath)]
    [InlineData(Client.OfTheServers)]
    public async Task An_unknown_field_is_refused_and_a_forced_one_dropped(Client client)
    {
        var kubectl = await ground.OpenAsync(client);
        const string manifest = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"wrong"},"daata":{"a":"b"}}""";

        var refused = await kubectl.WithAsync(manifest, "create");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("unknown field \"daata\"", refused.Error, StringComparison.Ordinal);
        Assert.Equal("configmap/wrong created\n", (await kubectl.WithAsync(manifest, "create", "--validate=false")).Out);
        Assert.DoesNotContain("daata", await kubectl.OkAsync("get", "cm", "wrong", "-o", "json"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Client.OfThePath)]
    [InlineData(Client.OfTheServers)]
    public async Task Patches_of_all_types_labels_and_edits_change_what_they_name(Client client)
    {
        var kubectl = await ground.OpenAsync(client);
        await kubectl.OkAsync("create", "configmap", "one", "--from-literal=a=before");

        await kubectl.OkAsync("patch", "cm", "one", "--type=merge", "-p", """{"data":{"b":"2"}}""");
        await kubectl.OkAsync("patch", "cm", "one", "--type=json", "-p", """[{"op":"add","path":"/data/c","value":"3"},{"op":"remove","path":"/data/b"}]""");
        await kubectl.OkAsync("patch", "cm", "one", "--type=strategic", "-p", """{"data":{"d":"4"}}""");
        Assert.Equal("configmap/one edited\n", await kubectl.OkAsync("edit", "configmap", "one"));
        Assert.Equal("""{"a":"after","c":"3","d":"4"}""", await kubectl.OkAsync("get", "cm", "one", "-o", "jsonpath={.data}"));

        await kubectl.OkAsync("label", "cm", "one", "x=1");
        Assert.Equal(1, (await kubectl.RunAsync("label", "cm", "one", "x=2")).ExitCode);
        await kubectl.OkAsync("label", "cm", "one", "x=2", "--overwrite");
        await kubectl.OkAsync("annotate", "cm", "one", "note=y");
        Assert.Equal("2 y", await kubectl.OkAsync("get", "cm", "one", "-o", "jsonpath={.metadata.labels.x} {.metadata.annotations.note}"));
        await kubectl.OkAsync("label", "cm", "one", "x-");
        Assert.Empty(await kubectl.OkAsync("get", "cm", "one", "-o", "jsonpath={.metadata.labels.x}"));
    }

    [Theory]
    [InlineData(Client.OfThePath)]
    [InlineData(Client.OfTheServers)]
    public async Task Deployments_scale_roll_out_and_roll_back(Client client)
    {
        var kubectl = await ground.OpenAsync(client);
        await kubectl.WithAsync(Manifests.Deployment(), "apply");

        Assert.Equal("deployment.apps/web scaled\n", await kubectl.OkAsync("scale", "deployment/web", "--replicas=3"));
        await kubectl.OkAsync("rollout", "status", "deployment/web", "--timeout=30s");
        Assert.Equal("3", await kubectl.OkAsync("get", "deploy", "web", "-o", "jsonpath={.status.readyReplicas}"));
        await kubectl.OkAsync("set", "image", "deployment/web", "web=nginx:2");
        Assert.Contains("successfully rolled out", await kubectl.OkAsync("rollout", "status", "deployment/web", "--timeout=30s"), StringComparison.Ordinal);
        Assert.Matches(@"(?m)^2 +<none>$", await kubectl.OkAsync("rollout", "history", "deployment/web"));
        await kubectl.OkAsync("rollout", "undo", "deployment/web");
        Assert.Equal("nginx:1", await kubectl.OkAsync("get", "deploy", "web", "-o", "jsonpath={.spec.template.spec.containers[0].image}"));
    }

    [Theory]
    [InlineData(Client.OfThePath, "--cascade=orphan")]
    [InlineData(Client.OfTheServers, "--cascade=orphan")]
    [InlineData(Client.OfThePath, "--cascade=foreground")]
    [InlineData(Client.OfTheServers, "--cascade=foreground")]
    [InlineData(Client.OfThePath, "--cascade=background")]
    [InlineData(Client.OfTheServers, "--cascade=background")]
    public async Task Delete_leaves_or_takes_the_dependents_as_it_is_told(Client client, string cascade)
    {
        var kubectl = await ground.OpenAsync(client);
        await kubectl.WithAsync(Manifests.Deployment(), "apply");
        await kubectl.OkAsync("wait", "--for=condition=Available", "deployment/web", "--timeout=30s");

        Assert.Equal("deployment.apps \"web\" deleted\n", await kubectl.OkAsync("delete", "deployment", "web", cascade));

        var sets = await kubectl.OkAsync("get", "rs", "-o", "name");
        Assert.Equal(cascade == "--cascade=orphan" ? 1 : 0, sets.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Theory]
    [InlineData(Client.OfThePath)]
    [InlineData(Client.OfTheServers)]
    public async Task Wait_ends_when_what_holds_a_deleted_object_lets_go(Client client)
    {
        var kubectl = await ground.OpenAsync(client);
        await kubectl.OkAsync("create", "configmap", "held");
        await kubectl.OkAsync("patch", "cm", "held", "--type=merge", "-p", """{"metadata":{"finalizers":["example.com/hold"]}}""");
        await kubectl.OkAsync("delete", "configmap", "held", "--wait=false");
        Assert.Equal(1, (await kubectl.RunAsync("wait", "--for=delete", "cm/held", "--timeout=1s")).ExitCode);

        var wait = kubectl.RunAsync("wait", "--for=delete", "cm/held", "--timeout=30s");
        await kubectl.OkAsync("patch", "cm", "held", "--type=merge", "-p", """{"metadata":{"finalizers":null}}""");

        // A client that comes after the object has gone says that there is nothing to wait for.
        var waited = await wait;
        Assert.True(waited.ExitCode == 0 || waited.Error.Contains("no matching resources found", StringComparison.Ordinal), waited.Error);
        Assert.Equal(1, (await kubectl.RunAsync("get", "cm", "held")).ExitCode);
    }

    [Theory]
    [InlineData(Client.OfThePath)]
    [InlineData(Client.OfTheServers)]
    public async Task Custom_kinds_are_printed_explained_scaled_and_checked(Client client)
    {
        var kubectl = await ground.OpenAsync(client);
        var group = kubectl.Namespace + ".example.com";
        await kubectl.WithAsync(Manifests.Definition(group), "apply");
        await kubectl.OkAsync("wait", "--for=condition=Established", "crd/widgets." + group, "--timeout=30s");
        var name = "widgets." + group;

        Assert.Equal($"widget.{group}/one created\n", (await kubectl.WithAsync(Manifests.Widget(group, "{size: 3, colour: red, replicas: 1}"), "apply")).Out);
        Assert.Equal($"widget.{group}/one unchanged\n", (await kubectl.WithAsync(Manifests.Widget(group, "{size: 3, colour: red, replicas: 1}"), "apply")).Out);
        Assert.Matches(@"^NAME +SIZE +READY\none +3 *\n$", await kubectl.OkAsync("get", name));
        Assert.Matches(@"^NAME +SIZE +READY +COLOUR\none +3 +red *\n$", await kubectl.OkAsync("get", name, "-o", "wide"));
        await kubectl.OkAsync("scale", name, "one", "--replicas=4");
        Assert.Equal("4", await kubectl.OkAsync("get", name, "one", "-o", "jsonpath={.spec.replicas}"));
        Assert.Matches(@"(?s)Kind: +Widget.*Size: +3", await kubectl.OkAsync("describe", name, "one"));
        Assert.Contains("How big it is.", await kubectl.OkAsync("explain", "widget.spec.size", $"--api-version={group}/v1"), StringComparison.Ordinal);

        var misspelt = await kubectl.WithAsync(Manifests.Widget(group, "{size: 3, color: red}"), "apply");
        Assert.Equal(1, misspelt.ExitCode);
        Assert.Contains("unknown field \"", misspelt.Error, StringComparison.Ordinal);
        var small = await kubectl.WithAsync(Manifests.Widget(group, "{size: 0}"), "apply");
        Assert.Equal(1, small.ExitCode);
        Assert.Contains("spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1", small.Error, StringComparison.Ordinal);
    }
}
