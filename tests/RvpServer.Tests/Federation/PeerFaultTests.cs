using DnsClient;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;
using RvpServer.Delivery;
using RvpServer.Home;

namespace RvpServer.Tests.Federation;

/// <summary>Other organisations' servers that are not where DNS says, loop, hang, drip or are down.</summary>
public sealed class PeerFaultTests : IAsyncDisposable
{
    private readonly Organisations organisations = new();

    public ValueTask DisposeAsync() => organisations.DisposeAsync();

    [Fact]
    public async Task A_loopback_address_that_is_only_trusted_is_never_called()
    {
        var jo = organisations.Person(await organisations.AdatumAsync(null, ("Federation:CallableRanges:0", null)), "JoBrown");
        await using var contoso = organisations.Peer(CallbackReply.KeepAlive);

        await ExpectAsync(jo, watch: 502, message: 412);
        Assert.Equal(0, contoso.ConnectionCount);
    }

    [Fact]
    public async Task A_service_record_that_points_at_ourselves_goes_nowhere()
    {
        var jo = organisations.Person(await organisations.AdatumAsync(), "JoBrown");
        organisations.Names("im.contoso.com", jo.Server.Port);

        await ExpectAsync(jo, watch: 502, message: 412);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("0 0 0 .")]
    [InlineData("0 0 80 nowhere.contoso.com")]
    public async Task A_domain_without_a_server_has_no_nodes(string? service)
    {
        var jo = organisations.Person(await organisations.AdatumAsync(), "JoBrown");
        if (service is not null) organisations.Dns.HasService("im.contoso.com", service);

        await ExpectAsync(jo, watch: 404, message: 404);
    }

    [Theory]
    [InlineData("none", 404, "There is no server for that domain.\n", 404)]
    [InlineData("failing", 502, "DNS did not answer for that domain; try again later.\n", 412)]
    [InlineData("down", 502, "The server of that domain cannot be reached or did not answer.\n", 412)]
    public async Task No_server_no_dns_and_no_connection_are_three_things(string kind, int watch, string line, int message)
    {
        var jo = organisations.Person(await organisations.AdatumAsync(), "JoBrown");
        if (kind == "failing") organisations.Dns.Fails("_rvp._tcp.im.contoso.com", QueryType.SRV).Fails("im.contoso.com", QueryType.A);
        if (kind == "down") organisations.Peer(CallbackReply.KeepAlive, isDown: true);

        var watched = await jo.Watches(Kari(jo));
        var said = await jo.Says(Kari(jo), "Hello");

        Assert.Equal((watch, line, message), (watched.Status, watched.Body, said.Status));
    }

    [Fact]
    public async Task A_service_record_that_dns_does_not_answer_for_is_stood_in_for_by_the_host_of_the_url()
    {
        var jo = organisations.Person(await organisations.AdatumAsync(), "JoBrown");
        await using var contoso = organisations.Peer(CallbackReply.KeepAlive);
        organisations.Dns.Fails("_rvp._tcp.im.contoso.com", QueryType.SRV);
        var kari = organisations.Person(jo.Server, "KariHensien", $"im.contoso.com:{contoso.Port}");

        Assert.Equal(200, (await jo.Says(kari, "Hello")).Status);
        Assert.Equal($"im.contoso.com:{contoso.Port}", (await contoso.NextAsync())["Host"]);
    }

    [Fact]
    public async Task A_home_server_is_found_by_its_address_and_the_port_of_its_url_whatever_service_records_it_has()
    {
        var jo = organisations.Person(await organisations.AdatumAsync(), "JoBrown");
        await using var wrong = organisations.Peer(CallbackReply.KeepAlive, "imhomeserver1.contoso.com");
        await using var home = organisations.Peer(CallbackReply.KeepAlive, "elsewhere.contoso.com");
        await using var router = organisations.Peer(
            ReferTo($"http://imhomeserver1.contoso.com:{home.Port}/instmsg/local/im.contoso.com/instmsg/aliases/KariHensien"));

        Assert.Equal(200, (await jo.Says(Kari(jo), "Hello")).Status);

        Assert.Equal((1, 1, 0), (router.All.Count, home.All.Count, wrong.ConnectionCount));
        Assert.DoesNotContain("SRV _rvp._tcp.imhomeserver1.contoso.com", organisations.Dns.Questions);
    }

