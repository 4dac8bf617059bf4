using Rvp.Testing;

namespace RvpServer.Tests.Federation;

/// <summary>Whom a home server relays for, and what: nobody but its own proven people, and only what concerns nodes elsewhere.</summary>
public sealed class RelayTests : IAsyncDisposable
{
    private const string Kari = "/instmsg/local/im.contoso.com/instmsg/aliases/KariHensien";

    private readonly Organisations organisations = new();

    public ValueTask DisposeAsync() => organisations.DisposeAsync();

    [Theory]
    [InlineData("", 404)]
    [InlineData("RVP-From-Principal: http://im.contoso.com/instmsg/aliases/KariHensien\r\n", 404)]
    [InlineData("RVP-From-Principal: im.contoso.com\r\n", 404)]
    [InlineData("RVP-From-Principal: http://im.adatum.com/instmsg/aliases/Nobody\r\n", 404)]
    [InlineData("RVP-From-Principal: http://im.adatum.com/instmsg/aliases/JoBrown\r\n", 401)]
    public async Task Strangers_are_not_relayed_for_and_own_people_are_asked_for_proof(string principal, int status)
    {
        var adatum = await organisations.AdatumAsync();
        await using var contoso = organisations.Peer(CallbackReply.KeepAlive);

        foreach (var verb in new[] { "NOTIFY", "SUBSCRIBE", "UNSUBSCRIBE", "PROPFIND" })
        {
            var answer = await adatum.AskAsync(
                $"{verb} {Kari} HTTP/1.1\r\nHost: im.adatum.com\r\n{principal}Notification-Type: update/propchange\r\nDepth: 0\r\nContent-Type: text/xml\r\n"
                    + "Content-Length: 0\r\n\r\n");
            Assert.Equal(status, answer.Status);
        }

        Assert.Equal(0, contoso.ConnectionCount);
    }

    [Theory]
    [InlineData("SUBSCRIBE", "Notification-Type: pragma/notify\r\n", 404)]
    [InlineData("SUBSCRIBE", "Notification-Type: no/such\r\n", 400)]
    [InlineData("SUBSCRIPTIONS", "Notification-Type: update/propchange\r\n", 404)]
    [InlineData("PROPPATCH", "", 404)]
    [InlineData("ACL", "", 404)]
    [InlineData("POLL", "Subscription-Id: 1\r\n", 404)]
    [InlineData("PROPFIND", "Depth: 1\r\n", 412)]
    public async Task What_is_a_matter_between_a_node_and_its_owner_is_not_relayed(string verb, string headers, int status)
    {
        var jo = organisations.Person(await organisations.AdatumAsync(), "JoBrown");
        await using var contoso = organisations.Peer(CallbackReply.KeepAlive);

        var answer = await jo.Asks(verb, Kari, headers, verb.StartsWith("PROP", StringComparison.Ordinal) ? "<a/>" : "");

        Assert.Equal(status, answer.Status);
        Assert.Equal(0, contoso.ConnectionCount);
    }

    [Fact]
    public async Task A_message_in_somebody_elses_name_is_not_relayed()
    {
        var jo = organisations.Person(await organisations.AdatumAsync(), "JoBrown");
        await using var contoso = organisations.Peer(CallbackReply.KeepAlive);
        var kari = organisations.Person(jo.Server, "KariHensien", "im.contoso.com");

        var answer = await jo.Asks("NOTIFY", Kari, "RVP-Hop-Count: 1\r\n", kari.MessageTo(jo, "I am Kari"));
        var news = await jo.Asks("NOTIFY", Kari, "RVP-Hop-Count: 1\r\n",
            $"<?xml version=\"1.0\"?><r:notification {Person.Namespaces}><r:propnotification><r:notification-from><r:contact><d:href>{jo.Url}</d:href>"
                + $"</r:contact></r:notification-from><r:notification-to><r:contact><d:href>{kari.Url}</d:href></r:contact></r:notification-to>"
                + "<d:propertyupdate><d:set><d:prop><r:state><r:online/></r:state></d:prop></d:set></d:propertyupdate></r:propnotification></r:notification>");
        var round = await jo.Asks("NOTIFY", Kari, "RVP-Hop-Count: 9\r\n", jo.MessageTo(kari, "Once more"));

        Assert.Equal((403, 404, 400), (answer.Status, news.Status, round.Status));
        Assert.Equal(0, contoso.ConnectionCount);
    }

