using KubeFed.Engine;
using KubeFed.Engine.Federate;
using KubeFed.Host.Cli;
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
            if (item.Fault is { } fault)
            {
                host.Sink.Error(fault);
            }
            else if (item.Resource is null)
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

            return host.Sink.Errors == 0 ? ExitCode.Ok : ExitCode.Failed;
        }

        var batch = new ResourceBatch(host.Federation, [.. items.Select(item => item.Resource!)]);
        await EnableAsync(batch, request, cancellationToken).ConfigureAwait(false);
        if (!request.DryRun)
        {
            await foreach (var item in batch.CreateAsync(dryRun: false, cancellationToken).ConfigureAwait(false))
            {
                Tell(item);
            }
        }

        return host.Sink.Errors == 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    /// <summary>P-124: one that fails is told and does not end the rest.</summary>
    private void Tell(BatchItem item)
    {
        if (item.Error is { } error)
        {
            host.Sink.Error(error);
        }
        else
        {
            host.Sink.Verbose($"Federated {item.Draft.Type.Name} \"{item.Draft.Key}\".");
        }
    }

    /// <remarks>K-60, except that all missing types are named at once and before anything is created.</remarks>
    private async Task EnableAsync(ResourceBatch batch, FederateRequest request, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var enabled in await batch.EnableTypesAsync(request.EnableType, request.DryRun, host.Sink, cancellationToken).ConfigureAwait(false))
            {
                ChangeLines.Enabled(environment.Out, enabled, host.Federation.SystemNamespace);
            }
        }
        catch (FederationException error) when (error.Id == "TypeNotEnabled")
        {
            throw new FederationException(error.Id, error.Problem, error.Message, error)
            {
                Remedy = "Consider using '--enable-type' to optionally enable type while federating the resource, "
                    + "or leave types out with '--skip-api-resources'.",
                Target = error.Target,
            };
        }
    }
}
