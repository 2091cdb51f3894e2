using KubeFed.Engine;
using KubeFed.Engine.Api;
using KubeFed.Engine.Federate;
using KubeFed.Engine.Types;
using KubeFed.Host.Cli;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Host.Commands;

/// <summary>Federates a namespace of the host and what it contains; what controllers own is left out and named (P-124).</summary>
/// <remarks>cli.md section 6, mode B (K-57 to K-61).</remarks>
internal sealed class ContentsFederation(HostEnvironment environment, HostConnection host)
{
    internal async Task<int> RunAsync(FederateRequest request, IReadOnlyList<string> skip, CancellationToken cancellationToken)
    {
        var type = await host.Federation.Host.Discovery.ResolveAsync(request.TypeName, null, cancellationToken).ConfigureAwait(false);
        if (type != KnownResources.Namespaces)
        {
            throw new UsageException("Flag '--contents' can only be used with type 'namespaces'.");
        }

        var items = new List<ContentItem>();
        var contents = new ContentsRequest { Namespace = request.ResourceName, SkipTypes = skip };
        await foreach (var item in host.Federation.Resources.FromNamespaceAsync(contents, cancellationToken).ConfigureAwait(false))
        {
            if (item.Resource is null)
            {
                host.Sink.Warning($"{item.Source.Kind} {item.Source.Name} is skipped: {item.Skipped}");
            }
            else
            {
                items.Add(item);
            }
        }

        if (request.Yaml)
        {
            foreach (var item in items)
            {
                await environment.Out.WriteAsync(Manifests.Write(item.Resource!.Object.Json)).ConfigureAwait(false);
            }

            return ExitCode.Ok;
        }

        var missing = items.Where(item => !item.TypeEnabled).Select(item => item.Resource!.Type).DistinctBy(missing => missing.Name);
        await EnableAsync(request, [.. missing], cancellationToken).ConfigureAwait(false);
        foreach (var item in items.Where(_ => !request.DryRun))
        {
            await CreateAsync(item, cancellationToken).ConfigureAwait(false);
        }

        return host.Sink.Errors == 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    /// <summary>P-124: one that fails is told and does not end the rest.</summary>
    private async Task CreateAsync(ContentItem item, CancellationToken cancellationToken)
    {
        try
        {
            await host.Federation.Resources.CreateAsync(item.Resource!, dryRun: false, cancellationToken).ConfigureAwait(false);
            host.Sink.Verbose($"Federated {item.Source}.");
        }
        catch (FederationException error)
        {
            host.Sink.Error(error);
        }
        catch (KubeApiException error)
        {
            host.Sink.Error(new FederationException("FederateFailed", FederationProblem.Failed, $"{item.Source}: {error.Message}", error)
            {
                Remedy = error.Remedy,
            });
        }
    }

    /// <remarks>K-60, except that all missing types are named at once and before anything is created.</remarks>
    private async Task EnableAsync(FederateRequest request, IReadOnlyList<FederatedType> missing, CancellationToken cancellationToken)
    {
        if (missing.Count > 0 && !request.EnableType)
        {
            throw new FederationException(
                "TypeNotEnabled",
                FederationProblem.NotReady,
                $"Not federated on {host.Federation.Options.HostName}: {string.Join(", ", missing.Select(type => type.Name))}.")
            {
                Remedy = "Consider using '--enable-type' to optionally enable type while federating the resource, "
                    + "or leave types out with '--skip-api-resources'.",
            };
        }

        foreach (var type in missing)
        {
            var enable = new EnableRequest { Name = type.Name, DryRun = request.DryRun };
            var enabled = await host.Federation.Types.EnableAsync(enable, host.Sink, cancellationToken).ConfigureAwait(false);
            ChangeLines.Enabled(environment.Out, enabled, host.Federation.SystemNamespace);
        }
    }
}
