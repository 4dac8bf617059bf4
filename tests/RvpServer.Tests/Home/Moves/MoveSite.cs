using Microsoft.Extensions.DependencyInjection;
using Rvp.Testing;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Home.Moves;
using RvpServer.Tests.Authentication;

namespace RvpServer.Tests.Home.Moves;

/// <summary>
/// Two home servers of im.adatum.com in two processes, each with a router that asks the home servers on everybody's behalf, one directory, and one key. Jo
/// Brown and Kari Hensien are at home on the first. The second is reached by a line that may be cut.
/// </summary>
internal sealed class MoveSite : IAsyncDisposable
{
    private readonly TempFolder folder = new();
    private readonly List<IAsyncDisposable> all = [];
    private readonly string keyFile;

    public MoveSite()
    {
        keyFile = folder.WriteSecret("organisation.key", OrganisationKey.Make());
        Dns.HasAddress("imhomeserver1.adatum.com", "127.0.0.1").HasAddress("imhomeserver2.adatum.com", "127.0.0.1");
    }

    public InMemoryDirectory Directory { get; } = new();

    public FakeDns Dns { get; } = new();

    public LossyLine Line { get; } = new();

    public TestServer First { get; private set; } = null!;

    public TestServer Second { get; private set; } = null!;

    /// <summary>host:port of the second home server.</summary>
    public string SecondHome => $"imhomeserver2.adatum.com:{Line.Port}";

    public static async Task<MoveSite> StartAsync(string? keyOfSecond = null, IDirectory? directoryOfSecond = null)
    {
        var site = new MoveSite();
        var port = FreePort.Take();
        foreach (var account in new[] { site.Directory.Jo, site.Directory.Kari })
            site.Directory.Put(account with { Id = "id of " + account.Name, HomeServer = $"imhomeserver1.adatum.com:{port}" });
        site.First = await site.StartAsync("imhomeserver1", port, port, site.keyFile, site.Directory);
        site.Second = await site.StartAsync("imhomeserver2", site.Line.Port, 0, keyOfSecond ?? site.keyFile, directoryOfSecond ?? site.Directory);
        site.Line.Target = site.Second.Port;
        return site;
    }

    /// <summary>A key of another organisation.</summary>
    public string OtherKey() => folder.WriteSecret("other.key", OrganisationKey.Make());

    /// <summary>Someone whose client asks this server.</summary>
    public Person Person(string name, TestServer server)
    {
        var person = server.Person(name);
        all.Add(person);
        return person;
    }

    /// <summary>Has Jo move to the second home server; the directory is not told.</summary>
    public Task MovesJoAsync(TestServer? from = null) =>
        (from ?? First).Services.GetRequiredService<MoveService>().MoveAsync(Directory.Jo, SecondHome, CancellationToken.None);

    /// <summary>What a power cut would leave of a server, served on.</summary>
    public async Task<TestServer> AfterPowerCutAsync(TestServer server)
    {
        var after = await server.AfterPowerCutAsync();
        all.Add(after);
        return after;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in Enumerable.Reverse(all)) await one.DisposeAsync();
        await Line.DisposeAsync();
        folder.Dispose();
    }

    private async Task<TestServer> StartAsync(string name, int publicPort, int port, string key, IDirectory directory)
    {
        var server = await TestServer.StartAsync(
            new Dictionary<string, string?>
            {
                ["VirtualServers:0:Name"] = name,
                ["VirtualServers:0:HostNames:0"] = name + ".adatum.com",
                ["VirtualServers:0:HostNames:1"] = null,
                ["VirtualServers:0:Port"] = $"{publicPort}",
                ["VirtualServers:1:Name"] = "imrouter",
                ["VirtualServers:1:Role"] = "Router",
                ["VirtualServers:1:Domain"] = "im.adatum.com",
                ["VirtualServers:1:HostNames:0"] = "im.adatum.com",
                ["Firewall:Inside"] = "Proxy",
                ["OrganisationKeyFile"] = key,
                ["Messages:Offline"] = "true",
                ["Messages:Archive"] = "true",
            },
            accounts: [], port: port, replace: services =>
            {
                Dns.Replace(services);
                services.AddSingleton(directory);
            });
        all.Add(server);
        return server;
    }
}
