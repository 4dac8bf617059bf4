using System.CommandLine;
using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;
using RvpServer.Cli;
using RvpServer.Configuration;
using RvpServer.Domains;

namespace RvpServer.Tests.Cli;

public class DnsZoneTests
{
    private static readonly VirtualServer[] Adatum =
    [
        new("imhomeserver1", Role.Home, "im.adatum.com", ["imhomeserver1.adatum.com"], 80),
        new("imhomeserver2", Role.Home, "im.adatum.com", ["imhomeserver2.adatum.com"], 80),
        new("imrouter1", Role.Router, "im.adatum.com", ["im.adatum.com"], 80),
    ];

    private static readonly Dictionary<string, string> AdatumMail = new() { ["adatum.com"] = "im.adatum.com" };

    private readonly FakeDns dns = new();

    [Fact]
    public async Task The_zone_has_given_addresses_known_addresses_and_blanks_for_the_rest()
    {
        dns.HasAddress("imhomeserver1.adatum.com", "192.0.2.11", "2001:db8::11").HasAddress("im.adatum.com", "192.0.2.99");

        var (exit, output, _) = await RunAsync(
            Adatum, AdatumMail, "dns", "zone", "--address", "im.adatum.com=192.0.2.10", "--address", "IM.adatum.com=192.0.2.9");

        Assert.Equal(
            """
            ; Where clients and other organisations find the server of a domain
            _rvp._tcp.adatum.com.                                                     IN SRV  0 0 80 im.adatum.com.
            _rvp._tcp.im.adatum.com.                                                  IN SRV  0 0 80 im.adatum.com.

            ; Addresses of the servers
            im.adatum.com.                                                            IN A    192.0.2.10
            im.adatum.com.                                                            IN A    192.0.2.9
            imhomeserver1.adatum.com.                                                 IN A    192.0.2.11
            imhomeserver1.adatum.com.                                                 IN AAAA 2001:db8::11
            ; fill in: imhomeserver2.adatum.com. IN A ADDRESS

            ; Names of the addresses, for the reverse zones of the networks
            10.2.0.192.in-addr.arpa.                                                  IN PTR  im.adatum.com.
            9.2.0.192.in-addr.arpa.                                                   IN PTR  im.adatum.com.
            11.2.0.192.in-addr.arpa.                                                  IN PTR  imhomeserver1.adatum.com.
            1.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. IN PTR  imhomeserver1.adatum.com.

            """, output);
        Assert.Equal(0, exit);
    }

    [Fact]
    public async Task Everything_on_one_machine_and_another_port()
    {
        VirtualServer[] servers =
        [
            new("imhomeserver1", Role.Home, "im.adatum.com", ["imhomeserver1.adatum.com"], 8080),
            new("imrouter1", Role.Router, "im.adatum.com", ["imrouter1.adatum.com", "im.adatum.com"], 8080),
            new("contoso", Role.Home, "contoso.com", ["contoso.com", "192.0.2.30"], 80),
        ];
        var mail = new Dictionary<string, string> { ["contoso.com"] = "contoso.com", ["adatum.com"] = "im.adatum.com" };
        dns.HasAddress("im.adatum.com", "192.0.2.10").HasAddress("imrouter1.adatum.com", "192.0.2.10").HasAddress("imhomeserver1.adatum.com", "192.0.2.10")
            .HasAddress("contoso.com", "192.0.2.30");

        var (_, output, _) = await RunAsync(servers, mail, "dns", "zone");

        Assert.Equal(
            """
            ; Where clients and other organisations find the server of a domain
            _rvp._tcp.adatum.com.     IN SRV  0 0 8080 im.adatum.com.
            _rvp._tcp.contoso.com.    IN SRV  0 0 80 contoso.com.
            _rvp._tcp.im.adatum.com.  IN SRV  0 0 8080 im.adatum.com.

            ; Addresses of the servers
            im.adatum.com.            IN A    192.0.2.10
            contoso.com.              IN A    192.0.2.30
            imrouter1.adatum.com.     IN A    192.0.2.10
            imhomeserver1.adatum.com. IN A    192.0.2.10

            ; Names of the addresses, for the reverse zones of the networks
            10.2.0.192.in-addr.arpa.  IN PTR  im.adatum.com.
            30.2.0.192.in-addr.arpa.  IN PTR  contoso.com.

            """, output);
    }

