using System.Net;
using KubeFed.Host.Manager.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace KubeFed.Host.Manager.Endpoints;

/// <summary>Listens for probes and scrapes: plain HTTP, each kind on its own address.</summary>
/// <remarks>controllers.md section 1, P-105.</remarks>
internal sealed class ManagerEndpoints : IAsyncDisposable
{
    private readonly WebApplication? _application;

    private ManagerEndpoints(WebApplication? application, Uri? health, Uri? metrics) => (_application, Health, Metrics) = (application, health, metrics);

    /// <summary>Null when it does not listen.</summary>
    internal Uri? Health { get; }

    /// <summary>Null when it does not listen.</summary>
    internal Uri? Metrics { get; }

    /// <exception cref="IOException">An address can't be listened on.</exception>
    internal static async Task<ManagerEndpoints> StartAsync(
        ListenAddress? health, ListenAddress? metrics, ManagerHealth state, ManagerMetrics series, CancellationToken cancellationToken)
    {
        if (health is null && metrics is null)
        {
            return new ManagerEndpoints(null, null, null);
        }

        ListenOptions? healthEnd = null;
        ListenOptions? metricsEnd = null;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, CallersLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            Listen(kestrel, health, Site.Health, end => healthEnd = end);
            Listen(kestrel, metrics, Site.Metrics, end => metricsEnd = end);
        });
        var application = builder.Build();
        application.Run(context => AnswerAsync(context, state, series));
        try
        {
            await application.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return new ManagerEndpoints(application, At(healthEnd), At(metricsEnd));
    }

    public async ValueTask DisposeAsync()
    {
        if (_application is null)
        {
            return;
        }

        // A scraper that keeps its connection open must not hold the process up.
        using var now = new CancellationTokenSource();
        await now.CancelAsync().ConfigureAwait(false);
        await _application.StopAsync(now.Token).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
    }

    private static void Listen(KestrelServerOptions kestrel, ListenAddress? address, Site site, Action<ListenOptions> made)
    {
        if (address is null)
        {
            return;
        }

        if (address.Address is { } only)
        {
            kestrel.Listen(only, address.Port, Configure);
        }
        else if (address.Port == 0)
        {
            // A free port on every address can only be had of one family at a time.
            kestrel.Listen(IPAddress.Any, 0, Configure);
        }
        else
        {
            kestrel.ListenAnyIP(address.Port, Configure);
        }

        void Configure(ListenOptions end)
        {
            made(end);
            end.Protocols = HttpProtocols.Http1;
            end.Use(next => connection =>
            {
                connection.Features.Set(site);
                return next(connection);
            });
        }
    }

    /// <summary>An address a person on this machine can open.</summary>
    private static Uri? At(ListenOptions? end)
    {
        if (end?.IPEndPoint is not { } at)
        {
            return null;
        }

        var everywhere = at.Address.Equals(IPAddress.Any) || at.Address.Equals(IPAddress.IPv6Any);
        return new UriBuilder(Uri.UriSchemeHttp, (everywhere ? IPAddress.Loopback : at.Address).ToString(), at.Port).Uri;
    }

    private static Task AnswerAsync(HttpContext context, ManagerHealth state, ManagerMetrics series)
    {
        var site = context.Features.Get<Site>();
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            return WriteAsync(context, StatusCodes.Status405MethodNotAllowed, "405 method not allowed\n");
        }

        return context.Request.Path.Value?.TrimEnd('/') switch
        {
            "/healthz" when site == Site.Health => HealthAsync(context, state.Live("healthz")),
            "/livez" when site == Site.Health => HealthAsync(context, state.Live("livez")),
            "/readyz" when site == Site.Health => HealthAsync(context, state.Ready("readyz")),
            "/metrics" when site == Site.Metrics => series.WriteAsync(context.Response, context.RequestAborted),
            _ => WriteAsync(context, StatusCodes.Status404NotFound, "404 page not found\n"),
        };
    }

    private static Task HealthAsync(HttpContext context, HealthAnswer answer) => WriteAsync(
        context,
        answer.Passed ? StatusCodes.Status200OK : StatusCodes.Status500InternalServerError,
        answer.Text(context.Request.Query.ContainsKey("verbose")));

    private static Task WriteAsync(HttpContext context, int code, string text)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache, no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }

    /// <summary>What a connection may ask for; which one it came in by tells.</summary>
    private sealed record Site(string Name)
    {
        public static Site Health { get; } = new("health");

        public static Site Metrics { get; } = new("metrics");
    }

    /// <summary>Signals are the command's business, not the web server's.</summary>
    private sealed class CallersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
