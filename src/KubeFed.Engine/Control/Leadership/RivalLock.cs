using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Json;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Control.Leadership;

/// <summary>
/// KubeFed's own lock: a record in an annotation of a ConfigMap or of Endpoints. A controller of KubeFed's that still renews it does not see our Lease, and
/// would work against us.
/// </summary>
/// <remarks>C-21, A-121, client-go resourcelock: <c>control-plane.alpha.kubernetes.io/leader</c>.</remarks>
public sealed class RivalLock(Federation federation)
{
    private const string Annotation = "control-plane.alpha.kubernetes.io/leader";

    /// <summary>Records that seem older than this are not waited for: no clocks are that far apart where certificates are accepted.</summary>
    private static readonly TimeSpan s_longAgo = TimeSpan.FromHours(1);

    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);

    private static readonly ApiResource[] s_kinds =
        [KnownResources.ConfigMaps, new("", "v1", "Endpoints", "endpoints", Namespaced: true)];

    /// <summary>
    /// Returns when no controller of KubeFed's is at work. KubeFed never gives its lock back, so a record that is there is watched for as long as it is good
    /// for: whether it is renewed tells, not what its times say.
    /// </summary>
    /// <param name="sink">Told when there is something to wait for.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="FederationException"><c>ControllerRunning</c>: one is.</exception>
    /// <exception cref="KubeException">The host does not answer.</exception>
    public async Task EnsureNotHeldAsync(IEngineSink sink, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sink);
        foreach (var kind in s_kinds)
        {
            if (await ReadAsync(kind, sink, cancellationToken).ConfigureAwait(false) is not { } first || IsLongAgo(first))
            {
                continue;
            }

            sink.Warning($"{kind.Kind} {federation.SystemNamespace}/{LeaderElection.LockName} names {first.Holder} as a KubeFed controller that leads; "
                + $"waiting {first.Good.TotalSeconds:0.###} s to see whether it still does.");
            for (var begin = federation.Time.GetTimestamp(); federation.Time.GetElapsedTime(begin) < first.Good;)
            {
                await Task.Delay(s_look, federation.Time, cancellationToken).ConfigureAwait(false);
                if (await ReadAsync(kind, sink, cancellationToken).ConfigureAwait(false) is { } now && now != first)
                {
                    throw Running(kind, now);
                }
            }
        }
    }

    private FederationException Running(ApiResource kind, Held held) => new(
        "ControllerRunning",
        FederationProblem.Refused,
        $"A KubeFed controller manages this federation: {held.Holder} renews its lock, {kind.Kind} {federation.SystemNamespace}/{LeaderElection.LockName}.")
    {
        Remedy = $"Scale deployment {LeaderElection.LockName} in namespace {federation.SystemNamespace} to 0, and start again.",
        Target = held.Holder,
    };

    private bool IsLongAgo(Held held) =>
        DateTimeOffset.TryParse(held.Renewed, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var renewed)
        && federation.Time.GetUtcNow() - renewed > s_longAgo;

    private async Task<Held?> ReadAsync(ApiResource kind, IEngineSink sink, CancellationToken cancellationToken)
    {
        try
        {
            var key = new ObjectKey(federation.SystemNamespace, LeaderElection.LockName);
            var found = await federation.Host.FindAsync(kind, key, cancellationToken).ConfigureAwait(false);
            return found?.Annotation(Annotation) is { } text ? Parse(text) : null;
        }
        catch (KubeApiException error) when (error.IsForbidden)
        {
            sink.Warning($"Whether a KubeFed controller runs here can't be told: {error.Message}");
            return null;
        }
    }

    /// <summary>Null for a lock nobody holds, and for a text that is no record.</summary>
    private static Held? Parse(string text)
    {
        try
        {
            return JsonText.Parse(text) is JsonObject record && record.NonEmptyText("holderIdentity") is { } holder
                ? new Held(holder, record.Text("renewTime"), TimeSpan.FromSeconds(Math.Clamp(record.Integer("leaseDurationSeconds") ?? 15, 1, 300)))
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Held(string Holder, string? Renewed, TimeSpan Good);
}