    [Fact]
    public async Task Json_has_null_for_what_must_be_filled_in()
    {
        VirtualServer[] servers = [new("imhomeserver1", Role.Home, "im.adatum.com", ["im.adatum.com"], 80)];

        var (_, output, _) = await RunAsync(servers, [], "dns", "zone", "--json");

        Assert.Equal(
            """
            [
              {
                "name": "_rvp._tcp.im.adatum.com.",
                "type": "SRV",
                "data": "0 0 80 im.adatum.com."
              },
              {
                "name": "im.adatum.com.",
                "type": "A",
                "data": null
              }
            ]

            """, output);
    }

    [Fact]
    public async Task A_mistyped_domain_is_wrong_usage()
    {
        var (exit, output, errors) = await RunAsync(Adatum, AdatumMail, "dns", "zone", "--address", "im.adatun.com=192.0.2.10");

        Assert.Equal(2, exit);
        Assert.Equal("--address im.adatun.com: it lies in no domain of this configuration; the domains are adatum.com\n", errors);
        Assert.Equal("", output);
    }

    [Fact]
    public async Task A_server_on_another_machine_has_its_address_and_name()
    {
        var (_, output, _) = await RunAsync(Adatum, AdatumMail, "dns", "zone", "--address", "imhomeserver3.adatum.com=192.0.2.13");

        Assert.Contains("imhomeserver3.adatum.com. IN A    192.0.2.13\n", output, StringComparison.Ordinal);
        Assert.Contains("13.2.0.192.in-addr.arpa.  IN PTR  imhomeserver3.adatum.com.\n", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("A zone file has name servers: name them with --ns.", "--domain", "adatum.com")]
    [InlineData("Write one of --domain, --reverse and --out.", "--domain", "adatum.com", "--out", "zones", "--ns", "ns.adatum.com")]
    [InlineData("--reverse is \"192.0.2.0/25\": write a range that has a zone, for example 192.0.2.0/24 or 2001:db8::/64",
        "--reverse", "192.0.2.0/25", "--ns", "ns.adatum.com")]
    [InlineData("--ns is \"ns\": write a name, for example ns.adatum.com", "--domain", "adatum.com", "--ns", "ns")]
    public void Wrong_usage_of_zone_files_is_explained(string line, params string[] options)
    {
        var parsed = DnsCommand.Create(_ => throw new InvalidOperationException("not to be run")).Parse(["zone", .. options]);

        Assert.Contains(line, parsed.Errors.Select(error => error.Message));
    }

    [Theory]
    [InlineData("im.adatum.com")]
    [InlineData("im.adatum.com=")]
    [InlineData("im.adatum.com=192.0.2")]
    [InlineData("192.0.2.10=im.adatum.com")]
    public void A_mistyped_address_is_named(string value)
    {
        var parsed = DnsCommand.Create(_ => throw new InvalidOperationException("not to be run")).Parse(["zone", "--address", value]);

        Assert.Equal($"--address is \"{value}\": write NAME=IP, for example im.adatum.com=192.0.2.10", Assert.Single(parsed.Errors).Message);
    }

    private Task<Ran> RunAsync(VirtualServer[] servers, Dictionary<string, string> mail, params string[] line)
    {
        var subject = new DnsSubject(new ImDomains(servers, mail), dns.Resolver(new FakeTimeProvider()));
        var root = new RootCommand { DnsCommand.Create(parsed => new CommandContext<DnsSubject>(parsed, subject, TextReader.Null)) };
        return Ran.InProcessAsync(root.Parse(line));
    }
}
