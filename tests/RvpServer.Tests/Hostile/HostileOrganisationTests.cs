using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;
using RvpServer.Tests.Federation;

namespace RvpServer.Tests.Hostile;

/// <summary>
/// evil.example has a DNS zone of its own, a server at 127.0.0.2 that may be called, and an accomplice: Jo Brown. Inside, at 127.0.0.1, is what neither of them
/// should reach.
/// </summary>
public sealed class HostileOrganisationTests : IAsyncDisposable
{
    private const string Evil = "im.evil.example";
    private const string Path = "/instmsg/aliases/eve";
    private const string Secret = "payroll token 4711";

    private static readonly string Multistatus =
        $"<d:multistatus {Person.Namespaces}><d:response><d:href>http://{Evil}{Path}</d:href><d:propstat><d:prop><d:displayname>Eve</d:displayname></d:prop>"
            + "<d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response></d:multistatus>";

    private readonly Organisations organisations = new();

    private readonly CallbackListener inside = CallbackListener.Start(Answer(207, Secret));

    public static TheoryData<string> ForeignDocuments =>
    [
        "", "internal: " + Secret, $"<html><body>{Secret}</body></html>", "{\"token\":\"4711\"}",
        Multistatus.Replace("d:multistatus", "d:other", StringComparison.Ordinal),
        Multistatus.Replace(Path, "/instmsg/aliases/boss", StringComparison.Ordinal),
        Multistatus.Replace(Evil, "im.adatum.com", StringComparison.Ordinal),
        Multistatus.Replace(Path, "/instmsg/local/im.evil.example" + Path, StringComparison.Ordinal),
        Multistatus.Replace(Path, Path + "?/instmsg/aliases/boss", StringComparison.Ordinal),
        Multistatus.Replace(Path, Path + "#boss", StringComparison.Ordinal),
        Multistatus.Replace("</d:multistatus>", "<d:response><d:href>http://im.adatum.com/</d:href></d:response></d:multistatus>", StringComparison.Ordinal),
        Multistatus.Replace("HTTP/1.1 200 OK", Secret, StringComparison.Ordinal),
        "<!DOCTYPE a [<!ENTITY b 'c'>]>" + Multistatus,
        Multistatus.Replace("<d:displayname>", string.Concat(Enumerable.Range(0, 300).Select(i => $"<d:p{i}/>")) + "<d:displayname>", StringComparison.Ordinal),
    ];