    [Fact]
    public async Task A_home_server_without_a_name_in_dns_cannot_be_reached_but_its_people_exist()
    {
        var jo = organisations.Person(await organisations.AdatumAsync(), "JoBrown");
        await using var router = organisations.Peer(ReferTo("http://imhomeserver1.contoso.com/instmsg/local/im.contoso.com/instmsg/aliases/KariHensien"));

        await ExpectAsync(jo, watch: 502, message: 412);
    }

    [Fact]
    public async Task News_wait_for_a_dns_that_fails()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var jo = organisations.Person(await organisations.AdatumAsync(clock), "JoBrown");
        await using var contoso = organisations.Peer(CallbackReply.KeepAlive);
        organisations.Dns.Fails("_rvp._tcp.im.contoso.com", QueryType.SRV).Fails("im.contoso.com", QueryType.A);
        await IsWatchedByAsync(jo, "http://im.contoso.com/instmsg/aliases/KariHensien");
        await jo.SignsIn();
        var outbox = jo.Server.Services.GetRequiredService<Outbox>();

        await jo.SetsState("busy");
        await Deadline.Until(() => organisations.Dns.Asked("A im.contoso.com"), "a question to DNS", () => "none");
        organisations.Names("im.contoso.com", contoso.Port);
        await Deadline.Until(() => Advanced(clock) && contoso.All.Count == 1, "the news", () => outbox.CountWaiting(Outbox.Servers).ToString());

