using System.Diagnostics;
using Prometheus;

namespace KubeFed.Host.Manager.Metrics;

/// <summary>What every Prometheus client tells of its process, and the one name of it that the library spells otherwise.</summary>
/// <remarks>C-101.</remarks>
internal static class ProcessMetrics
{
    internal static void AddTo(CollectorRegistry registry)
    {
        DotNetStats.Register(registry);
        var resident = Prometheus.Metrics.WithCustomRegistry(registry).CreateGauge("process_resident_memory_bytes", "Resident memory size in bytes.");
        registry.AddBeforeCollectCallback(() =>
        {
            using var process = Process.GetCurrentProcess();
            resident.Set(process.WorkingSet64);
        });
    }
}