    [Fact]
    public async Task A_watch_goes_out_with_the_watchers_logical_url_and_nothing_of_its_client()
    {
        var jo = organisations.Person(await organisations.AdatumAsync(), "JoBrown");
        const string document = $"<?xml version=\"1.0\"?><d:multistatus {Person.Namespaces}><d:response>"
            + "<d:href>http://im.contoso.com/instmsg/aliases/KariHensien</d:href>"
            + "<d:propstat><d:prop><r:state><r:busy/></r:state></d:prop><d:status>HTTP/1.1 200 Successful</d:status></d:propstat>"
            + "</d:response></d:multistatus>";
        await using var contoso = organisations.Peer(
            CallbackReply.Of($"HTTP/1.1 207 Multi-Status\r\nSubscription-Id: 7\r\nSubscription-Lifetime: 3600\r\nContent-Type: text/xml\r\n"
                + $"Content-Length: {document.Length}\r\n\r\n{document}"));

        var answer = await jo.Asks("SUBSCRIBE", Kari,
            $"Notification-Type: update/propchange\r\nCall-Back: {jo.Callback.Url}\r\nSubscription-Lifetime: 14400\r\n");

        var request = await contoso.NextAsync();
        Assert.Equal(
            "SUBSCRIBE /instmsg/aliases/KariHensien HTTP/1.1\r\nHost: im.contoso.com\r\nRVP-Notifications-Version: 0.2\r\n"
                + "RVP-From-Principal: http://im.adatum.com/instmsg/aliases/JoBrown\r\n"
                + "Notification-Type: update/propchange\r\nCall-Back: http://im.adatum.com/instmsg/aliases/JoBrown\r\nSubscription-Lifetime: 14400\r\n"
                + "Content-Length: 0\r\n\r\n",
            request.Head);
        Assert.Equal(("HTTP/1.1 207 Multi-Status", "7", "3600", document),
            (answer.StatusLine, answer["Subscription-Id"], answer["Subscription-Lifetime"], answer.Body));
    }

