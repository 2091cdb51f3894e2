using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Clusters;

internal enum ProbeOutcome
{
    Ready,
    NotReady,
    Unreachable,
    Malformed,
}

/// <param name="Outcome">What the member is, as far as this probe can tell.</param>
/// <param name="Message">Empty when the member is ready.</param>
/// <param name="Version">Null when it could not be read.</param>
/// <param name="Latency">From the first request to the health answer.</param>
internal sealed record ProbeResult(ProbeOutcome Outcome, string Message, string? Version, TimeSpan Latency);

/// <summary>Asks one member, with the stored credentials, whether it is ready.</summary>
/// <param name="federation">Whose member.</param>
/// <param name="patience">For each of its answers.</param>
/// <remarks>P-20 to P-24: <c>/readyz</c> first; <c>/livez</c>, then the deprecated <c>/healthz</c>, where that is not served or not permitted.</remarks>
internal sealed class ClusterProbe(Federation federation, TimeSpan patience)
{
    private static readonly RequestPath[] Paths = [RequestPath.Parse("/readyz"), RequestPath.Parse("/livez"), RequestPath.Parse("/healthz")];

    public Task<ProbeResult> RunAsync(MemberCluster cluster, CancellationToken cancellationToken) =>
        RunAsync(cluster, token => federation.Members.ConnectAsync(cluster, token), cancellationToken);

    /// <summary>As above, with a connection the caller has.</summary>
    public async Task<ProbeResult> RunAsync(MemberCluster cluster, Func<CancellationToken, Task<IKubeClient>> connect, CancellationToken cancellationToken)
    {
        var start = federation.Time.GetTimestamp();
        try
        {
            var client = await connect(cancellationToken).ConfigureAwait(false);
            start = federation.Time.GetTimestamp();
            var answer = await HealthAsync(client, cancellationToken).ConfigureAwait(false);
            var latency = federation.Time.GetElapsedTime(start);
            var version = await PatientlyAsync(client.GetVersionAsync, cancellationToken).ConfigureAwait(false);
            return answer.Trim().Equals("ok", StringComparison.OrdinalIgnoreCase)
                ? new ProbeResult(ProbeOutcome.Ready, string.Empty, version.GitVersion, latency)
                : new ProbeResult(ProbeOutcome.NotReady, answer.Trim(), version.GitVersion, latency);
        }
        catch (FederationException error)
        {
            return new ProbeResult(ProbeOutcome.Malformed, error.Message, null, federation.Time.GetElapsedTime(start));
        }
        catch (KubeConfigException error)
        {
            return new ProbeResult(ProbeOutcome.Malformed, error.Message, null, federation.Time.GetElapsedTime(start));
        }
        catch (KubeApiException error) when (IsFromMember(error, cluster))
        {
            return new ProbeResult(ProbeOutcome.NotReady, error.Message, null, federation.Time.GetElapsedTime(start));
        }
        catch (KubeConnectionException error) when (error.Cluster == cluster.Name)
        {
            return new ProbeResult(ProbeOutcome.Unreachable, error.Message, null, federation.Time.GetElapsedTime(start));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ProbeResult(ProbeOutcome.Unreachable, $"no answer within {patience.TotalSeconds:0.###} s", null, federation.Time.GetElapsedTime(start));
        }
    }

    /// <summary>A host that refuses the Secret says nothing about the member; that error is the caller's.</summary>
    private bool IsFromMember(KubeApiException error, MemberCluster cluster) =>
        error.Cluster == cluster.Name || error.Cluster != federation.Host.Settings.Name;

    private async Task<string> HealthAsync(IKubeClient client, CancellationToken cancellationToken)
    {
        foreach (var path in Paths)
        {
            try
            {
                return await PatientlyAsync(token => client.GetTextAsync(path, token), cancellationToken).ConfigureAwait(false);
            }
            catch (KubeApiException error) when ((error.IsNotFound || error.IsForbidden) && path != Paths[^1])
            {
                // An older server, or a role that knows only the older paths: the next one will do.
            }
        }

        throw new InvalidOperationException("The last path either answers or throws.");
    }

    private async Task<T> PatientlyAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(patience, federation.Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        return await ask(linked.Token).ConfigureAwait(false);
    }
}
