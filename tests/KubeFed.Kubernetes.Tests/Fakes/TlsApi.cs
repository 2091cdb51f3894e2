using System.Net;
using System.Security.Cryptography.X509Certificates;
using KubeFed.Kubernetes.Config;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace KubeFed.Kubernetes.Tests.Fakes;

/// <summary>A TLS server on loopback whose <c>/version</c> tells how it was asked.</summary>
public sealed class TlsApi : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TlsApi(WebApplication app) => _app = app;

    public Uri Server => new(_app.Urls.First());

    /// <summary>The certificates besides the leaf that the last client sent.</summary>
    public int ClientIntermediates { get; private set; }

    public string? SniName { get; private set; }

    public static async Task<TlsApi> StartAsync(X509Certificate2? certificate, X509Certificate2Collection? chain = null,
        HttpProtocols protocols = HttpProtocols.Http1AndHttp2)
    {
        TlsApi? self = null;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = protocols;
            if (certificate is not null)
            {
                listen.UseHttps(https =>
                {
                    if (chain is null)
                    {
                        https.ServerCertificateSelector = (_, name) =>
                        {
                            self!.SniName = name;
                            return certificate;
                        };
                    }
                    else
                    {
                        https.ServerCertificate = certificate;
                        https.ServerCertificateChain = chain;
                    }

                    https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                    https.ClientCertificateValidation = (_, built, _) =>
                    {
                        self!.ClientIntermediates = built?.ChainPolicy.ExtraStore.Count ?? 0;
                        return true;
                    };
                });
            }
        }));
        var app = builder.Build();
        self = new TlsApi(app);
        app.MapGet("/version", async (HttpContext context) =>
        {
            var client = await context.Connection.GetClientCertificateAsync();
            return Results.Json(new
            {
                major = "1",
                minor = "30",
                gitVersion = string.Join('|', context.Request.Protocol, context.Request.Host, client?.Subject, context.Request.Headers.AcceptEncoding,
                    context.Request.Headers.Authorization),
            });
        });
        await app.StartAsync();
        return self;
    }

    public ConnectionSettings Settings(string? authority) =>
        new() { Name = "c1", Server = Server, CertificateAuthority = authority, Timeout = TimeSpan.FromMinutes(2) };

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
