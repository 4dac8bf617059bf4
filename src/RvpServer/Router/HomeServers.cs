using System.Globalization;
using RvpServer.Configuration;
using RvpServer.Directories;

namespace RvpServer.Router;

/// <summary>Where an account lives. A closed set.</summary>
internal abstract record AccountHome
{
    private AccountHome()
    {
    }

    /// <summary>On a virtual server of this process.</summary>
    internal sealed record Here(VirtualServer Server) : AccountHome;

    /// <summary>On a home server elsewhere.</summary>
    /// <param name="Host">Its host[:port], lower case.</param>
    internal sealed record Away(string Host) : AccountHome;
}

/// <summary>Turns what the directory says about an account's home into a place.</summary>
internal sealed class HomeServers(IReadOnlyList<VirtualServer> servers)
{
    private readonly ILookup<string, VirtualServer> byDomain = servers.Where(server => server.Role == Role.Home).ToLookup(server => server.Domain);

    /// <summary>
    /// The account's home; null where nobody hosts it: any home server will do and there is none here, or its entry names a server of this
    /// process that does not host its domain. Never such a server itself, so that nothing is referred to a router for ever.
    /// </summary>
    public AccountHome? Of(Account account)
    {
        var own = byDomain[account.Domain];
        if (account.HomeServer is not { } home) return own.FirstOrDefault() is { } any ? new AccountHome.Here(any) : null;
        if (own.FirstOrDefault(server => IsMeant(server, home)) is { } meant) return new AccountHome.Here(meant);
        return servers.Any(server => IsMeant(server, home)) ? null : new AccountHome.Away(home.ToLowerInvariant());
    }

    /// <summary>A server's public host, with its port where that is not 80.</summary>
    public static string HostOf(VirtualServer server) =>
        server.Port == 80 ? server.HostNames[0] : string.Create(CultureInfo.InvariantCulture, $"{server.HostNames[0]}:{server.Port}");

    // By its name, or by one of its hosts: LDAP knows physical URLs only. A port, where written, must be the right one: two processes may share a host.
    private static bool IsMeant(VirtualServer server, string home)
    {
        if (server.Name.Equals(home, StringComparison.OrdinalIgnoreCase)) return true;
        var colon = home.LastIndexOf(':');
        var hasPort = colon > home.LastIndexOf(']') && colon >= 0;
        if (hasPort && home[(colon + 1)..] != server.Port.ToString(CultureInfo.InvariantCulture)) return false;
        return server.HostNames.Contains(hasPort ? home[..colon] : home, StringComparer.OrdinalIgnoreCase);
    }
}
