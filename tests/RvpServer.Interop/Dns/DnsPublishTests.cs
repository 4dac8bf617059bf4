using System.CommandLine;
using DnsClient;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;
using RvpServer.Cli;
using RvpServer.Configuration;
using RvpServer.Dns;
using RvpServer.Domains;

namespace RvpServer.Interop.Dns;

/// <summary>Dynamic updates of a real BIND.</summary>
public sealed class DnsPublishTests : IAsyncLifetime
{
    private const string Records =
        "_rvp._tcp.im SRV 10 0 80 gate\n_rvp._tcp.im SRV 0 0 8080 old\nim A 192.0.2.99\nwww A 192.0.2.80\ngate A 192.0.2.12\nold A 192.0.2.13\n";

    private BindServer bind = null!;

    public async Task InitializeAsync() => bind = await BindServer.StartAsync(Records);

    public async Task DisposeAsync() => await bind.DisposeAsync();

    [Fact]
    public async Task What_would_be_written_is_shown_and_nothing_is_written()
    {
        var ran = await PublishAsync();

        Assert.Equal(
            """
            zone adatum.com
            update delete _rvp._tcp.adatum.com. SRV
            update add _rvp._tcp.adatum.com. 3600 SRV 0 0 80 im.adatum.com.
            update delete _rvp._tcp.im.adatum.com. SRV
            update add _rvp._tcp.im.adatum.com. 3600 SRV 0 0 80 im.adatum.com.
            update add _rvp._tcp.im.adatum.com. 3600 SRV 10 0 80 gate.adatum.com.
            update delete im.adatum.com. A
            update add im.adatum.com. 3600 A 192.0.2.10
            zone 2.0.192.in-addr.arpa
            update add 10.2.0.192.in-addr.arpa. 3600 PTR im.adatum.com.
            Nothing is written yet: add --yes.

            """, ran.Out);
        Assert.Equal(["192.0.2.99"], await AddressesAsync("im.adatum.com"));
    }

    [Fact]
    public async Task What_is_written_is_served_and_the_rest_of_the_zone_stays()
    {
        var ran = await PublishAsync("--yes");

        Assert.Equal((0, ""), (ran.Code, ran.Error));
        Assert.EndsWith("adatum.com is changed.\n2.0.192.in-addr.arpa is changed.\n", ran.Out, StringComparison.Ordinal);
        Assert.Equal(["192.0.2.10"], await AddressesAsync("im.adatum.com"));
        Assert.Equal(["192.0.2.80"], await AddressesAsync("www.adatum.com"));
        Assert.Equal(["0 im.adatum.com", "10 gate.adatum.com"],
            (await Resolver().ServicesOfAsync("im.adatum.com", default)).Services.Select(service => $"{service.Priority} {service.Target}").Order());
        Assert.Equal(["im.adatum.com"], (await Resolver().AskAsync("10.2.0.192.in-addr.arpa", QueryType.PTR, default)).Pointers);
        Assert.DoesNotContain("SRV", (await PublishAsync()).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_key_is_refused_in_words()
    {
        var wrong = (await File.ReadAllTextAsync(bind.KeyFile)).Split('\n');
        await File.WriteAllLinesAsync(bind.KeyFile, wrong.Select(line =>
            line.Contains("secret", StringComparison.Ordinal) ? $"secret \"{Convert.ToBase64String(new byte[32])}\";" : line));

        var ran = await PublishAsync("--yes");

        Assert.Equal((1, $"{bind.Endpoint} does not change adatum.com: it knows the key rvp, and its secret is another\n"), (ran.Code, ran.Error));
        Assert.Equal(["192.0.2.99"], await AddressesAsync("im.adatum.com"));
    }

    [Fact]
    public async Task A_key_that_everybody_can_read_is_not_used()
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(bind.KeyFile, UnixFileMode.UserRead | UnixFileMode.OtherRead);

        var ran = await PublishAsync("--yes");

        Assert.Equal((2, $"--key {bind.KeyFile}: everybody on this machine can read it: chmod o-rwx {bind.KeyFile}\n"), (ran.Code, ran.Error));
    }

    private DomainResolver Resolver() => new(bind.Settings, new FakeTimeProvider(), NullLogger<DnsLookup>.Instance);

    private async Task<IEnumerable<string>> AddressesAsync(string host) =>
        (await Resolver().AskAsync(host, QueryType.A, default)).Addresses.Select(address => address.ToString());

    private Task<Ran> PublishAsync(params string[] options)
    {
        VirtualServer[] servers = [new("imrouter1", Role.Router, "im.adatum.com", ["im.adatum.com"], 80)];
        var subject = new DnsSubject(new ImDomains(servers, new Dictionary<string, string> { ["adatum.com"] = "im.adatum.com" }), Resolver());
        var root = new RootCommand { DnsCommand.Create(parsed => new CommandContext<DnsSubject>(parsed, subject, TextReader.Null)) };
        return Ran.InProcessAsync(root.Parse(
            ["dns", "publish", "--server", bind.Endpoint.ToString(), "--key", bind.KeyFile, "--address", "im.adatum.com=192.0.2.10", .. options]));
    }
}
