using System.Text.Json;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;
using RvpServer.Cli;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Directories.Ldap;
using RvpServer.Domains;
using RvpServer.Tests.Authentication;
using RvpServer.Tests.Web;

namespace RvpServer.Tests.Domains;

/// <summary>Every place that prints an account's URL prints the same one, wherever the servers of its domain listen.</summary>
public partial class OneUrlTests
{
    public sealed record Site(int[] Ports, bool HasRouter, int FrontIndex, string Name, int Home);

    [Property(MaxTest = 300)]
    public Property Server_command_line_directory_and_DNS_name_one_URL() => Prop.ForAll(AnySite().ToArbitrary(), site =>
    {
        var servers = site.Ports.Select((port, i) => new VirtualServer(
            $"server{i}", i == 0 && site.HasRouter ? Role.Router : Role.Home, "im.adatum.com",
            i == site.FrontIndex ? ["im.adatum.com", $"server{i}.adatum.com"] : [$"server{i}.adatum.com"], port)).ToArray();
        var domains = new ImDomains(servers, new Dictionary<string, string> { ["adatum.com"] = "im.adatum.com" });
        var home = servers.Where(server => server.Role == Role.Home).ElementAt(site.Home);
        var account = new Account("im.adatum.com", site.Name, "", site.Name + "@adatum.com", [], home.Name, true);
        var homes = new UserHomes(domains);
        var zone = new DnsSubject(domains, new FakeDns().Resolver(new FakeTimeProvider())).ServiceRecord("adatum.com", "im.adatum.com").ToString();
        var written = LdapAccounts.UrlsOf(domains.FindByName("im.adatum.com")!, site.Name, home.Name);
        var locator = new NodeLocator(domains, new InMemoryDirectory(), new MovedHomes());

        var logical = new[] { homes.LogicalUrl(account).ToString(), locator.UrlOf(account).ToString(), locator.Of(account).Url.ToString(), written.Logical };
        var physical = new[] { homes.PhysicalUrl(account), written.Physical };

        var port = new Uri(logical[0]).Port;
        return logical.Distinct().Count() == 1 && physical.Distinct().Count() == 1
            && zone.EndsWith($" {port} im.adatum.com.", StringComparison.Ordinal)
            && new Uri(physical[0]!).Authority == (home.Port == 80 ? home.HostNames[0] : $"{home.HostNames[0]}:{home.Port}");
    });

    [Theory]
    [InlineData("8080", "8081", ":8080")]
    [InlineData("80", "8081", "")]
    [InlineData("8081", "80", ":8081")]
    public async Task Every_answer_of_a_server_with_two_homes_on_two_ports_names_one_URL(string first, string second, string port)
    {
        await using var server = await TestServer.StartAsync(
            new Dictionary<string, string?>
            {
                ["VirtualServers:0:Port"] = first,
                ["VirtualServers:1:Name"] = "imhomeserver2",
                ["VirtualServers:1:Domain"] = "im.adatum.com",
                ["VirtualServers:1:HostNames:0"] = "imhomeserver2.adatum.com",
                ["VirtualServers:1:Port"] = second,
            },
            accounts: [new TestAccount("JoBrown@adatum.com", "Jo Brown"), new TestAccount("KariHensien@adatum.com", "Kari Hensien", Home: "imhomeserver2")]);
        var url = $"http://im.adatum.com{port}/instmsg/aliases/KariHensien";
        // Answers are in the caller's own letters: whoever was told the URL writes it so.
        await using var kari = server.Person("KariHensien", $"im.adatum.com{port}");
        kari.Host = "imhomeserver2.adatum.com";
        kari.Prefix = "/instmsg/local/im.adatum.com";
        await kari.SignsIn();
        var browser = new Browser(server);

        var headers = Browser.OwnPage.Replace("im.adatum.com", kari.Host, StringComparison.Ordinal) + "Content-Type: application/json\r\n";
        var signedIn = await browser.AsksAsync("POST", "/session", headers, """{"address":"KariHensien@adatum.com","password":"Pass-Word-1"}""", kari.Host);
        var session = JsonDocument.Parse(signedIn.Body);
        var watched = await kari.Watches(kari);

        Assert.Equal(url, session.RootElement.GetProperty("account").GetProperty("url").GetString());
        Assert.Equal(new Uri(url).Port, session.RootElement.GetProperty("server").GetProperty("port").GetInt32());
        foreach (var answer in new[] { watched, await kari.ReadsAcl(), await kari.ListsWatchers(), await kari.ListsSignIns() })
        {
            Assert.InRange(answer.Status, 200, 207);
            Assert.All(
                Url().Matches(answer.Body).Select(match => match.Value).Where(found => found.Contains("aliases", StringComparison.Ordinal)),
                found => Assert.Equal(url, found));
        }
        Assert.Contains(url, (await kari.ReadsAcl()).Body, StringComparison.Ordinal);
    }

    private static Gen<Site> AnySite() =>
        from count in Gen.Choose(2, 4)
        from ports in Gen.Elements(80, 8080, 8081, 8082, 443).ArrayOf(count)
        from hasRouter in Gen.Elements(true, false)
        from front in Gen.Choose(-1, count - 1)
        from name in Gen.Elements("JoBrown", "kari.hensien", "x%y", "Zoë", "o'brien", "a+b", "jo brown")
        from home in Gen.Choose(0, count - (hasRouter ? 2 : 1))
        select new Site(ports, hasRouter, front, name, home);

    [GeneratedRegex("http://[^<\"]+")]
    private static partial Regex Url();
}
