using System.Net;
using System.Net.Sockets;

namespace Rvp.Testing;

/// <summary>A port that a server is to have before it listens, because its configuration or a directory names it.</summary>
internal static class FreePort
{
    // Below the ports that systems give to whoever asks for any, so that nobody gets one meanwhile.
    private const int First = 20_000;
    private const int Count = 10_000;

    private static int next = Random.Shared.Next(Count);

    /// <summary>Free for TCP and for UDP; never the same one twice within a test run.</summary>
    public static int Take()
    {
        for (var i = 0; i < Count; i++)
        {
            var port = First + (Interlocked.Increment(ref next) & int.MaxValue) % Count;
            using var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                tcp.Bind(new IPEndPoint(IPAddress.Loopback, port));
                udp.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it: the next.
            }
        }
        throw new InvalidOperationException("No port is free.");
    }
}
