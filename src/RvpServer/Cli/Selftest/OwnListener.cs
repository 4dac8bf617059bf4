using System.Net;
using System.Net.Sockets;
using Rvp.Client;
using RvpServer.Configuration;

namespace RvpServer.Cli.Selftest;

/// <summary>
/// Where the running server listens on this machine: its virtual servers' names are led there, so that a test needs no DNS and meets no firewall. All other
/// names are looked up.
/// </summary>
internal sealed class OwnListener(RvpSettings settings)
{
    private readonly BindingAddress? listener = settings.Urls.FirstOrDefault(url => url.Scheme == Uri.UriSchemeHttp && !url.IsUnixPipe);

    /// <summary>The address that clients of this machine have there; null where the configuration names no plain listener.</summary>
    public IPAddress? Address =>
        listener is null ? null
        : IPAddress.TryParse(listener.Host.Trim('[', ']'), out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) ? address
        : IPAddress.Loopback;

    /// <summary>Opens a connection: for <see cref="RvpClientOptions.Connect"/>.</summary>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint server, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (Address is { } address && IsOurs(server)) await socket.ConnectAsync(address, listener!.Port, stop);
            else await socket.ConnectAsync(server, stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private bool IsOurs(DnsEndPoint server) => settings.VirtualServers.Any(
        own => own.Port == server.Port && (own.HostNames.Contains(server.Host, StringComparer.OrdinalIgnoreCase)));
}
