using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Rvp.Testing;
using RvpServer.Directories.Local;
using RvpServer.Tests.Router;

namespace RvpServer.Tests.Hostile;

/// <summary>
/// Who has shown nothing cannot tell which accounts there are: by no verb, no header, no byte of an answer, no time, at a home server or through a router.
/// </summary>
public sealed partial class UnprovenStrangerTests
{
    /// <summary>Also an account that is disabled, one that is nowhere at home, and what is no account at all.</summary>
    private static readonly string[] Unknown =
    [
        "/instmsg/aliases/Nobody", "/instmsg/aliases/Lost", "/instmsg/aliases/Gone", "/groups/rec-cycling",
        "/instmsg/local/im.adatum.com/instmsg/aliases/Nobody",
    ];

    private static readonly string[] Verbs = ["SUBSCRIBE", "UNSUBSCRIBE", "SUBSCRIPTIONS", "NOTIFY", "PROPFIND", "PROPPATCH", "POLL", "ACL"];

    private readonly FakeDns dns = new FakeDns().HasAddress("imhomeserver1.adatum.com", "127.0.0.1").HasAddress("im.contoso.com", "192.0.2.20");

    public static TheoryData<string> Claims =>
    [
        "", "RVP-From-Principal: http://im.adatum.com/instmsg/aliases/JoBrown\r\n", "RVP-From-Principal: http://im.adatum.com/instmsg/aliases/Nobody\r\n",
        "RVP-From-Principal: http://127.0.0.1/instmsg/aliases/anything\r\n", "RVP-From-Principal: http://im.contoso.com/instmsg/aliases/KariHensien\r\n",
        "RVP-From-Principal: im.contoso.com\r\n", "RVP-From-Principal: im.adatum.com\r\n", "RVP-From-Principal: 127.0.0.1\r\n",
        "RVP-From-Principal: not a principal\r\n", "Authorization: Digest garbage\r\n", "Authorization: Basic YTpi\r\n",
        "Authorization: NTLM TlRMTVNTUAABAAAAB4IIogAAAAAAAAAAAAAAAAAAAAAFASgKAAAADw==\r\n", "Cookie: rvp-session=any\r\n",
        "Subscription-Id: 1\r\nPrefer: wait=1\r\n", "Notification-Type: update/propchange\r\nCall-Back: http://127.0.0.1:1\r\n", "Depth: 1\r\n",
    ];

    [Theory]
    [MemberData(nameof(Claims))]
    public async Task A_home_server_answers_them_all_alike(string claim)
    {
        await using var server = await TestServer.StartAsync(
            accounts: [new("JoBrown@adatum.com", "Jo Brown"), new("Gone@adatum.com", "Gone")], replace: dns.Replace);
        await AssertAlikeAsync(server, claim, "im.adatum.com");
    }

    [Theory]
    [MemberData(nameof(Claims))]
    public async Task A_router_answers_outsiders_all_alike(string claim)
    {
        await using var server = await RouterSite.StartAsync(("Firewall:Enabled", "true"));
        await server.AddAccountAsync("Gone@adatum.com", "Gone");
        await AssertAlikeAsync(server, claim, "im.adatum.com");
    }

    [Theory]
    [MemberData(nameof(Claims))]
    public async Task A_router_before_another_process_answers_outsiders_all_alike(string claim)
    {
        await using var home = await TestServer.StartAsync(
            new Dictionary<string, string?> { ["VirtualServers:0:HostNames:0"] = "imhomeserver1", ["Proxies:0"] = "127.0.0.1" },
            accounts: [new("JoBrown@adatum.com", "Jo Brown"), new("Gone@adatum.com", "Gone")], replace: dns.Replace);
        await DisableAsync(home);
        var place = "imhomeserver1.adatum.com:" + home.Port;
        await using var router = await TestServer.StartAsync(
            new Dictionary<string, string?>
            {
                ["Firewall:Enabled"] = "true",
                ["VirtualServers:0:Role"] = "Router",
                ["VirtualServers:0:Name"] = "imrouter1",
                ["VirtualServers:0:HostNames:1"] = "im",
            },
            accounts: [new("JoBrown@adatum.com", "Jo Brown", Home: place), new("Gone@adatum.com", "Gone", Home: place)], replace: dns.Replace);
        await AssertAlikeAsync(router, claim, "im.adatum.com");
    }

    /// <summary>A server speaks for the people of its domain: only the document says for whom.</summary>
    [Theory]
    [InlineData("im.contoso.com")]
    [InlineData("127.0.0.1")]
    [InlineData("im.adatum.com")]
    public async Task A_server_that_is_not_believed_learns_nothing_by_its_news(string principal)
    {
        await using var server = await TestServer.StartAsync(replace: dns.Replace);
        var answers = new List<RawAnswer>();
        foreach (var name in new[] { "JoBrown", "Nobody" })
        {
            var to = server.Person(name);
            var from = server.Person("KariHensien", "im.contoso.com");
            var news = $"<r:notification {Person.Namespaces}><r:propnotification><r:notification-from><r:contact><d:href>{from.Url}</d:href></r:contact>"
                + $"</r:notification-from><r:notification-to><r:contact><d:href>{to.Url}</d:href></r:contact></r:notification-to>"
                + "<d:propertyupdate><d:set><d:prop><r:state><r:busy/></r:state></d:prop></d:set></d:propertyupdate></r:propnotification></r:notification>";
            answers.Add(await server.AskAsync($"NOTIFY {to.Path} HTTP/1.1\r\nHost: im.adatum.com\r\nRVP-From-Principal: {principal}\r\nRVP-Hop-Count: 2\r\n"
                + $"Content-Type: text/xml\r\nContent-Length: {news.Length}\r\n\r\n{news}"));
            await to.DisposeAsync();
            await from.DisposeAsync();
        }

        Assert.Equal(401, answers[0].Status);
        Assert.Equal(Random().Replace(answers[0].Text, ""), Random().Replace(answers[1].Text, ""));
    }

