using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace RvpServer.Http;

/// <summary>
/// The socket in the data directory at which the command line asks the server. Only the owner of the directory may open it, so who does needs no other proof.
/// </summary>
internal static class AdminSocket
{
    private const string Name = "admin.sock";

    // What Linux, macOS and Windows all have room for.
    private const int MaxPathBytes = 103;

    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Its path; null where the directory's own is too long for a socket: then the command line opens the store itself.</summary>
    public static string? PathIn(string dataDirectory)
    {
        var path = Path.Combine(dataDirectory, Name);
        return Encoding.UTF8.GetByteCount(path) <= MaxPathBytes ? path : null;
    }

    /// <summary>Makes the socket; one that a killed server has left goes. The caller holds the lock on the directory.</summary>
    public static Socket Bind(EndPoint endpoint)
    {
        if (endpoint is not UnixDomainSocketEndPoint place) return SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        var path = place.ToString();
        File.Delete(path);
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        // Nobody can connect before it listens.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, Owner);
        return socket;
    }
}
