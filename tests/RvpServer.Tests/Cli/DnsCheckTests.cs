using System.CommandLine;
using DnsClient;
using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;
using RvpServer.Cli;
using RvpServer.Domains;

namespace RvpServer.Tests.Cli;

/// <summary>A DNS that fails in parts; the rest is tried with a real one.</summary>
public sealed class DnsCheckTests : IAsyncDisposable
{
    private readonly CallbackListener contoso = CallbackListener.Start(CallbackReply.KeepAlive);
    private readonly FakeDns dns = new();

    public ValueTask DisposeAsync() => contoso.DisposeAsync();

    [Fact]
    public async Task One_family_that_fails_is_a_note()
    {
        dns.HasService("contoso.com", $"0 0 {contoso.Port} im.contoso.com").HasAddress("im.contoso.com", "127.0.0.1").Fails("im.contoso.com", QueryType.AAAA);

        var output = await CheckAsync();

        Assert.Contains("  ok      address im.contoso.com is 127.0.0.1\n  note    address the DNS servers do not answer for AAAA of im.contoso.com: its "
            + "other addresses are used\n", output, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1 port {contoso.Port} accepts connections", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_address_no_answer_and_no_offer_are_three_things()
    {
        dns.HasService("contoso.com", "0 0 80 im.contoso.com");
        var missing = await CheckAsync();
        dns.Fails("im.contoso.com", QueryType.A);
        var failed = await CheckAsync();
        dns.HasService("contoso.com", "0 0 0 .");
        var notOffered = await CheckAsync();

        Assert.Contains("  missing address im.contoso.com has no address\n", missing, StringComparison.Ordinal);
        Assert.Contains("  wrong   address the DNS servers do not answer for im.contoso.com\n", failed, StringComparison.Ordinal);
        Assert.Contains("  wrong   SRV     _rvp._tcp.contoso.com is 0 0 0 .: instant messaging is not offered\nNot all is well.\n", notOffered,
            StringComparison.Ordinal);
    }

    private async Task<string> CheckAsync()
    {
        var subject = new DnsSubject(new ImDomains([], new Dictionary<string, string>()), dns.Resolver(new FakeTimeProvider()));
        var root = new RootCommand { DnsCommand.Create(parsed => new CommandContext<DnsSubject>(parsed, subject, TextReader.Null)) };
        return (await Ran.InProcessAsync(root.Parse(["dns", "check", "contoso.com"]))).Out;
    }
}
