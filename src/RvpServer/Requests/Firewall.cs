using System.Net;
using RvpServer.Configuration;
using RvpServer.Network;

namespace RvpServer.Requests;

/// <summary>Who is inside, and what that means for requests to nodes on another server.</summary>
internal sealed class Firewall(FirewallOptions options)
{
    /// <summary>
    /// True if a caller is referred to the home server; otherwise the home server is asked on the caller's behalf. Without a firewall everybody is inside.
    /// </summary>
    public bool Refers(IPAddress source) => (!options.Enabled || options.InternalRanges.Cover(source) ? options.Inside : options.Outside) == Forwarding.Refer;
}
