using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.TestSupport.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace KubeFed.Cluster.Tests.Admission;

/// <summary>
/// A mutating admission webhook as service meshes have one: whatever Deployment with the label <c>inject=yes</c> is written gets a label and a sidecar, unless
/// it has them. It serves on loopback, and is registered in one cluster until it is disposed of.
/// </summary>
internal sealed class InjectingWebhook : IAsyncDisposable
{
    private static readonly ApiResource Registrations =
        new("admissionregistration.k8s.io", "v1", "MutatingWebhookConfiguration", "mutatingwebhookconfigurations", Namespaced: false);

    private readonly IKubeClient _cluster;
    private readonly WebApplication _server;
    private readonly ClusterAuthority _authority;
    private readonly ObjectKey _key;

    private InjectingWebhook(IKubeClient cluster, WebApplication server, ClusterAuthority authority, string name) =>
        (_cluster, _server, _authority, _key) = (cluster, server, authority, ObjectKey.ClusterScoped(name));

    /// <summary>Serves, and is asked by the cluster from the moment this returns or shortly after.</summary>
    public static async Task<InjectingWebhook> StartAsync(IKubeClient cluster, string name, CancellationToken cancellationToken)
    {
        var authority = ClusterAuthority.Create("webhook", TimeProvider.System);
        var pair = authority.IssueServer(IPAddress.Loopback);
        using var pem = X509Certificate2.CreateFromPem(pair.Certificate, pair.Key);
        var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), password: null);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration()
            .ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var server = builder.Build();
        server.Run(AnswerAsync);
        await server.StartAsync(cancellationToken);
        var address = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        var webhook = new InjectingWebhook(cluster, server, authority, name);
        var registration = KubeObject.Create(Registrations, webhook._key);
        registration.Json["webhooks"] = new JsonArray(new JsonObject
        {
            ["name"] = "inject.example.com",
            ["clientConfig"] = new JsonObject
            {
                ["url"] = $"{address}/mutate",
                ["caBundle"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(authority.CertificatePem)),
            },
            ["rules"] = new JsonArray(new JsonObject
            {
                ["apiGroups"] = new JsonArray("apps"),
                ["apiVersions"] = new JsonArray("v1"),
                ["operations"] = new JsonArray("CREATE", "UPDATE"),
                ["resources"] = new JsonArray("deployments"),
            }),
            ["objectSelector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["inject"] = "yes" } },
            ["failurePolicy"] = "Fail",
            ["sideEffects"] = "None",
            ["admissionReviewVersions"] = new JsonArray("v1"),
        });
        await cluster.CreateAsync(Registrations, registration, WriteOptions.Default, cancellationToken);
        return webhook;
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DeleteAsync(Registrations, _key, DeleteOptions.Default, CancellationToken.None);
        await _server.DisposeAsync();
        _authority.Dispose();
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        var review = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!;
        var asked = review["request"]!;
        var patch = new JsonArray();
        if (asked["object"]!["metadata"]!["labels"]!["injected"] is null)
        {
            patch.Add(new JsonObject { ["op"] = "add", ["path"] = "/metadata/labels/injected", ["value"] = "yes" });
        }

        if (asked["object"]!["spec"]!["template"]!["spec"]!["containers"]!.AsArray().All(container => (string?)container!["name"] != "sidecar"))
        {
            var sidecar = new JsonObject { ["name"] = "sidecar", ["image"] = "proxy" };
            patch.Add(new JsonObject { ["op"] = "add", ["path"] = "/spec/template/spec/containers/-", ["value"] = sidecar });
        }

        var answer = new JsonObject
        {
            ["apiVersion"] = "admission.k8s.io/v1",
            ["kind"] = "AdmissionReview",
            ["response"] = new JsonObject
            {
                ["uid"] = asked["uid"]!.DeepClone(),
                ["allowed"] = true,
                ["patchType"] = "JSONPatch",
                ["patch"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(patch.ToJsonString())),
            },
        };
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(answer.ToJsonString(), context.RequestAborted);
    }
}
