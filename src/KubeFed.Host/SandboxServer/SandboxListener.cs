using System.Net;
using System.Security.Cryptography.X509Certificates;
using KubeFed.Sandbox;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace KubeFed.Host.SandboxServer;

/// <summary>
/// Serves the clusters of a sandbox over HTTPS on 127.0.0.1, a port for each, HTTP/2 and HTTP/1.1. Every cluster has its own authority, the one its
/// service accounts' <c>ca.crt</c> names. Disposing it ends all connections; the sandbox stays.
/// </summary>
/// <remarks>RFC 9112, RFC 9113; tokens RFC 6750; client certificates RFC 8446.</remarks>
public sealed class SandboxListener : IAsyncDisposable
{
    /// <summary>As kube-apiserver limits bodies.</summary>
    private const long MaxBody = 3 << 20;

    private readonly WebApplication _application;
    private readonly List<X509Certificate2> _certificates;

    private SandboxListener(WebApplication application, List<X509Certificate2> certificates, IReadOnlyList<ServedCluster> clusters)
    {
        _application = application;
        _certificates = certificates;
        Clusters = clusters;
    }

    /// <summary>In the sandbox's order, host first.</summary>
    public IReadOnlyList<ServedCluster> Clusters { get; }

    /// <param name="sandbox">Whose clusters to serve.</param>
    /// <param name="portBase">The host's port; the members have those that follow. Zero takes any that are free.</param>
    /// <param name="cancellationToken">Gives the start up.</param>
    /// <exception cref="IOException">A port is taken.</exception>
    public static async Task<SandboxListener> StartAsync(Sandbox.Sandbox sandbox, int portBase, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sandbox);
        var certificates = new List<X509Certificate2>();
        var endpoints = new List<(SandboxCluster Cluster, ListenOptions Options)>();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, CallersLifetime>();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBody;
            kestrel.Limits.MinResponseDataRate = null;
            foreach (var (index, cluster) in sandbox.Clusters.Index())
            {
                var certificate = cluster.IssueServerCertificate();
                certificates.Add(certificate);
                kestrel.Listen(IPAddress.Loopback, portBase == 0 ? 0 : portBase + index, endpoint =>
                {
                    endpoints.Add((cluster, endpoint));
                    endpoint.Protocols = HttpProtocols.Http1AndHttp2;
                    endpoint.UseHttps(new HttpsConnectionAdapterOptions
                    {
                        ServerCertificate = certificate,
                        ClientCertificateMode = ClientCertificateMode.AllowCertificate,

                        // Whom a certificate stands for, and whether it is good at all, is the cluster's own question; it answers 401 where TLS would hang up.
                        ClientCertificateValidation = static (_, _, _) => true,
                    });
                    endpoint.Use(next => connection =>
                    {
                        connection.Features.Set(cluster);
                        return next(connection);
                    });
                });
            }
        });
        var application = builder.Build();
        application.Run(static context => RequestBridge.AnswerAsync(context, context.Features.GetRequiredFeature<SandboxCluster>()));
        try
        {
            await application.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            certificates.ForEach(certificate => certificate.Dispose());
            await application.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return new SandboxListener(
            application, certificates, [.. endpoints.Select(endpoint => new ServedCluster(endpoint.Cluster, new Uri($"https://127.0.0.1:{endpoint.Options.IPEndPoint!.Port}")))]);
    }

    public async ValueTask DisposeAsync()
    {
        // Open watches would hold a graceful stop up for as long as their clients like.
        using var now = new CancellationTokenSource();
        await now.CancelAsync().ConfigureAwait(false);
        await _application.StopAsync(now.Token).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
        _certificates.ForEach(certificate => certificate.Dispose());
    }

    /// <summary>Signals are the caller's business, not the web server's.</summary>
    private sealed class CallersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>A cluster and where it listens.</summary>
public sealed record ServedCluster(SandboxCluster Cluster, Uri Server);
