using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;
using RvpServer.Cli;
using RvpServer.Configuration;
using RvpServer.Dns;
using RvpServer.Domains;

namespace RvpServer.Interop.Dns;

/// <summary>The zone files of <c>dns zone</c>, judged by the checkers of NSD and BIND.</summary>
public sealed class ZoneFileTests : IDisposable
{
    private static readonly string[] Given =
    [
        "--ns", "ns.adatum.com", "--serial", "7", "--address", "ns.adatum.com=192.0.2.53",
        "--address", "im.adatum.com=192.0.2.10", "--address", "im.adatum.com=192.0.2.9",
        "--address", "imhomeserver1.adatum.com=192.0.2.11", "--address", "imhomeserver1.adatum.com=2001:db8::11",
        "--address", "imhomeserver2.adatum.com=10.1.0.12",
    ];

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_forward_zone_has_all_servers_of_the_organisation()
    {
        var ran = await RunAsync(["--domain", "adatum.com", .. Given]);

        Assert.Equal(
            """
            ; Zone adatum.com, with what instant messaging needs alone: if you have this zone already, add the records to it.
            $ORIGIN adatum.com.
            $TTL 3600
            adatum.com.               IN SOA  ns.adatum.com. hostmaster.adatum.com. 7 3600 600 604800 300
            adatum.com.               IN NS   ns.adatum.com.
            _rvp._tcp.adatum.com.     IN SRV  0 0 80 im.adatum.com.
            _rvp._tcp.im.adatum.com.  IN SRV  0 0 80 im.adatum.com.
            im.adatum.com.            IN A    192.0.2.10
            im.adatum.com.            IN A    192.0.2.9
            imhomeserver1.adatum.com. IN A    192.0.2.11
            imhomeserver1.adatum.com. IN AAAA 2001:db8::11
            ns.adatum.com.            IN A    192.0.2.53
            imhomeserver2.adatum.com. IN A    10.1.0.12

            """, ran.Out);
        await AssertValidAsync("adatum.com", ran.Out);
    }

    [Theory]
    [InlineData("192.0.2.0/24", "2.0.192.in-addr.arpa")]
    [InlineData("10.0.0.0/8", "10.in-addr.arpa")]
    [InlineData("2001:db8::/64", "0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa")]
    public async Task A_reverse_zone_has_the_names_of_a_range(string range, string zone)
    {
        var ran = await RunAsync(["--reverse", range, .. Given]);

        Assert.Contains($"$ORIGIN {zone}.\n", ran.Out, StringComparison.Ordinal);
        Assert.Contains(" IN PTR  im", ran.Out, StringComparison.Ordinal);
        await AssertValidAsync(zone, ran.Out);
    }

    [Fact]
    public async Task All_zones_go_into_a_folder_and_nothing_there_is_overwritten()
    {
        var zones = folder.File("zones");

        var first = await RunAsync(["--out", zones, .. Given]);
        var second = await RunAsync(["--out", zones, .. Given]);

        Assert.Equal(0, first.Code);
        Assert.Equal(1, second.Code);
        Assert.Equal(
            ["0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.zone", "0.1.10.in-addr.arpa.zone", "2.0.192.in-addr.arpa.zone", "adatum.com.zone"],
            Directory.GetFiles(zones).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        foreach (var file in Directory.GetFiles(zones)) await AssertValidAsync(Path.GetFileNameWithoutExtension(file), await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task An_address_that_is_missing_makes_no_file()
    {
        var ran = await RunAsync("--domain", "adatum.com", "--ns", "ns.adatum.com", "--address", "im.adatum.com=192.0.2.10");

        Assert.Equal((1, ""), (ran.Code, ran.Out));
        Assert.Equal("imhomeserver1.adatum.com has no address: add --address imhomeserver1.adatum.com=IP\nns.adatum.com has no address: add --address "
            + "ns.adatum.com=IP\n", ran.Error);
    }

    [Theory]
    [InlineData("2.0.192.in-addr.arpa")]
    [InlineData("adatum.com")]
    public async Task The_example_zones_are_valid(string zone) => await AssertValidAsync(zone, Repository.Read($"deploy/dns/{zone}.zone"));

    [Fact]
    public async Task The_example_configuration_of_NSD_is_valid() =>
        Commands.OutputOf("nsd-checkconf", await Commands.RunAsync(NsdServer.Installed("nsd-checkconf"), [Repository.PathOf("deploy/dns/nsd.conf")]));

    private async Task AssertValidAsync(string zone, string text)
    {
        var file = folder.Write(zone + ".checked", text);
        foreach (var checker in new[] { "nsd-checkzone", "named-checkzone" })
            Commands.OutputOf(checker, await Commands.RunAsync(NsdServer.Installed(checker), [zone, file]));
    }

    private static async Task<Ran> RunAsync(params string[] options)
    {
        // Nobody is there: all addresses are given.
        var settings = new DnsOptions { Servers = [new(System.Net.IPAddress.Loopback, FreePort.Take())], Timeout = TimeSpan.FromSeconds(0.1) };
        VirtualServer[] servers =
        [
            new("imhomeserver1", Role.Home, "im.adatum.com", ["imhomeserver1.adatum.com"], 80),
            new("imrouter1", Role.Router, "im.adatum.com", ["im.adatum.com"], 80),
        ];
        var subject = new DnsSubject(
            new ImDomains(servers, new Dictionary<string, string> { ["adatum.com"] = "im.adatum.com" }),
            new DomainResolver(settings, new FakeTimeProvider(), NullLogger<DnsLookup>.Instance));
        var root = new RootCommand { DnsCommand.Create(parsed => new CommandContext<DnsSubject>(parsed, subject, TextReader.Null)) };
        return await Ran.InProcessAsync(root.Parse(["dns", "zone", .. options]));
    }
}
