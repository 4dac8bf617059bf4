using System.Net;
using RvpServer.Interop.Dns;

namespace RvpServer.Interop.Networks;

/// <summary>
/// The whole Figure 1 of the white paper on one machine, as network namespaces with cables between them: two organisations, each behind a
/// firewall that exposes nothing but its router, an outsider on the Internet, and a real DNS server. Needs root, iproute2, nftables, nsd
/// and bind9-dnsutils.
/// <code>
/// Internet 192.0.2.0/24               ┌─ adatum router 192.0.2.10 │ 10.1.0.1 ── 10.1.0.0/24: dc1, home server 1 and 2, client 1 and 2
/// outsider 192.0.2.99 (evil.example), DNS 192.0.2.53 ┤
///                                     └─ contoso router 192.0.2.20 │ 10.2.0.1 ── 10.2.0.0/24: home server 1, client 1
/// </code>
/// Calls from inside leave with the address of the organisation's router, as behind most firewalls, which is the one that DNS names.
/// </summary>
public sealed class Lab : IAsyncLifetime
{
    private const string Resolver = "192.0.2.53";
    private const string Internet = "net";

    private static readonly (string Name, (string Network, string Address)[] Cables)[] Plan =
    [
        ("adatum-router", [(Internet, "192.0.2.10"), ("adatum", "10.1.0.1")]),
        ("adatum-dc1", [("adatum", "10.1.0.5")]),
        ("adatum-home1", [("adatum", "10.1.0.11")]),
        ("adatum-home2", [("adatum", "10.1.0.12")]),
        ("adatum-client1", [("adatum", "10.1.0.101")]),
        ("adatum-client2", [("adatum", "10.1.0.102")]),
        ("contoso-router", [(Internet, "192.0.2.20"), ("contoso", "10.2.0.1")]),
        ("contoso-home1", [("contoso", "10.2.0.11")]),
        ("contoso-client1", [("contoso", "10.2.0.101")]),
        ("outsider", [(Internet, "192.0.2.99")]),
    ];

    private readonly Dictionary<string, Host> hosts = [];
    private readonly Dictionary<(string Host, string Network), string> ports = [];
    private Host wire = null!;
    private NsdServer? dns;

    /// <summary>A host of the plan above, for example <c>adatum-home1</c>.</summary>
    internal Machine this[string host] => hosts[host].Machine;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        // Not skipped: a run without these tests must not count as passed.
        if (Environment.UserName != "root") throw new InvalidOperationException("The network tests make network namespaces and firewalls: run them as root.");
        await Host.RemoveOrphansAsync();
        try
        {
            await MakeWireAsync();
            foreach (var (name, cables) in Plan) await MakeHostAsync(name, cables);
            await SetFirewallsAsync(Passage.Drop);
            dns = await NsdServer.StartAsync(wire.Machine, new IPEndPoint(IPAddress.Parse(Resolver), 53), ("adatum.com", """
                _rvp._tcp     SRV 0 0 80 im
                im            A 192.0.2.10
                dc1           A 10.1.0.5
                imhomeserver1 A 10.1.0.11
                imhomeserver2 A 10.1.0.12

                """), ("contoso.com", """
                _rvp._tcp     SRV 0 0 80 im
                im            A 192.0.2.20
                imhomeserver1 A 10.2.0.11

                """), ("evil.example", HostileServer.Zone));
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (dns is not null) await dns.DisposeAsync();
        foreach (var host in hosts.Values.Append(wire).OfType<Host>()) await host.RemoveAsync();
    }

    /// <summary>What both firewalls do from now on.</summary>
    internal async Task SetFirewallsAsync(Passage passage)
    {
        foreach (var organisation in new[] { "adatum", "contoso" }) await Firewall.SetAsync(this[organisation + "-router"], passage, organisation, Internet);
    }

    /// <summary>Pulls the cable between an organisation and the Internet: packets are lost, and neither side is told.</summary>
    internal Task CutOffAsync(string organisation) => SetPortAsync(organisation + "-router", Internet, "0");

    /// <summary>Plugs it in again.</summary>
    internal Task MendAsync(string organisation) => SetPortAsync(organisation + "-router", Internet, "3");

    /// <summary>Pulls the cable of one host inside an organisation, as a lost power does.</summary>
    internal Task UnplugAsync(string host, string organisation) => SetPortAsync(host, organisation, "0");

    /// <summary>Plugs it in again.</summary>
    internal Task PlugInAsync(string host, string organisation) => SetPortAsync(host, organisation, "3");

    private async Task SetPortAsync(string host, string network, string state)
    {
        // 0 is disabled, 3 forwarding. [bridge(8)]
        await wire.Machine.DoAsync("bridge", "link", "set", "dev", ports[(host, network)], "state", state);
    }

    /// <summary>The place where the cables meet; the DNS server sits there, on every network.</summary>
    private async Task MakeWireAsync()
    {
        wire = await Host.MakeAsync("wire", Resolver, Resolver);
        foreach (var (network, address) in new[] { (Internet, Resolver), ("adatum", "10.1.0.53"), ("contoso", "10.2.0.53") })
        {
            await wire.IpAsync("link", "add", "br-" + network, "type", "bridge");
            await wire.IpAsync("link", "set", "br-" + network, "up");
            await wire.IpAsync("addr", "add", address + "/24", "dev", "br-" + network);
        }
    }

    private async Task MakeHostAsync(string name, (string Network, string Address)[] cables)
    {
        var host = await Host.MakeAsync(name, cables[0].Address, Resolver);
        hosts[name] = host;
        foreach (var (network, address) in cables)
        {
            var port = $"port{ports.Count}";
            ports[(name, network)] = port;
            await wire.ConnectAsync(port, host, network);
            await wire.IpAsync("link", "set", port, "master", "br-" + network, "up");
            await host.IpAsync("addr", "add", address + "/24", "dev", network);
            await host.IpAsync("link", "set", network, "up");
            await AddRoutesAsync(host, name, network);
        }
        if (name.EndsWith("-router", StringComparison.Ordinal)) await host.Machine.DoAsync("sysctl", "-q", "net.ipv4.ip_forward=1");
    }

    private static async Task AddRoutesAsync(Host host, string name, string network)
    {
        if (network == Internet)
        {
            // Every host outside has a route to the inside: it is the firewall that keeps them out.
            if (name != "adatum-router") await host.IpAsync("route", "add", "10.1.0.0/24", "via", "192.0.2.10");
            if (name != "contoso-router") await host.IpAsync("route", "add", "10.2.0.0/24", "via", "192.0.2.20");
            return;
        }
        await host.IpAsync("route", "replace", Resolver, "dev", network);
        if (!name.EndsWith("-router", StringComparison.Ordinal))
        {
            await host.IpAsync("route", "add", "default", "via", network == "adatum" ? "10.1.0.1" : "10.2.0.1");
        }
    }
}

/// <summary>Network tests share one lab, and so take turns.</summary>
[CollectionDefinition(Name)]
public sealed class LabTests : ICollectionFixture<Lab>
{
    internal const string Name = "Networks";
}
