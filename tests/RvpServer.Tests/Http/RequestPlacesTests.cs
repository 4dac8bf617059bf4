using System.Diagnostics.Metrics;
using System.Net;
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

    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Abuse abuse = new();
    private readonly Congestion congestion;
    private readonly RequestPlaces places;
    private int senders;

    public RequestPlacesTests()
    {
        congestion = new Congestion(Limits, new LoopMetrics(services.GetRequiredService<IMeterFactory>()), new LogCollector().Of<Congestion>());
        places = new RequestPlaces(Limits, congestion, abuse.Log);
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
        var waiting = places.TryTake(new Sharer("a"), IPAddress.Loopback, Urgency.Message)!;
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
        var headers = new Microsoft.AspNetCore.Http.HeaderDictionary();
        if (subscription.Length > 0) headers["Subscription-Id"] = subscription;

        Assert.Equal(Enum.Parse<Urgency>(urgency), VerbTable.Verbs.Single(row => row.Name == verb).UrgencyOf(headers));
    }

    // As many as there are, each of somebody else.
    private int Take(Urgency urgency)
    {
        var count = 0;
        while (places.TryTake(new Sharer(senders++), IPAddress.Loopback, urgency) is not null) count++;
        return count;
    }
}