    [Fact]
    public async Task Other_home_servers_are_asked_for_own_people_by_physical_url_and_referred_to_by_logical_url()
    {
        await using var home = organisations.Peer(CallbackReply.KeepAlive, "imhomeserver2.adatum.com");
        var adatum = await organisations.StartAsync(
            [], null, [new TestAccount("JoBrown@adatum.com", "Jo Brown"),
            new TestAccount("KariHensien@adatum.com", "Kari Hensien", Home: $"imhomeserver2.adatum.com:{home.Port}")],
            ("Federation:Trusted:0", "127.0.0.0/8"));
        var jo = organisations.Person(adatum, "JoBrown");
        var kari = organisations.Person(adatum, "KariHensien");

        var relayed = await jo.Asks("NOTIFY", "/instmsg/local/im.adatum.com/instmsg/aliases/KariHensien", "RVP-Hop-Count: 1\r\n", jo.MessageTo(kari, "Hello"));
        var referred = await adatum.AskAsync("NOTIFY /instmsg/aliases/KariHensien HTTP/1.1\r\nHost: im.adatum.com\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal(200, relayed.Status);
        var request = await home.NextAsync();
        Assert.Equal("NOTIFY /instmsg/local/im.adatum.com/instmsg/aliases/KariHensien HTTP/1.1", request.RequestLine);
        Assert.Equal("http://im.adatum.com/instmsg/aliases/JoBrown", request["RVP-From-Principal"]);
        Assert.Equal($"http://imhomeserver2.adatum.com:{home.Port}/instmsg/local/im.adatum.com/instmsg/aliases/KariHensien", referred["Location"]);
    }

    [Fact]
    public async Task Someone_outside_the_firewall_is_relayed_for_through_the_router()
    {
        var adatum = await organisations.AdatumAsync(null,
            ("Firewall:Enabled", "true"), ("VirtualServers:0:Name", "imrouter1"), ("VirtualServers:0:Role", "Router"), ("VirtualServers:0:HostNames:1", null),
            ("VirtualServers:1:Name", "imhomeserver1"), ("VirtualServers:1:Domain", "im.adatum.com"),
            ("VirtualServers:1:HostNames:0", "imhomeserver1.adatum.com"));
        var jo = organisations.Person(adatum, "JoBrown");
        await using var contoso = organisations.Peer(CallbackReply.KeepAlive);
        var kari = organisations.Person(adatum, "KariHensien", "im.contoso.com");

        Assert.Equal(200, (await jo.Says(kari, "Hello")).Status);
        Assert.Equal("NOTIFY /instmsg/aliases/KariHensien HTTP/1.1", (await contoso.NextAsync()).RequestLine);
    }

    [Fact]
    public async Task A_domain_in_the_same_process_is_relayed_to_as_any_other()
    {
        var both = await organisations.StartAsync(
            new()
            {
                ["VirtualServers:1:Name"] = "contoso",
                ["VirtualServers:1:Domain"] = "im.contoso.com",
                ["VirtualServers:1:HostNames:0"] = "im.contoso.com",
            }, null,
            [new TestAccount("JoBrown@adatum.com", "Jo Brown"), new TestAccount("KariHensien@contoso.com", "Kari Hensien", "im.contoso.com", null)]);
        var jo = organisations.Person(both, "JoBrown");
        var kari = organisations.Person(both, "KariHensien", "im.contoso.com");
        await jo.SignsIn();
        await kari.SignsIn();

        Assert.Equal(207, (await jo.Watches(kari)).Status);
        await kari.SetsState("busy");
        await jo.Sees(kari, "busy");
        Assert.Equal(200, (await jo.Says(kari, "Hello")).Status);

        Assert.Equal(jo.MessageTo(kari, "Hello"), (await kari.Callback.NextAsync()).Body);
    }

    [Theory]
    [InlineData("RVP-Delivered: now\r\n", "now")]
    [InlineData("RVP-Delivered: later\r\n", "later")]
    [InlineData("RVP-Delivered: perhaps\r\n", null)]
    [InlineData("", null)]
    public async Task The_sender_learns_whether_the_message_waits_at_the_other_server(string header, string? told)
    {
        var jo = organisations.Person(await organisations.AdatumAsync(), "JoBrown");
        await using var contoso = organisations.Peer(CallbackReply.Of($"HTTP/1.1 200 Successful\r\n{header}Content-Length: 0\r\n\r\n"));

        var said = await jo.Says(organisations.Person(jo.Server, "KariHensien", "im.contoso.com"), "Hello");

        Assert.Equal((200, told), (said.Status, said["RVP-Delivered"]));
    }

    [Fact]
    public async Task Without_federation_nothing_leaves_the_organisation()
    {
        var jo = organisations.Person(await organisations.AdatumAsync(null, ("Federation:Enabled", "false")), "JoBrown");
        await using var contoso = organisations.Peer(CallbackReply.KeepAlive);

        var answer = await jo.Asks("SUBSCRIBE", Kari, "Notification-Type: update/propchange\r\n");

        Assert.Equal(404, answer.Status);
        Assert.Equal(0, contoso.ConnectionCount);
    }

    [Theory]
    [InlineData(
        "HTTP/1.1 401 Unauthorized\r\nRVP-Notifications-Version: 0.2\r\nWWW-Authenticate: Digest realm=\"x\", nonce=\"y\"\r\nContent-Length: 0\r\n\r\n",
        403, 412)]
    [InlineData("HTTP/1.1 403 Forbidden\r\nRVP-Notifications-Version: 0.2\r\nContent-Length: 0\r\n\r\n", 403, 403)]
    [InlineData("HTTP/1.1 404 Not Found\r\nRVP-Notifications-Version: 0.2\r\nContent-Length: 0\r\n\r\n", 404, 404)]
    [InlineData("HTTP/1.1 500 Oops\r\nRVP-Notifications-Version: 0.2\r\nContent-Length: 0\r\n\r\n", 502, 500)]
    [InlineData("HTTP/1.1 504 Gateway Timeout\r\nRVP-Notifications-Version: 0.2\r\nContent-Length: 0\r\n\r\n", 502, 412)]
    [InlineData("HTTP/1.1 404 Not Found\r\nServer: a web server\r\nContent-Length: 0\r\n\r\n", 502, 412)]
    [InlineData("HTTP/1.1 403 Forbidden\r\nServer: a web server\r\nContent-Length: 0\r\n\r\n", 502, 412)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 502, 200)]
    [InlineData("HTTP/1.1 207 Multi-Status\r\nSubscription-Id: one\r\nContent-Length: 0\r\n\r\n", 502, 200)]
    [InlineData("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", 502, 412)]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", 502, 412)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", 502, 412)]
    public async Task Another_servers_answer_is_put_in_words_that_clients_know(string reply, int toWatch, int toMessage)
    {
        var jo = organisations.Person(await organisations.AdatumAsync(), "JoBrown");
        await using var contoso = organisations.Peer(new CallbackReply(reply, AfterReply.Close));
        var kari = organisations.Person(jo.Server, "KariHensien", "im.contoso.com");

        var watched = await jo.Watches(kari);
        var said = await jo.Says(kari, "Hello");

        Assert.Equal((toWatch, toMessage), (watched.Status, said.Status));
        Assert.Empty(watched.All("WWW-Authenticate"));
    }
}
