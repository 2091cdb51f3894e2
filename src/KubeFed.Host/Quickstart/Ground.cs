using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Client;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeFed.Host.Quickstart;

/// <summary>Lays out a stage on given clusters, with the meter where requests leave the process.</summary>
public static class Ground
{
    /// <param name="host">The host.</param>
    /// <param name="members">Exactly three.</param>
    /// <param name="transports">Ways to reach servers other than by sockets, such as the sandbox's.</param>
    /// <param name="time">Deadlines and pauses follow it.</param>
    /// <param name="systemNamespace">Of the control plane.</param>
    public static StageOptions Of(
        StoryCluster host,
        IReadOnlyList<StoryCluster> members,
        IEnumerable<IKubeTransport> transports,
        TimeProvider time,
        string systemNamespace = KubeFedNames.DefaultSystemNamespace)
    {
        var meter = new RequestMeter();
        return new StageOptions
        {
            Host = host,
            Members = members,
            Meter = meter,
            Clients = new KubeClientFactory(transports, time: time, wrap: (handler, settings) => meter.Attach(settings.Server, handler)),
            Loggers = NullLoggerFactory.Instance,
            Time = time,
            SystemNamespace = systemNamespace,
        };
    }
}
