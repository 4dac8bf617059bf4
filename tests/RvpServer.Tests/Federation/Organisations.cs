using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;

namespace RvpServer.Tests.Federation;

/// <summary>
/// Servers of several organisations on loopback, which find each other by one DNS: A. Datum's with Jo Brown, and Contoso's with Kari Hensien.
/// They trust 127.0.0.0/8 and may call it unless a test says otherwise.
/// </summary>
internal sealed class Organisations : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> all = [];

    public FakeDns Dns { get; } = new();

    /// <summary>A home server of im.adatum.com.</summary>
    public async Task<TestServer> AdatumAsync(FakeTimeProvider? clock = null, params (string Key, string? Value)[] overrides)
    {
        var server = await StartAsync(Neighbourly(), clock, [new TestAccount("JoBrown@adatum.com", "Jo Brown")],
            overrides);
        Names("im.adatum.com", server.Port);
        return server;
    }

    /// <summary>A home server of im.contoso.com that answers under the domain's own name.</summary>
    public Task<TestServer> ContosoAsync(params (string Key, string? Value)[] overrides) => ContosoAsync(port: 0, overrides);

    private async Task<TestServer> ContosoAsync(int port, (string Key, string? Value)[] overrides)
    {
        var configuration = new Dictionary<string, string?>(Neighbourly())
        {
            ["MailDomains:adatum.com"] = null,
            ["MailDomains:contoso.com"] = "im.contoso.com",
            ["VirtualServers:0:Domain"] = "im.contoso.com",
            ["VirtualServers:0:HostNames:0"] = "im.contoso.com",
            ["VirtualServers:0:HostNames:1"] = "imhomeserver1.contoso.com",
        };
        var server = await StartAsync(configuration, null, [new TestAccount("KariHensien@contoso.com", "Kari Hensien", "im.contoso.com")], port, overrides);
        Names("im.contoso.com", server.Port);
        return server;
    }

    private static Dictionary<string, string?> Neighbourly() =>
        new() { ["Federation:Trusted:0"] = "127.0.0.0/8", ["Federation:CallableRanges:0"] = "127.0.0.0/8" };

    /// <summary>The same behind a router of its own, which refers.</summary>
    public async Task<TestServer> ContosoWithRouterAsync(params (string Key, string? Value)[] overrides)
    {
        var port = FreePort.Take();
        var server = await ContosoAsync(port,
        [
            ("VirtualServers:0:Name", "imrouter1"),
            ("VirtualServers:0:Role", "Router"),
            ("VirtualServers:0:HostNames:1", null),
            ("VirtualServers:1:Name", "imhomeserver1"),
            ("VirtualServers:1:Domain", "im.contoso.com"),
            ("VirtualServers:1:HostNames:0", "imhomeserver1.contoso.com"),
            ("VirtualServers:1:Port", $"{port}"),
            .. overrides,
        ]);
        Dns.HasAddress("imhomeserver1.contoso.com", "127.0.0.1");
        return server;
    }

    /// <summary>A server of im.contoso.com, or of another host, that does what it is told.</summary>
    public CallbackListener Peer(CallbackReply reply, string host = "im.contoso.com", bool isDown = false)
    {
        var peer = isDown ? CallbackListener.StartDown(reply) : CallbackListener.Start(reply);
        all.Add(peer);
        Names(host, peer.Port);
        return peer;
    }

    public Person Person(TestServer server, string name, string domain = "im.adatum.com")
    {
        var person = server.Person(name, domain);
        all.Add(person);
        return person;
    }

    /// <summary>Publishes where a domain's server is; as a host, it has that port only where a URL says so.</summary>
    public void Names(string host, int port)
    {
        Dns.HasService(host, $"0 0 {port} {host}");
        Dns.HasAddress(host, "127.0.0.1");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in Enumerable.Reverse(all)) await one.DisposeAsync();
    }

    /// <summary>A server with this DNS, on a configuration of its own.</summary>
    public Task<TestServer> StartAsync(Dictionary<string, string?> configuration, FakeTimeProvider? clock, IReadOnlyList<TestAccount> accounts,
        params (string Key, string? Value)[] overrides) =>
        StartAsync(configuration, clock, accounts, port: 0, overrides);

    /// <summary>The same at a port that others must know before.</summary>
    public async Task<TestServer> StartAsync(
        Dictionary<string, string?> configuration, FakeTimeProvider? clock, IReadOnlyList<TestAccount> accounts, int port,
        params (string Key, string? Value)[] overrides)
    {
        foreach (var (key, value) in overrides) configuration[key] = value;
        var server = await TestServer.StartAsync(configuration, clock, accounts, Dns.Replace, port);
        all.Add(server);
        return server;
    }
}