    [Fact]
    public async Task A_refusing_access_list_makes_no_difference()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = server.Person("JoBrown");
        var before = await AskAsync(server, "SUBSCRIBE", jo.Path, Claim, "im.adatum.com");

        await jo.Asks("ACL", jo.Path, "",
            $"<a:rvpacl {Person.Namespaces}><a:acl><a:ace><a:principal><a:allprincipals/><a:credentials><a:any/></a:credentials></a:principal>"
                + "<a:grant/><a:deny><a:all/></a:deny></a:ace></a:acl></a:rvpacl>");

        Assert.Equal(before, await AskAsync(server, "SUBSCRIBE", jo.Path, Claim, "im.adatum.com"));
    }

    [Fact]
    public async Task Who_has_shown_something_still_learns_that_there_is_nobody()
    {
        await using var server = await TestServer.StartAsync(
            new Dictionary<string, string?> { ["Federation:Trusted:0"] = "127.0.0.1", ["Firewall:Enabled"] = "true" });
        await using var jo = server.Person("JoBrown");

        foreach (var verb in Verbs) Assert.Equal(404, (await jo.Asks(verb, "/instmsg/aliases/Nobody", "Subscription-Id: 1\r\n")).Status);
        var believed = await server.AskAsync(
            "NOTIFY /instmsg/aliases/Nobody HTTP/1.1\r\nHost: im.adatum.com\r\nRVP-From-Principal: http://im.contoso.com/instmsg/aliases/KariHensien\r\n\r\n");
        Assert.Equal(404, believed.Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData(Claim)]
    public async Task It_takes_as_long(string claim)
    {
        await using var server = await TestServer.StartAsync(replace: dns.Replace);
        await using var connection = await server.ConnectAsync();
        var times = new Dictionary<string, List<long>> { ["JoBrown"] = [], ["Nobody"] = [] };

        for (var i = 0; i < 400; i++)
        {
            foreach (var (name, taken) in times)
            {
                var start = Stopwatch.GetTimestamp();
                // A new name each time, as somebody who guesses names would send it.
                var asked = name == "Nobody" ? name + i : name;
                await connection.SendAsync($"PROPFIND /instmsg/aliases/{asked} HTTP/1.1\r\nHost: im.adatum.com\r\n{claim}Content-Length: 0\r\n\r\n");
                Assert.Equal(401, (await connection.ReadAnswerAsync()).Status);
                taken.Add(Stopwatch.GetTimestamp() - start);
            }
        }

        var ratio = (double)Median(times["Nobody"]) / Median(times["JoBrown"]);
        // An unknown name is looked up in the store: a tenth of a millisecond, about as long as the rest takes, and less than a network varies by.
        // What must not show is a wait.
        Assert.InRange(ratio, 1 / 5.0, 5.0);
    }

    private const string Claim = "RVP-From-Principal: http://127.0.0.1/instmsg/aliases/anything\r\n";

    private static async Task AssertAlikeAsync(TestServer server, string claim, string host)
    {
        await DisableAsync(server);
        foreach (var verb in Verbs)
        {
            var existing = await AskAsync(server, verb, "/instmsg/aliases/JoBrown", claim, host);
            foreach (var path in Unknown) Assert.Equal((path, existing), (path, await AskAsync(server, verb, path, claim, host)));
        }
    }

    private static async Task DisableAsync(TestServer server)
    {
        var accounts = server.Services.GetRequiredService<Accounts>();
        var gone = await accounts.FindAsync(TestAccount.AddressOf("Gone@adatum.com"), null, CancellationToken.None);
        if (gone is { IsEnabled: true }) await accounts.SetEnabledAsync(gone, false, CancellationToken.None);
    }

    /// <summary>Every byte of the answer but the time and what is random.</summary>
    private static async Task<string> AskAsync(TestServer server, string verb, string path, string claim, string host)
    {
        const string body = "<d:propfind xmlns:d='DAV:'><d:allprop/></d:propfind>";
        var answer = await server.AskAsync(
            $"{verb} {path} HTTP/1.1\r\nHost: {host}\r\n{claim}Content-Type: text/xml\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");
        return NtlmChallenge().Replace(Random().Replace(answer.Text, ""), "NTLM challenge\r\n");
    }

    private static long Median(List<long> times)
    {
        times.Sort();
        return times[times.Count / 2];
    }

    [GeneratedRegex("Date: [^\r]*\r\n|nonce=\"[^\"]*\"")]
    private static partial Regex Random();

    [GeneratedRegex("NTLM T[A-Za-z0-9+/=]*\r\n")]
    private static partial Regex NtlmChallenge();
}
