using System.Net;
using Rvp.Protocol;
using RvpServer.Configuration;

namespace RvpServer.Router;

/// <summary>What a router does with a request, and a home server with one for a node of its domain on another: refers, or proxies, by where it comes from.</summary>
internal sealed class Forwarder(Firewall firewall, HomeProxy proxy)
{
    /// <summary>True where the caller is sent to the home server itself.</summary>
    public bool Refers(HttpContext context) => firewall.For(context.Connection.RemoteIpAddress ?? IPAddress.None) == Forwarding.Refer;

    /// <summary>Answers a request for a node on a home server elsewhere.</summary>
    public Task ForwardAsync(HttpContext context, VirtualServer server, RvpUrl node, HostAndPort homeServer) =>
        Refers(context) ? Referral.WriteAsync(context, node, homeServer) : proxy.ForwardAsync(context, server, node, homeServer);
}
