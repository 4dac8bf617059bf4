using System.Net;
using RvpServer.Configuration;
using RvpServer.Network;

namespace RvpServer.Router;

/// <summary>Who is inside, and what that means for requests to nodes on another server.</summary>
internal sealed class Firewall(FirewallOptions options)
{
    /// <summary>Refer or proxy, by where the request comes from. Without a firewall everybody is inside.</summary>
    public Forwarding For(IPAddress source)
    {
        var address = PlainAddresses.Of(source);
        return !options.Enabled || options.InternalRanges.Any(range => range.Contains(address)) ? options.Inside : options.Outside;
    }
}
