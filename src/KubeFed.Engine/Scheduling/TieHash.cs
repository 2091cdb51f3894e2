using System.Text;

namespace KubeFed.Engine.Scheduling;

/// <summary>
/// KubeFed's order between clusters of equal weight: a hash of cluster and object, so that many small workloads do not all favour one cluster.
/// </summary>
/// <remarks>R-42: 32-bit FNV-1 (multiply, then xor) over the UTF-8 bytes of the cluster's name followed by the key.</remarks>
public static class TieHash
{
    private const uint Offset = 2166136261;
    private const uint Prime = 16777619;

    /// <param name="cluster">The cluster's name.</param>
    /// <param name="key"><c>namespace/name</c> of the federated object.</param>
    public static uint Of(string cluster, string key) => Continue(Continue(Offset, cluster), key);

    private static uint Continue(uint hash, string text)
    {
        Span<byte> buffer = stackalloc byte[256];
        var bytes = Encoding.UTF8.GetMaxByteCount(text.Length) <= buffer.Length ? buffer[..Encoding.UTF8.GetBytes(text, buffer)] : Encoding.UTF8.GetBytes(text);
        foreach (var value in bytes)
        {
            hash = unchecked(hash * Prime) ^ value;
        }

        return hash;
    }
}
