using System.Net;
using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Network;

namespace RvpServer.Outbound;

/// <summary>
/// The organisation's outgoing HTTP proxy, if it has one: which hosts are reached without it, and how its own errors are distinguished from answers.
/// </summary>
internal sealed class OutboundProxy(FirewallOptions firewall)
{
    /// <summary>Its URL; null: there is none.</summary>
    public Uri? Url { get; } = firewall.OutboundProxy;

    /// <summary>True for addresses inside the organisation, which the proxy cannot or need not reach.</summary>
    public bool IsInside(IPAddress address) => firewall.InternalRanges.Cover(address) || AddressKind.Of(address) == AddressKinds.Loopback;

    /// <summary>
    /// True for an answer that the proxy itself gave because it reached nobody. Every answer of an RVP server has the version header. Clients leave it out, but
    /// none answers 407 or 502 to 504, and a proxy that passes an answer on adds Via to it. [RFC 9110, 7.6.3]
    /// </summary>
    /// <param name="response">The answer that came through the proxy.</param>
    /// <param name="outcome">What it means for the request: with 504 it may have been passed on already.</param>
    public static bool IsItsOwn(HttpResponseMessage response, out SendOutcome outcome)
    {
        var status = (int)response.StatusCode;
        outcome = status == 504 ? SendOutcome.NoAnswer : SendOutcome.NotReached;
        if (status is not (407 or (>= 500 and <= 599)) || response.Headers.Contains(RvpHeaders.Version)) return false;
        var saysSo = response.Headers.Contains("Proxy-Status") || response.Headers.Contains("X-Squid-Error") || response.Headers.Contains("Proxy-Authenticate");
        return saysSo || status is 407 or (>= 502 and <= 504) || !response.Headers.Contains("Via");
    }
}
