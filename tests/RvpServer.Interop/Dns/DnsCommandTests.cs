using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;
using RvpServer.Cli;
using RvpServer.Configuration;
using RvpServer.Dns;
using RvpServer.Domains;

namespace RvpServer.Interop.Dns;

public class DnsCommandTests
{
    private static readonly CallbackReply Rvp =
        new("HTTP/1.1 401 Unauthorized\r\nRVP-Notifications-Version: 0.2\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", AfterReply.Close);
    private static readonly CallbackReply Web = new("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", AfterReply.Close);
    private static readonly Dictionary<string, string> AdatumMail = new() { ["adatum.com"] = "im.adatum.com" };

    [Fact]
    public async Task What_dns_zone_prints_is_what_dns_check_wants()
    {
        await using var router = CallbackListener.Start(Rvp, address: "127.0.1.10");
        var port = router.Port;
        await using var nsd = await NsdServer.StartAsync();
        var (printed, zone) = await RunAsync(
            nsd, Adatum(port), "dns", "zone", "--address", "im.adatum.com=127.0.1.10", "--address", "imhomeserver1.adatum.com=127.0.1.11");
        await nsd.ChangeAsync("adatum.com", Lines(zone, "adatum.com."));
        await nsd.ChangeAsync("in-addr.arpa", Lines(zone, "in-addr.arpa."));

        var (exit, output) = await RunAsync(nsd, Adatum(port), "dns", "check", "adatum.com");

        Assert.Equal(0, printed);
        Assert.Equal(
            $"""
            adatum.com
              ok      SRV     _rvp._tcp.adatum.com is 0 0 {port} im.adatum.com
              ok      server  im.adatum.com port {port} is virtual server imrouter1
              ok      address im.adatum.com is 127.0.1.10
              ok      PTR     127.0.1.10 is im.adatum.com
              ok      port    127.0.1.10 port {port} accepts connections
              ok      RVP     127.0.1.10 port {port} answers as an RVP server
              ok      home    imhomeserver1.adatum.com port {port} is virtual server imhomeserver1
              ok      address imhomeserver1.adatum.com is 127.0.1.11
              ok      PTR     127.0.1.11 is imhomeserver1.adatum.com
              note    caller  imhomeserver1.adatum.com has no address that DNS names for im.adatum.com: other organisations believe it only behind a firewall or proxy with such an address
            All is well.

            """, output);
        Assert.Equal(0, exit);
        Assert.Equal(
            $"""
            PROPFIND /instmsg/aliases/ HTTP/1.1
            Host: im.adatum.com:{port}
            RVP-Notifications-Version: 0.2
            Depth: 0
            Content-Type: text/xml
            Content-Length: 74


            """, Assert.Single(router.All).Head.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task An_empty_zone_gets_every_record_to_write()
    {
        await using var nsd = await NsdServer.StartAsync(("adatum.com", ""));

        var (exit, output) = await RunAsync(nsd, Adatum(8080), "dns", "check", "adatum.com");

        Assert.Equal(
            """
            adatum.com
              missing SRV     _rvp._tcp.adatum.com does not exist: clients go to adatum.com port 80
                      write   _rvp._tcp.adatum.com. IN SRV 0 0 8080 im.adatum.com.
              ok      server  im.adatum.com port 8080 is virtual server imrouter1
              missing address im.adatum.com has no address
                      write   im.adatum.com. IN A ADDRESS
              ok      home    imhomeserver1.adatum.com port 8080 is virtual server imhomeserver1
              missing address imhomeserver1.adatum.com has no address
                      write   imhomeserver1.adatum.com. IN A ADDRESS
            Not all is well.

            """, output);
        Assert.Equal(1, exit);
    }

    [Fact]
    public async Task A_record_that_leads_elsewhere_is_wrong()
    {
        await using var web = CallbackListener.Start(Web, address: "127.0.1.11");
        await using var nsd = await NsdServer.StartAsync(
            ("adatum.com", $"_rvp._tcp SRV 0 0 {web.Port} imhomeserver1\n_rvp._tcp SRV 5 0 80 127.0.1.10.\nimhomeserver1 A 127.0.1.11\nim A 127.0.1.10\n"),
            ("1.0.127.in-addr.arpa", "11 PTR im.adatum.com.\n"));

        var (exit, output) = await RunAsync(nsd, Adatum(8080), "dns", "check", "adatum.com");

        Assert.Equal(
            $"""
            adatum.com
              ok      SRV     _rvp._tcp.adatum.com is 0 0 {web.Port} imhomeserver1.adatum.com
              wrong   SRV     _rvp._tcp.adatum.com is 5 0 80 127.0.1.10: not a host name and port
                      write   _rvp._tcp.adatum.com. IN SRV 0 0 8080 im.adatum.com.
              wrong   server  imhomeserver1.adatum.com port {web.Port} is not the IM domain: im.adatum.com port 8080
                      write   _rvp._tcp.adatum.com. IN SRV 0 0 8080 im.adatum.com.
              ok      address imhomeserver1.adatum.com is 127.0.1.11
              wrong   PTR     127.0.1.11 is im.adatum.com, which has another address
                      write   11.1.0.127.in-addr.arpa. IN PTR imhomeserver1.adatum.com.
              ok      port    127.0.1.11 port {web.Port} accepts connections
              wrong   RVP     127.0.1.11 port {web.Port} does not answer as an RVP server
            Not all is well.

            """, output);
        Assert.Equal(1, exit);
    }

    [Fact]
    public async Task An_im_domain_on_port_80_needs_no_srv_record_but_a_server()
    {
        await using var nsd = await NsdServer.StartAsync(("adatum.com", "im A 127.0.1.77\n"), ("1.0.127.in-addr.arpa", ""));

        var (exit, output) = await RunAsync(nsd, Adatum(80), "dns", "check", "IM.adatum.com");

        Assert.Equal(
            """
            im.adatum.com
              note    SRV     _rvp._tcp.im.adatum.com does not exist: clients go to im.adatum.com port 80
              ok      server  im.adatum.com port 80 is virtual server imrouter1
              ok      address im.adatum.com is 127.0.1.77
              missing PTR     127.0.1.77 has no name
                      write   77.1.0.127.in-addr.arpa. IN PTR im.adatum.com.
              wrong   port    127.0.1.77 port 80 accepts no connection
              ok      home    imhomeserver1.adatum.com port 80 is virtual server imhomeserver1
              missing address imhomeserver1.adatum.com has no address
                      write   imhomeserver1.adatum.com. IN A ADDRESS
            Not all is well.

            """, output);
        Assert.Equal(1, exit);
    }

    [Fact]
    public async Task Another_organisation_needs_no_names_of_addresses()
    {
        await using var peer = CallbackListener.Start(Rvp, address: "127.0.2.10");
        await using var nsd = await NsdServer.StartAsync(("contoso.com", $"_rvp._tcp SRV 0 0 {peer.Port} im\nim A 127.0.2.10\n"), ("in-addr.arpa", ""));

        var (exit, output) = await RunAsync(nsd, Adatum(80), "dns", "check", "contoso.com");

        Assert.Equal(
            $"""
            contoso.com
              note    server  contoso.com is not in this configuration: another organisation's domain
              ok      SRV     _rvp._tcp.contoso.com is 0 0 {peer.Port} im.contoso.com
              ok      address im.contoso.com is 127.0.2.10
              note    PTR     127.0.2.10 has no name
              ok      port    127.0.2.10 port {peer.Port} accepts connections
              ok      RVP     127.0.2.10 port {peer.Port} answers as an RVP server
            All is well.

            """, output);
        Assert.Equal(0, exit);
    }

    [Fact]
    public async Task A_silent_dns_server_is_said_so_as_json_too()
    {
        await using var nsd = await NsdServer.StartAsync(("adatum.com", ""));
        await nsd.FreezeAsync();

        var (exit, output) = await RunAsync(nsd, Adatum(80), "dns", "check", "adatum.com", "--json");

        Assert.Equal(
            """
            [
              {
                "result": "wrong",
                "about": "SRV",
                "text": "the DNS servers do not answer for _rvp._tcp.adatum.com",
                "write": null
              }
            ]

            """, output);
        Assert.Equal(1, exit);
    }

    [Fact]
    public async Task An_im_domain_whose_srv_record_cannot_be_read_is_looked_for_at_its_own_address()
    {
        await using var router = CallbackListener.Start(Rvp, address: "127.0.1.10");
        var port = router.Port;
        await using var nsd = await NsdServer.StartAsync(
            ("adatum.com", "im A 127.0.1.10\n"), ("_rvp._tcp.im.adatum.com", "@ SRV 0 0 80\n"), ("1.0.127.in-addr.arpa", "10 PTR im.adatum.com.\n"));

        var (exit, output) = await RunAsync(nsd, Adatum(port), "dns", "check", "im.adatum.com");

        Assert.Equal(
            $"""
            im.adatum.com
              wrong   SRV     the DNS servers do not answer for _rvp._tcp.im.adatum.com
              note    SRV     without an answer other servers go to im.adatum.com port {port}
              ok      server  im.adatum.com port {port} is virtual server imrouter1
              ok      address im.adatum.com is 127.0.1.10
              ok      PTR     127.0.1.10 is im.adatum.com
              ok      port    127.0.1.10 port {port} accepts connections
              ok      RVP     127.0.1.10 port {port} answers as an RVP server
              ok      home    imhomeserver1.adatum.com port {port} is virtual server imhomeserver1
              missing address imhomeserver1.adatum.com has no address
                      write   imhomeserver1.adatum.com. IN A ADDRESS
            Not all is well.

            """, output);
        Assert.Equal(1, exit);
    }

    [Fact]
    public async Task An_address_that_is_called_from_is_not_wrong_and_home_servers_need_not_be_seen_from_outside()
    {
        await using var router = CallbackListener.Start(Rvp, address: "127.0.1.10");
        var port = router.Port;
        await using var nsd = await NsdServer.StartAsync(
            ("adatum.com", $"_rvp._tcp.im SRV 0 0 {port} im\n_rvp._tcp.im SRV 10 0 {port} gate\nim A 127.0.1.10\ngate A 127.0.1.12\n"),
            ("1.0.127.in-addr.arpa", "10 PTR im.adatum.com.\n12 PTR gate.adatum.com.\n"));

        var (inside, _) = await RunAsync(nsd, Adatum(port), "dns", "check", "im.adatum.com");
        // Of the DNS servers of the configuration it would not ask this one.
        await using var other = await NsdServer.StartAsync();
        var (exit, output) = await RunAsync(other, Adatum(port), "dns", "check", "im.adatum.com", "--outside", "--server", nsd.Endpoint.ToString());

        Assert.Equal(1, inside);
        Assert.Equal(
            $"""
            im.adatum.com
              ok      SRV     _rvp._tcp.im.adatum.com is 0 0 {port} im.adatum.com
              ok      SRV     _rvp._tcp.im.adatum.com is 10 0 {port} gate.adatum.com
              ok      caller  gate.adatum.com names an address that this organisation calls from
              ok      address gate.adatum.com is 127.0.1.12
              ok      PTR     127.0.1.12 is gate.adatum.com
              ok      server  im.adatum.com port {port} is virtual server imrouter1
              ok      address im.adatum.com is 127.0.1.10
              ok      PTR     127.0.1.10 is im.adatum.com
              ok      port    127.0.1.10 port {port} accepts connections
              ok      RVP     127.0.1.10 port {port} answers as an RVP server
              ok      home    imhomeserver1.adatum.com port {port} is virtual server imhomeserver1
              note    address imhomeserver1.adatum.com has no address
            All is well.

            """, output);
        Assert.Equal(0, exit);
    }

    [Fact]
    public async Task The_example_zones_can_be_served_and_lead_to_the_router()
    {
        await using var nsd = await NsdServer.StartAsync();

        await nsd.ReplaceAsync("adatum.com", Repository.Read("deploy/dns/adatum.com.zone"));
        await nsd.ReplaceAsync("2.0.192.in-addr.arpa", Repository.Read("deploy/dns/2.0.192.in-addr.arpa.zone"));

        var resolver = Resolver(nsd);
        var found = await resolver.ResolveAsync("adatum.com", null, default);
        var pointer = await resolver.AskAsync("10.2.0.192.in-addr.arpa", DnsClient.QueryType.PTR, default);
        Assert.Equal(("im.adatum.com", 80, "192.0.2.10"), (found.Endpoints[0].Host, found.Endpoints[0].Port, string.Join(' ', found.Endpoints[0].Addresses)));
        Assert.Equal(["im.adatum.com"], pointer.Pointers);
    }

    private static VirtualServer[] Adatum(int port) =>
    [
        new("imhomeserver1", Role.Home, "im.adatum.com", ["imhomeserver1.adatum.com"], port),
        new("imrouter1", Role.Router, "im.adatum.com", ["im.adatum.com"], port),
    ];

    private static DomainResolver Resolver(NsdServer nsd) =>
        new(nsd.Settings(timeoutMilliseconds: 2000), new FakeTimeProvider(), NullLogger<DnsLookup>.Instance);

    /// <summary>The printed lines that belong into a zone.</summary>
    private static string Lines(string zone, string suffix) =>
        string.Concat(zone.Split('\n').Where(line => line.Split(' ')[0].EndsWith(suffix, StringComparison.Ordinal)).Select(line => line + "\n"));

    private static async Task<(int Exit, string Output)> RunAsync(NsdServer nsd, VirtualServer[] servers, params string[] line)
    {
        var subject = new DnsSubject(new ImDomains(servers, AdatumMail), Resolver(nsd));
        var root = new RootCommand { DnsCommand.Create(parsed => new CommandContext<DnsSubject>(parsed, subject, TextReader.Null)) };
        var ran = await Ran.InProcessAsync(root.Parse(line));
        return (ran.Code, ran.Out);
    }
}
