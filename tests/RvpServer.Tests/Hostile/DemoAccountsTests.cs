using Microsoft.Extensions.DependencyInjection;
using Rvp.Testing;
using RvpServer.Configuration;
using RvpServer.Directories;

namespace RvpServer.Tests.Hostile;

/// <summary>Everybody knows the password of the demo accounts: they must exist nowhere but in the configuration that is shipped for trying.</summary>
public class DemoAccountsTests
{
    [Theory]
    [InlineData("im.adatum.test", "http://127.0.0.1:0", true)]
    [InlineData("im.adatum.com", "http://127.0.0.1:0", false)]
    [InlineData("im.adatum.test", "http://*:0", false)]
    [InlineData("im.adatum.test", "http://127.0.0.1:0;http://0.0.0.0:0", false)]
    public async Task They_exist_only_in_the_shipped_domain_on_loopback(string domain, string urls, bool expected)
    {
        var servers = new Dictionary<string, string?>
        {
            ["VirtualServers:0:Domain"] = domain,
            ["VirtualServers:0:HostNames:0"] = domain,
            ["MailDomains:adatum.com"] = domain,
        };
        await using var server = await TestServer.StartAsync(servers, accounts: []);
        var configuration = TestConfiguration.MakeOnLoopback(server.Folder, servers);
        configuration["Urls"] = urls;
        var settings = RvpSettings.Read(TestConfiguration.Root(configuration), server.Folder);

        await new DemoAccounts(settings, server.Services).StartAsync(CancellationToken.None);

        var jo = await server.Services.GetRequiredService<IDirectory>().FindAsync(domain, "JoBrown", CancellationToken.None);
        Assert.Equal(expected, jo is not null);
    }
}
