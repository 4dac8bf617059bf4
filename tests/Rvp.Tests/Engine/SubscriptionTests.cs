using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;

namespace Rvp.Tests.Engine;

public class SubscriptionTests
{
    private readonly Stage stage = new();

    [Theory]
    [InlineData(null, 14400)]
    [InlineData(0, 14400)]
    [InlineData(14000, 14000)]
    [InlineData(60, 1800)]
    [InlineData(int.MaxValue, 14400)]
    public void The_lease_granted_lies_between_half_an_hour_and_four_hours(int? asked, int granted)
    {
        var lifetime = asked is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;

        Assert.Equal(TimeSpan.FromSeconds(granted), new Rules().Grant(lifetime));
    }

    [Fact]
    public void A_renewal_moves_the_lease()
    {
        var id = stage.KariSignsIn();
        stage.Later(TimeSpan.FromHours(3));

        var answer = Stage.Done(stage.Take(new Renew(stage.KariProven, id, null), stage.KariProven));
        stage.Later(TimeSpan.FromHours(3));

        Assert.Equal(id, answer.SubscriptionId);
        Assert.Single(stage.Node.SignIns);
    }

    [Fact]
    public void Anothers_subscription_is_as_good_as_none()
    {
        var id = stage.KariSignsIn();

        Assert.Equal(Refusal.NoSuchSubscription, Stage.Refused(stage.Take(new Renew(stage.JoProven, id, null), stage.JoProven)));
        Assert.Equal(Refusal.NoSuchSubscription, Stage.Refused(stage.Take(new Unsubscribe(stage.JoProven, id), stage.JoProven)));
        Assert.Equal(Refusal.NoSuchSubscription, Stage.Refused(stage.Take(new Unsubscribe(stage.KariProven, 7), stage.KariProven)));
    }

    [Fact]
    public void The_owner_may_end_a_watch()
    {
        var watch = stage.JoWatches().SubscriptionId!.Value;

        Stage.Done(stage.Take(new Unsubscribe(stage.KariProven, watch), stage.KariProven));

        Assert.Empty(stage.Node.Watches);
    }

    [Fact]
    public void A_message_goes_to_every_callback_once()
    {
        stage.KariSignsIn(1051);
        var newest = stage.KariSignsIn(1051);
        var other = stage.KariSignsIn(1052);

        var outcome = stage.JoSends();

        Assert.Equal([newest, other], outcome.Notifications.Select(notification => notification.SubscriptionId));
        Assert.All(outcome.Notifications, notification => Assert.Equal(2, notification.HopCount));
        Assert.All(outcome.Notifications, notification => Assert.Equal("hi", Stage.Text(notification)));
    }

    [Fact]
    public void A_message_to_someone_who_is_not_signed_in_is_not_delivered() =>
        Assert.Equal(Refusal.NotAvailable, Stage.Refused(stage.JoSends()));

    [Fact]
    public void A_message_to_oneself_waits_for_no_callback()
    {
        stage.KariSignsIn();

        var outcome = stage.JoSends(stage.KariProven, stage.Kari);

        Assert.Equal(AckType.SingleHop, Assert.IsType<Answer.AsDelivered>(outcome.Answer).AckType);
        Assert.Single(outcome.Notifications);
    }

    [Fact]
    public void A_message_that_names_another_sender_is_refused()
    {
        stage.KariSignsIn();

        Assert.Equal(Refusal.ForeignSender, Stage.Refused(stage.JoSends(from: Stage.Url("Other"))));
    }

    [Fact]
    public void One_sign_in_too_many_ends_the_oldest()
    {
        var first = stage.KariSignsIn(2000);
        for (var i = 1; i < stage.Rules.MaxSignIns; i++) stage.KariSignsIn(2000 + i);

        stage.KariSignsIn(3000);

        Assert.Equal(stage.Rules.MaxSignIns, stage.Node.SignIns.Length);
        Assert.Null(stage.Node.FindSubscription(first));
    }

    [Fact]
    public void A_watcher_that_watches_again_and_again_keeps_its_newest_watches()
    {
        var first = stage.JoWatches().SubscriptionId!.Value;
        for (var i = 1; i <= stage.Rules.MaxWatchesPerWatcher; i++) stage.JoWatches();

        Assert.Equal(stage.Rules.MaxWatchesPerWatcher, stage.Node.Watches.Count);
        Assert.Null(stage.Node.FindSubscription(first));
    }

    [Theory]
    [InlineData(AckType.DeepOr, "Delivered", 200)]
    [InlineData(AckType.DeepOr, "Unreachable Delivered", 200)]
    [InlineData(AckType.DeepOr, "Unreachable Unanswered", 412)]
    [InlineData(AckType.DeepOr, "Refused:500 Unreachable", 500)]
    [InlineData(AckType.DeepOr, "Refused:401", 412)]
    [InlineData(AckType.DeepOr, "Refused:302", 412)]
    [InlineData(AckType.DeepAnd, "Delivered Delivered", 200)]
    [InlineData(AckType.DeepAnd, "Delivered Unanswered", 412)]
    [InlineData(AckType.DeepAnd, "Delivered Refused:400", 400)]
    [InlineData(AckType.DeepOr, "Kept", 200)]
    [InlineData(AckType.DeepAnd, "Kept Delivered", 200)]
    [InlineData(AckType.DeepAnd, "Kept Unanswered", 412)]
    public void Results_combine_as_the_sender_asked(AckType type, string outcomes, int status)
    {
        var results = outcomes.Split(' ').Select(text => text.Split(':')).Select(parts =>
            new DeliveryResult(Enum.Parse<DeliveryOutcome>(parts[0]), parts.Length > 1 ? int.Parse(parts[1], null) : 0)).ToList();

        var answer = Acknowledgement.Combine(new Answer.AsDelivered(type, []), results);

        Assert.Equal(status, answer is Answer.Done ? 200 : ((Answer.Refused)answer).Refusal.Status);
    }
}
