using System.Net;
using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Home;

namespace RvpServer.Tests.Home;

/// <summary>What was made since passwords were read is told apart without the order of ids, which go round.</summary>
public sealed class FreshSubscriptionsTests
{
    private static readonly RvpUrl Jo = RvpUrl.ForAlias("im.adatum.com", 80, "JoBrown");

    private readonly FreshSubscriptions fresh = new();
    private readonly NodeSlot slot = new(new Node(Jo, new NodeOwner("", "")));

    [Fact]
    public void What_was_made_since_the_last_look_waits_and_what_was_made_before_does_not()
    {
        fresh.Add(slot, SignIn(5));
        fresh.Restore(SignIn(6));
        Assert.Equal([5], fresh.Take(out _).Select(made => made.Id));

        fresh.Add(slot, SignIn(3));

        Assert.False(fresh.IsWaiting(5));
        Assert.False(fresh.IsWaiting(6));
        Assert.True(fresh.IsWaiting(3));
    }

    [Fact]
    public void Where_too_many_were_made_to_tell_all_of_them_may_be_new_and_the_next_look_is_at_everybody()
    {
        for (var id = 1; id <= 30_000; id++) fresh.Add(slot, SignIn(id));

        Assert.True(fresh.IsWaiting(29_999));
        Assert.Equal(20_000, fresh.Take(out var isComplete).Count);
        Assert.False(isComplete);
        Assert.False(fresh.IsWaiting(29_999));
    }

    private static Subscription SignIn(int id) => new()
    {
        Id = id,
        Type = NotificationType.Notify,
        Subscriber = new Subscriber(Jo, Callback.Polled.Instance, IPAddress.Loopback, PasswordStamp: 1),
        Proof = Credentials.Digest,
        NodeAsWritten = Jo,
        ExpiresAt = DateTimeOffset.MaxValue,
    };
}
