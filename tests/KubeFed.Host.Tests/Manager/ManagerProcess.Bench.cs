using KubeFed.Host.Tests.Cli;

namespace KubeFed.Host.Tests.Manager;

/// <content>On the clusters of a bench.</content>
internal sealed partial class ManagerProcess
{
    internal static ManagerProcess Start(Bench bench, params string[] flags) => Start(bench.KubeConfig, [bench.Sandbox.Transport], flags);

    internal static ManagerProcess StartWith(Bench bench, string variable, string value, params string[] flags) =>
        new(bench.KubeConfig, [bench.Sandbox.Transport], "127.0.0.1:0", flags, new Dictionary<string, string> { [variable] = value });

    internal static ManagerProcess ListeningOn(Bench bench, string health) => new(bench.KubeConfig, [bench.Sandbox.Transport], health, []);
}