    public async ValueTask DisposeAsync()
    {
        await inside.DisposeAsync();
        await organisations.DisposeAsync();
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("0.0.0.0")]
    [InlineData("10.77.0.3")]
    [InlineData("172.16.0.1")]
    [InlineData("192.168.1.1")]
    [InlineData("100.100.100.200")]
    [InlineData("169.254.169.254")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fe80::1")]
    public async Task A_zone_that_points_inside_leads_nowhere_and_says_nothing(string address)
    {
        var jo = await JoAsync();
        organisations.Dns.HasService(Evil, $"0 0 {inside.Port} db.evil.example").HasAddress("db.evil.example", address);

        await AssertUnreachableAsync(jo);
        Assert.Equal(0, inside.ConnectionCount);
    }

    [Fact]
    public async Task A_port_below_1025_that_is_none_of_the_web_is_not_connected_to()
    {
        var jo = await JoAsync();
        await using var low = CallbackListener.Start(Answer(207, Multistatus), port: 1024, "127.0.0.2");
        organisations.Dns.HasService(Evil, "0 0 1024 " + Evil).HasAddress(Evil, "127.0.0.2");

        await AssertUnreachableAsync(jo);
        Assert.Equal(0, low.ConnectionCount);
    }

    [Fact]
    public async Task A_referral_to_the_inside_or_to_a_low_port_is_not_followed()
    {
        var jo = await JoAsync();
        await using var low = CallbackListener.Start(Answer(207, Multistatus), port: 1024, "127.0.0.2");
        string[] places = [$"127.0.0.1:{inside.Port}", $"db.evil.example:{inside.Port}", "127.0.0.2:1024"];
        organisations.Dns.HasAddress("db.evil.example", "127.0.0.1");

        await using var evil = Evils(CallbackReply.Silent);
        foreach (var place in places)
        {
            evil.Reply = CallbackReply.Of($"HTTP/1.1 302 Object moved\r\nLocation: http://{place}/instmsg/local/{Evil}{Path}\r\nContent-Length: 0\r\n\r\n");
            await AssertUnreachableAsync(jo);
        }
        Assert.Equal((6, 0, 0), (evil.All.Count, inside.ConnectionCount, low.ConnectionCount));
    }

    [Fact]
    public async Task A_referral_adds_nothing_to_the_path()
    {
        var jo = await JoAsync();
        await using var evil = Evils(CallbackReply.Silent);
        evil.Reply = CallbackReply.Of(
            $"HTTP/1.1 302 Object moved\r\nLocation: http://127.0.0.2:{evil.Port}/instmsg/local/{Evil}{Path}?action=delete\r\nContent-Length: 0\r\n\r\n");

        await AssertUnreachableAsync(jo);
        Assert.All(evil.All, request => Assert.DoesNotContain("action", request.RequestLine, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_name_that_gets_another_address_is_judged_again_at_the_next_connection()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var jo = await JoAsync(clock);
        await using var evil = CallbackListener.Start(CallbackReply.Successful, inside.Port, "127.0.0.2");
        organisations.Dns.HasService(Evil, $"0 0 {inside.Port} {Evil}").HasAddress(Evil, "127.0.0.2");
        Assert.Equal(200, (await jo.Says(Eve(jo), "Hello")).Status);

        organisations.Dns.HasAddress(Evil, "127.0.0.1");
        clock.Advance(TimeSpan.FromHours(2));

        Assert.Equal(412, (await jo.Says(Eve(jo), "Hello")).Status);
        Assert.Equal((1, 0), (evil.All.Count, inside.ConnectionCount));
    }

    [Theory]
    [InlineData("10.77.0.3", 8080)]
    [InlineData("192.0.2.66", 22)]
    public async Task The_outbound_proxy_is_not_asked_for_the_inside_or_for_a_low_port(string address, int port)
    {
        await using var proxy = CallbackListener.Start(Answer(207, Secret));
        var jo = await JoAsync(null, ("Firewall:OutboundProxy", proxy.Url.ToString()));
        organisations.Dns.HasService(Evil, $"0 0 {port} db.evil.example").HasAddress("db.evil.example", address);

        await AssertUnreachableAsync(jo);
        Assert.Equal(0, proxy.ConnectionCount);
    }

    [Fact]
    public async Task The_outbound_proxy_is_not_asked_for_a_name_with_one_address_inside_or_a_machine_of_ours()
    {
        await using var proxy = CallbackListener.Start(Answer(207, Secret));
        var jo = await JoAsync(null, ("Firewall:OutboundProxy", proxy.Url.ToString()));
        organisations.Dns.HasAddress(Evil, "192.0.2.66", "fd00:ec2::254");

        await AssertUnreachableAsync(jo);
        var intranet = await jo.LooksUp(organisations.Person(jo.Server, "eve", "intranet"));
        Assert.Equal(502, intranet.Status);
        Assert.Equal(0, proxy.ConnectionCount);
    }

    [Theory]
    [MemberData(nameof(ForeignDocuments))]
    public async Task What_is_no_document_about_the_node_is_not_handed_on(string body)
    {
        var jo = await JoAsync();
        await using var evil = Evils(Answer(207, body));

        Assert.Equal((502, 502), ((await jo.LooksUp(Eve(jo))).Status, (await jo.Watches(Eve(jo))).Status));
    }

    [Fact]
    public async Task A_document_is_handed_on_in_our_own_words()
    {
        var jo = await JoAsync();
        await using var evil = Evils(Answer(207,
            $"<?xml version=\"1.0\"?><!-- {Secret} --><D:multistatus xmlns:D='DAV:' xmlns:q='http://schemas.microsoft.com/rvp/' secret='4711'>\r\n"
            + $" <D:response><D:href> http://{Evil}{Path} </D:href><D:propstat><D:status>HTTP/1.1 200 {Secret}</D:status><D:prop><D:displayname>Eve &amp; co"
            + "</D:displayname><q:email><b>boss@adatum.com</b></q:email><q:state/><contacts xmlns='urn:rvpserver:private'>x</contacts>"
            + "<q:mobile-state>7</q:mobile-state><q:mobile-description>at &lt;work</q:mobile-description></D:prop></D:propstat>"
            + $"<D:propstat><D:status>HTTP/1.1 404 {Secret}</D:status><D:prop><D:x>{Secret}</D:x></D:prop></D:propstat></D:response></D:multistatus>"));

        var answer = await jo.LooksUp(Eve(jo));

        Assert.Equal("HTTP/1.1 207 Multi-Status", answer.StatusLine);
        Assert.Equal(
            $"<?xml version=\"1.0\"?><d:multistatus {Person.Namespaces}><d:response><d:href>http://{Evil}{Path}</d:href><d:propstat><d:prop><d:displayname>Eve "
                + "&amp; co</d:displayname><r:mobile-description>at &lt;work</r:mobile-description></d:prop><d:status>HTTP/1.1 200 Successful</d:status>"
                + "</d:propstat><d:propstat><d:prop><d:x></d:x></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat></d:response></d:multistatus>",
            answer.Body);
    }

    [Fact]
    public async Task Renewals_and_goodbyes_hand_on_no_document_at_all()
    {
        var jo = await JoAsync();
        await using var evil = Evils(CallbackReply.Of(
            $"HTTP/1.1 200 OK\r\nSubscription-Id: 7\r\nX-Secret: {Secret}\r\nContent-Length: {Secret.Length}\r\n\r\n{Secret}"));

        var renewed = await jo.Renews(7, Eve(jo));
        var ended = await jo.StopsWatching(Eve(jo), "7");

        Assert.Equal((200, 200), (renewed.Status, ended.Status));
        Assert.DoesNotContain("4711", renewed.Text + ended.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whatever_is_at_an_address_it_looks_the_same_from_here()
    {
        var jo = await JoAsync();
        string?[] services =
        [
            null, "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 412 Precondition Failed\r\nContent-Length: 0\r\n\r\n", $"HTTP/1.1 200 OK\r\nContent-Length: {Secret.Length}\r\n\r\n{Secret}",
            "HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n", "+PONG\r\n",
        ];
        var port = FreePort.Take();
        organisations.Dns.HasService(Evil, $"0 0 {port} {Evil}").HasAddress(Evil, "127.0.0.2");
        var closed = await Seen(jo);

        await using var evil = CallbackListener.Start(CallbackReply.Silent, port, "127.0.0.2");
        foreach (var service in services)
        {
            evil.Reply = new CallbackReply(service, AfterReply.Close);
            Assert.Equal(closed, await Seen(jo));
        }
        Assert.Equal(2 * services.Length, evil.All.Count);
    }

    [Fact]
    public async Task A_blocked_domain_is_refused_unheard_and_is_not_called()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var jo = await JoAsync(clock, ("Federation:Blocked:0", "evil.example"));
        await using var evil = Evils(CallbackReply.KeepAlive);
        await jo.SignsIn();

        foreach (var principal in new[] { $"http://{Evil}{Path}", "http://evil.example/instmsg/aliases/eve", Evil, "evil.example" })
        {
            foreach (var path in new[] { jo.Path, "/instmsg/aliases/Nobody" })
            {
                var answer = await jo.Server.AskAsync(
                    $"SUBSCRIBE {path} HTTP/1.1\r\nHost: im.adatum.com\r\nRVP-From-Principal: {principal}\r\nNotification-Type: update/propchange\r\n"
                        + "Content-Length: 0\r\n\r\n");
                Assert.Equal((403, "This server does not talk to your domain.\n"), (answer.Status, answer.Body));
            }
        }
        var watched = await jo.Watches(Eve(jo));
        var said = await jo.Says(Eve(jo), "Hello");

        Assert.Equal((404, 404), (watched.Status, said.Status));
        Assert.Equal(0, evil.ConnectionCount);
        Assert.Empty(organisations.Dns.Questions);
    }

    [Fact]
    public async Task Where_domains_are_allowed_all_others_are_kept_out()
    {
        var jo = await JoAsync(null, ("Federation:Allowed:0", "contoso.com"));
        await using var evil = Evils(CallbackReply.KeepAlive);
        await using var contoso = organisations.Peer(CallbackReply.KeepAlive);
        organisations.Dns.HasAddress("im.contoso.com", "127.0.0.2").HasService("im.contoso.com", $"0 0 {evil.Port} im.contoso.com");

        Assert.Equal(404, (await jo.Says(Eve(jo), "Hello")).Status);
        Assert.Equal(200, (await jo.Says(organisations.Person(jo.Server, "KariHensien", "im.contoso.com"), "Hello")).Status);
        Assert.Equal("im.contoso.com", Assert.Single(evil.All)["Host"]);
    }

    private static CallbackReply Answer(int status, string body) => CallbackReply.Of(
        $"HTTP/1.1 {status} Whatever\r\nRVP-Notifications-Version: 0.2\r\nSubscription-Id: 7\r\nContent-Type: text/xml\r\n"
            + $"Content-Length: {body.Length}\r\n\r\n{body}");

    private async Task<Person> JoAsync(FakeTimeProvider? clock = null, params (string Key, string? Value)[] overrides) =>
        organisations.Person(
            await organisations.AdatumAsync(clock, [("Federation:Trusted:0", null), ("Federation:CallableRanges:0", "127.0.0.2"), .. overrides]), "JoBrown");

    private Person Eve(Person jo) => organisations.Person(jo.Server, "eve", Evil);

    /// <summary>The server of evil.example where it may be called.</summary>
    private CallbackListener Evils(CallbackReply reply)
    {
        var evil = CallbackListener.Start(reply, port: 0, "127.0.0.2");
        organisations.Dns.HasService(Evil, $"0 0 {evil.Port} {Evil}").HasAddress(Evil, "127.0.0.2");
        return evil;
    }

    private async Task AssertUnreachableAsync(Person jo)
    {
        var looked = await jo.LooksUp(Eve(jo));
        var said = await jo.Says(Eve(jo), "Hello");
        Assert.Equal((502, "The server of that domain cannot be reached or did not answer.\n"), (looked.Status, looked.Body));
        Assert.Equal(412, said.Status);
    }

    private async Task<string> Seen(Person jo)
    {
        var answers = new[] { await jo.LooksUp(Eve(jo)), await jo.Watches(Eve(jo)) };
        return string.Concat(answers.Select(answer => answer.StatusLine + answer.Body));
    }
}
