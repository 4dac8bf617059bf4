using System.Net;
using RvpServer.Configuration;
using RvpServer.Http;

namespace RvpServer.Admin;

/// <summary>The Host names under which the Admin URL answers: a foreign page that leads its own name to this machine must get nothing.</summary>
internal sealed class AdminHosts(AdminOptions options)
{
    /// <summary>The answer to all others.</summary>
    public const string Refusal = "The Admin URL answers to loopback names and those in Rvp:Admin:HostNames.\n";

    private readonly HashSet<string> names = new(options.HostNames.Append(options.Url?.IdnHost ?? "").Select(Plain), StringComparer.OrdinalIgnoreCase);

    /// <summary>True for a host that may be answered; also without one, since browsers always send it.</summary>
    public bool Contain(HostHeader host)
    {
        if (!host.IsGiven) return true;
        if (host.Name is not { } name) return false;
        if (name == "localhost" || names.Contains(name)) return true;
        return IPAddress.TryParse(name, out var address) && IPAddress.IsLoopback(address);
    }

    private static string Plain(string host) => new HostHeader(host).Name ?? host;
}
