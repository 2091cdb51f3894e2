using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace KubeFed.TestSupport.Servers;

/// <summary>
/// Free ports on 127.0.0.1, below the range that the kernel gives to outgoing connections: a server that is stopped for a while must find its port
/// free when it comes back.
/// </summary>
internal static class LoopbackPorts
{
    private const int First = 20_000;

    /// <summary>Ports that differ from each other and were free a moment ago; whoever binds one must be ready for another process to have been faster.</summary>
    public static int[] Find(int count)
    {
        var end = FirstEphemeral();
        var held = new List<TcpListener>();
        try
        {
            while (held.Count < count)
            {
                var listener = new TcpListener(IPAddress.Loopback, RandomNumberGenerator.GetInt32(First, end));
                try
                {
                    listener.Start();
                    held.Add(listener);
                }
                catch (SocketException taken) when (taken.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
                {
                    listener.Dispose();
                }
            }

            return [.. held.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            held.ForEach(listener => listener.Dispose());
        }
    }

    private static int FirstEphemeral()
    {
        const string setting = "/proc/sys/net/ipv4/ip_local_port_range";
        const int usual = 32_768;
        var first = File.Exists(setting) ? int.Parse(File.ReadAllText(setting).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[0], null) : usual;

        // Where the machine leaves no room below, any port must do.
        return first > First + 1_000 ? Math.Min(first, usual) : usual;
    }
}
