using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Rvp.Testing;
using RvpServer.Collections;
using RvpServer.Configuration;
using RvpServer.Http;
using RvpServer.Requests;
using RvpServer.Runtime;
using RvpServer.Tests.Runtime;

namespace RvpServer.Tests.Http;

/// <summary>Who goes first when there is too much to do: renewals before messages, messages before reading; and every kind of request has a share.</summary>
public sealed class RequestPlacesTests : IDisposable
{
    private static readonly LimitsOptions Limits = new() { MaxOutstandingRequests = 64, MaxRequestsPerSender = 64 };

    private static readonly VirtualServerTable Servers = new(
    [
        new("imhomeserver1", Role.Home, "im.adatum.com", ["im.adatum.com"], 80), new("contoso", Role.Home, "im.contoso.com", ["im.contoso.com"], 80),
    ]);

    private static readonly Dictionary<string, DomainSettings> Domains = new()
    {
        ["im.adatum.com"] = Limited(null),
        ["im.contoso.com"] = Limited(16),
    };

    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Abuse abuse = new();
    private readonly Congestion congestion;
    private readonly RequestPlaces places;
    private int senders;

    public RequestPlacesTests()
    {
        congestion = new Congestion(Limits, new LoopMetrics(services.GetRequiredService<IMeterFactory>()), new LogCollector().Of<Congestion>());
        places = new RequestPlaces(Limits, congestion, abuse.Log, Servers, Domains);
    }

    public void Dispose()
    {
        congestion.Dispose();
        services.Dispose();
        abuse.Dispose();
    }

    [Fact]
    public void The_last_places_are_for_what_is_urgent_and_every_kind_has_some_of_its_own()
    {
        Assert.Equal(32, Take(Urgency.Reading));
        Assert.Equal(16, Take(Urgency.Message));
        Assert.Equal(8, Take(Urgency.Arrival));
        Assert.Equal(8, Take(Urgency.Renewal));
        Assert.Equal(64, places.Taken);
    }

    [Fact]
    public void Renewals_alone_may_have_all() => Assert.Equal(64, Take(Urgency.Renewal));

    [Fact]
    public void Where_the_processor_does_not_keep_up_there_are_fewer_places_and_soon_all_of_them_again()
    {
        Assert.Equal(64, congestion.Allowed);

        congestion.Measured(Congestion.MaxLateness + TimeSpan.FromMilliseconds(1));
        Assert.Equal(42, congestion.Allowed);
        Assert.Equal(21, Take(Urgency.Reading));

        for (var i = 0; i < 100; i++) congestion.Measured(TimeSpan.FromSeconds(2));
        Assert.Equal(8, congestion.Allowed);
        Assert.Equal(1, Take(Urgency.Renewal));

        // Twenty times a second: within five seconds all is as before.
        for (var i = 0; i < 60; i++) congestion.Measured(TimeSpan.Zero);
        Assert.Equal(64, congestion.Allowed);
    }

    [Fact]
    public void A_request_that_waits_has_no_place_and_takes_one_again_where_there_is_one()
    {
        var waiting = places.TryTake(new Sharer("a"), IPAddress.Loopback, Urgency.Message, "im.adatum.com")!;
        waiting.Leave();
        waiting.Leave();
        Assert.Equal(0, places.Taken);
        Assert.True(waiting.TryTake());
        Assert.Equal(1, places.Taken);

        waiting.Leave();
        Take(Urgency.Renewal);
        Assert.False(waiting.TryTake());
        waiting.Dispose();

        Assert.Equal(64, places.Taken);
    }

    [Theory]
    [InlineData("PROPPATCH", "", "Renewal")]
    [InlineData("UNSUBSCRIBE", "7", "Renewal")]
    [InlineData("SUBSCRIBE", "7", "Renewal")]
    [InlineData("SUBSCRIBE", "", "Arrival")]
    [InlineData("POLL", "7", "Renewal")]
    [InlineData("NOTIFY", "", "Message")]
    [InlineData("PROPFIND", "", "Reading")]
    [InlineData("SUBSCRIPTIONS", "", "Reading")]
    [InlineData("ACL", "", "Reading")]
    public void Who_is_signed_in_goes_before_who_wants_to_know_something(string verb, string subscription, string urgency)
    {
        var headers = new HeaderDictionary();
        if (subscription.Length > 0) headers["Subscription-Id"] = subscription;

        Assert.Equal(Enum.Parse<Urgency>(urgency), VerbTable.Verbs.Single(row => row.Name == verb).UrgencyOf(headers));
    }

    [Fact]
    public void What_storms_one_domain_leaves_the_rest_to_the_others()
    {
        Assert.Equal(8, Take(Urgency.Reading, "im.contoso.com"));
        Assert.False(places.HasRoomFor(Urgency.Reading, To("im.contoso.com")));
        Assert.True(places.HasRoomFor(Urgency.Renewal, To("im.contoso.com")));
        Assert.Equal(8, Take(Urgency.Renewal, "im.contoso.com"));
        Assert.False(places.HasRoomFor(Urgency.Renewal, To("im.contoso.com")));
        Assert.Equal(0, Take(Urgency.Message, "im.contoso.com"));

        Assert.True(places.HasRoomFor(Urgency.Reading, To("im.adatum.com")));
        Assert.True(places.HasRoomFor(Urgency.Reading, To("im.example.com")));
        Assert.Equal(48, Take(Urgency.Renewal));
    }

    [Fact]
    public void A_place_that_is_free_again_is_free_for_its_domain_too()
    {
        var first = places.TryTake(new Sharer("a"), IPAddress.Loopback, Urgency.Renewal, "im.contoso.com")!;
        Assert.Equal(15, Take(Urgency.Renewal, "im.contoso.com"));

        first.Leave();
        Assert.Equal(1, Take(Urgency.Renewal, "im.contoso.com"));
        Assert.False(first.TryTake());
        Assert.Equal(16, places.Taken);
    }

    [Fact]
    public void One_sender_without_room_takes_nothing_of_the_domains()
    {
        var held = 0;
        while (places.TryTake(new Sharer("a"), IPAddress.Loopback, Urgency.Renewal, "im.adatum.com") is not null) held++;
        Assert.Null(places.TryTake(new Sharer("a"), IPAddress.Loopback, Urgency.Renewal, "im.contoso.com"));

        Assert.Equal((32, 16), (held, Take(Urgency.Renewal, "im.contoso.com")));
    }

    private static DomainSettings Limited(int? requests) =>
        new("im.contoso.com", new Brand(null, null, null), new ProtocolLogOptions(), new DomainLimitsOptions { MaxRequests = requests }, KeepsHistory: false);

    private static HttpRequest To(string host) => new DefaultHttpContext { Request = { Headers = { Host = host } } }.Request;

    // As many as there are, each of somebody else.
    private int Take(Urgency urgency, string domain = "im.adatum.com")
    {
        var count = 0;
        while (places.TryTake(new Sharer(senders++), IPAddress.Loopback, urgency, domain) is not null) count++;
        return count;
    }
}