        Assert.Contains("<r:busy/>", contoso.All[0].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_was_away_for_long_is_told_the_present_state_when_it_is_back()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var jo = organisations.Person(await organisations.AdatumAsync(clock), "JoBrown");
        await using var contoso = organisations.Peer(CallbackReply.KeepAlive, isDown: true);
        await IsWatchedByAsync(jo, "http://im.contoso.com/instmsg/aliases/KariHensien");
        await jo.SignsIn();
        var owed = jo.Server.Services.GetRequiredService<OwedNews>();

        await jo.SetsState("busy");
        await jo.SetsState("away");
        var node = jo.Server.Services.GetRequiredService<NodeTurns>().All.Single(slot => slot.Node.Url.ToString() == jo.Url).Node.Url;
        await Deadline.Until(() => Advanced(clock) && owed.Owes(node), "a debt", () => "none", TimeSpan.FromSeconds(30));
        contoso.ComeUp();
        await Deadline.Until(() => Advanced(clock) && contoso.All.Count > 0, "the news", () => "none", TimeSpan.FromSeconds(30));

        Assert.Contains("<r:away/>", contoso.All[^1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dns_that_fails_is_no_proof_that_there_is_nobody()
    {
        var jo = organisations.Person(await organisations.AdatumAsync(), "JoBrown");
        organisations.Dns.Fails("_rvp._tcp.im.contoso.com", QueryType.SRV);

        await ExpectAsync(jo, watch: 502, message: 412);
    }

    [Fact]
    public async Task The_second_target_of_a_service_record_stands_in_for_the_first()
    {
        var jo = organisations.Person(await organisations.AdatumAsync(), "JoBrown");
        await using var first = organisations.Peer(CallbackReply.KeepAlive, "gate1.contoso.com", isDown: true);
        await using var second = organisations.Peer(CallbackReply.KeepAlive, "gate2.contoso.com");
        organisations.Dns.HasService("im.contoso.com", $"0 0 {first.Port} gate1.contoso.com", $"1 0 {second.Port} gate2.contoso.com");

        Assert.Equal(200, (await jo.Says(Kari(jo), "Hello")).Status);
        Assert.Equal("im.contoso.com", (await second.NextAsync())["Host"]);
    }

    [Theory]
    [InlineData("http://im.contoso.com/instmsg/aliases/KariHensien")]
    [InlineData("http://im.adatum.com/instmsg/local/im.contoso.com/instmsg/aliases/KariHensien")]
    [InlineData("http://elsewhere.contoso.com/instmsg/local/im.contoso.com/instmsg/aliases/Other")]
    [InlineData("http://elsewhere.contoso.com/secret")]
    [InlineData("https://elsewhere.contoso.com/instmsg/local/im.contoso.com/instmsg/aliases/KariHensien")]
    [InlineData("/instmsg/aliases/KariHensien")]
    public async Task A_referral_back_to_ourselves_or_to_something_else_is_not_followed(string location)
    {
        var jo = organisations.Person(await organisations.AdatumAsync(), "JoBrown");
        await using var elsewhere = organisations.Peer(CallbackReply.KeepAlive, "elsewhere.contoso.com");
        await using var contoso = organisations.Peer(
            ReferTo(location.Replace("elsewhere.contoso.com", $"elsewhere.contoso.com:{elsewhere.Port}", StringComparison.Ordinal)));

        await ExpectAsync(jo, watch: 502, message: 412);
        Assert.Equal(2, contoso.All.Count);
        Assert.Equal(0, elsewhere.ConnectionCount);
    }

    [Fact]
    public async Task Two_routers_that_refer_to_each_other_are_asked_once_under_each_of_their_names()
    {
        var jo = organisations.Person(await organisations.AdatumAsync(), "JoBrown");
        await using var first = organisations.Peer(CallbackReply.KeepAlive);
        await using var second = organisations.Peer(
            ReferTo($"http://im.contoso.com:{first.Port}/instmsg/local/im.contoso.com/instmsg/aliases/KariHensien"), "b.contoso.com");
        first.Reply = ReferTo($"http://b.contoso.com:{second.Port}/instmsg/local/im.contoso.com/instmsg/aliases/KariHensien");

        Assert.Equal(412, (await jo.Says(Kari(jo), "Hello")).Status);
        Assert.Equal((2, 1), (first.All.Count, second.All.Count));
    }

    [Fact]
    public async Task A_chain_of_referrals_ends_after_three()
    {
        var jo = organisations.Person(await organisations.AdatumAsync(), "JoBrown");
        string[] hosts = ["im.contoso.com", "a.contoso.com", "b.contoso.com", "c.contoso.com", "d.contoso.com"];
        var peers = hosts.Select(host => organisations.Peer(CallbackReply.KeepAlive, host)).ToList();
        for (var i = 0; i < 4; i++)
            peers[i].Reply = ReferTo($"http://{hosts[i + 1]}:{peers[i + 1].Port}/instmsg/local/im.contoso.com/instmsg/aliases/KariHensien");

        Assert.Equal(412, (await jo.Says(Kari(jo), "Hello")).Status);
        Assert.Equal([1, 1, 1, 1, 0], peers.Select(peer => peer.All.Count));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("HTTP/1.1 200 Succ")]
    [InlineData("HTTP/1.1 200 Successful\r\nContent-Length: 1000\r\n\r\n<a>")]
    public async Task A_server_that_hangs_or_drips_costs_its_askers_a_bounded_time_and_others_nothing(string? reply)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var jo = organisations.Person(await organisations.AdatumAsync(clock), "JoBrown");
        await using var hanging = organisations.Peer(new CallbackReply(reply, AfterReply.KeepOpen));
        await using var healthy = organisations.Peer(CallbackReply.KeepAlive, "im.sales.contoso.com");

        var said = jo.Says(Kari(jo), "Hello");
        await hanging.NextAsync();
        var other = organisations.Person(jo.Server, "JoBrown");
        Assert.Equal(200, (await other.Says(organisations.Person(jo.Server, "Kari", "im.sales.contoso.com"), "Hello")).Status);
        Assert.False(said.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(26));

        Assert.Equal(412, (await said).Status);
        Assert.Equal(1, hanging.ConnectionCount);
    }

    [Fact]
    public async Task News_for_a_server_that_is_down_wait_for_it_in_order_and_hold_nobody_else_up()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var jo = organisations.Person(await organisations.AdatumAsync(clock), "JoBrown");
        await using var down = organisations.Peer(CallbackReply.KeepAlive, isDown: true);
        await using var healthy = organisations.Peer(CallbackReply.KeepAlive, "im.sales.contoso.com");
        await IsWatchedByAsync(jo, "http://im.contoso.com/instmsg/aliases/KariHensien");
        await IsWatchedByAsync(jo, "http://im.sales.contoso.com/instmsg/aliases/KariHensien");
        await jo.SignsIn();

        await jo.SetsState("busy");
        await jo.SetsState("on-phone");
        Assert.Contains("<r:busy/>", (await healthy.NextAsync()).Body, StringComparison.Ordinal);
        Assert.Contains("<r:on-phone/>", (await healthy.NextAsync()).Body, StringComparison.Ordinal);
        down.ComeUp();
        await Deadline.Until(() => Advanced(clock) && down.All.Count == 2, "both news at the server that is up again", () => down.All.Count.ToString());

        var first = down.All[0];
        Assert.Equal("NOTIFY /instmsg/aliases/KariHensien HTTP/1.1", first.RequestLine);
        Assert.Equal(("http://im.adatum.com/instmsg/aliases/JoBrown", "2", "SingleHop"),
            (first["RVP-From-Principal"], first["RVP-Hop-Count"], first["RVP-Ack-Type"]));
        Assert.Contains("<r:busy/>", first.Body, StringComparison.Ordinal);
        Assert.Contains("<r:on-phone/>", down.All[1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task News_for_a_server_that_stays_down_are_given_up()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var jo = organisations.Person(await organisations.AdatumAsync(clock), "JoBrown");
        await using var down = organisations.Peer(CallbackReply.KeepAlive, isDown: true);
        await IsWatchedByAsync(jo, "http://im.contoso.com/instmsg/aliases/KariHensien");
        await jo.SignsIn();
        var outbox = jo.Server.Services.GetRequiredService<Outbox>();

        await jo.SetsState("busy");
        var began = clock.GetUtcNow();
        Assert.Equal(1, outbox.CountWaiting(Outbox.Servers));
        await Deadline.Until(() => Advanced(clock) && outbox.CountWaiting(Outbox.Servers) == 0, "an empty queue",
            () => outbox.CountWaiting(Outbox.Servers).ToString());

        Assert.InRange(clock.GetUtcNow() - began, TimeSpan.FromSeconds(60), TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task A_server_that_takes_news_and_never_answers_gets_the_newest_again_and_no_backlog()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var jo = organisations.Person(await organisations.AdatumAsync(clock), "JoBrown");
        await using var hanging = organisations.Peer(CallbackReply.Silent);
        await IsWatchedByAsync(jo, "http://im.contoso.com/instmsg/aliases/KariHensien");
        await jo.SignsIn();
        var outbox = jo.Server.Services.GetRequiredService<Outbox>();

        foreach (var state in new[] { "busy", "away", "on-phone", "at-lunch", "back-soon" }) await jo.SetsState(state);
        await Deadline.Until(() => Advanced(clock) && outbox.CountWaiting(Outbox.Servers) == 0, "an empty queue",
            () => outbox.CountWaiting(Outbox.Servers).ToString());

        Assert.Equal(["busy", "back-soon", "back-soon"], hanging.All.Take(3).Select(news => news.Body.Split("<r:state><r:")[1].Split('/')[0]));
    }

    [Fact]
    public async Task An_outbound_proxy_is_asked_for_what_is_outside()
    {
        await using var proxy = CallbackListener.Start(CallbackReply.KeepAlive);
        var jo = organisations.Person(await organisations.AdatumAsync(null, ("Firewall:OutboundProxy", proxy.Url.ToString())), "JoBrown");
        organisations.Dns.HasService("im.contoso.com", "0 0 8080 gate.contoso.com").HasAddress("gate.contoso.com", "192.0.2.20");

        Assert.Equal(200, (await jo.Says(Kari(jo), "Hello")).Status);

        var request = await proxy.NextAsync();
        Assert.Equal("NOTIFY http://gate.contoso.com:8080/instmsg/aliases/KariHensien HTTP/1.1", request.RequestLine);
        Assert.Equal("im.contoso.com", request["Host"]);
    }

    [Fact]
    public async Task An_outbound_proxy_is_not_asked_for_what_may_not_be_called()
    {
        await using var proxy = CallbackListener.Start(CallbackReply.KeepAlive);
        var jo = organisations.Person(await organisations.AdatumAsync(null, ("Firewall:OutboundProxy", proxy.Url.ToString())), "JoBrown");
        organisations.Dns.HasAddress("im.contoso.com", "169.254.169.254");

        await ExpectAsync(jo, watch: 502, message: 412);
        Assert.Equal(0, proxy.ConnectionCount);
    }

    private static CallbackReply ReferTo(string location) =>
        new($"HTTP/1.1 302 Object moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n", AfterReply.KeepOpen);

    private static bool Advanced(FakeTimeProvider clock)
    {
        clock.Advance(TimeSpan.FromSeconds(1));
        return true;
    }

    private static async Task IsWatchedByAsync(Person person, string watcher)
    {
        var answer = await person.Server.AskAsync(
            $"SUBSCRIBE {person.Path} HTTP/1.1\r\nHost: im.adatum.com\r\nRVP-From-Principal: {watcher}\r\nNotification-Type: update/propchange\r\n"
                + $"Call-Back: {watcher}\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal(207, answer.Status);
    }

    private async Task ExpectAsync(Person jo, int watch, int message)
    {
        Assert.Equal(watch, (await jo.Watches(Kari(jo))).Status);
        Assert.Equal(message, (await jo.Says(Kari(jo), "Hello")).Status);
    }

    private Person Kari(Person jo) => organisations.Person(jo.Server, "KariHensien", "im.contoso.com");
}
