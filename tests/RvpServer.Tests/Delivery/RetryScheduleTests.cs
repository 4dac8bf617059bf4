using RvpServer.Delivery;

namespace RvpServer.Tests.Delivery;

public sealed class RetryScheduleTests
{
    [Theory]
    [InlineData(1, 0.25)]
    [InlineData(2, 0.5)]
    [InlineData(3, 1)]
    [InlineData(4, 2)]
    [InlineData(5, 4)]
    [InlineData(6, 4)]
    [InlineData(99, 4)]
    public void Pauses_double_up_to_a_bound(int made, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RetrySchedule.ForCallbacks(100).PauseAfter(made, TimeSpan.Zero));

    [Theory]
    [InlineData(4, 3, true)]
    [InlineData(4, 4, false)]
    [InlineData(1, 1, false)]
    public void There_are_no_more_attempts_than_configured(int attempts, int made, bool isAnother) =>
        Assert.Equal(isAnother, RetrySchedule.ForCallbacks(attempts).PauseAfter(made, TimeSpan.Zero) is not null);

    [Fact]
    public void A_callback_that_takes_all_its_time_is_given_up_within_the_bound()
    {
        var schedule = RetrySchedule.ForCallbacks(100);
        var elapsed = TimeSpan.Zero;
        var made = 0;

        TimeSpan? pause;
        do
        {
            elapsed += schedule.ConnectTimeAt(elapsed);
            pause = schedule.PauseAfter(++made, elapsed);
            elapsed += pause ?? TimeSpan.Zero;
        }
        while (pause is not null);

        Assert.Equal(3, made);
        Assert.InRange(elapsed, TimeSpan.FromSeconds(10), schedule.MaxElapsed!.Value);
    }

    [Fact]
    public void Other_servers_are_tried_for_a_minute_and_a_half()
    {
        var pauses = Enumerable.Range(1, 13).Select(made => RetrySchedule.ForServers.PauseAfter(made, TimeSpan.FromMinutes(5))).ToList();

        Assert.Null(pauses[^1]);
        Assert.Equal([0.5, 1, 2, 4, 8, 10, 10, 10, 10, 10, 10, 10], pauses.SkipLast(1).Select(pause => pause!.Value.TotalSeconds));
    }

    [Fact]
    public void A_message_is_too_late_when_its_sender_has_given_up_and_a_state_never_is()
    {
        var schedule = RetrySchedule.ForCallbacks(4);

        Assert.True(schedule.IsTooLate(isPropertyChange: false, TimeSpan.FromSeconds(15)));
        Assert.False(schedule.IsTooLate(isPropertyChange: false, TimeSpan.FromSeconds(14)));
        Assert.False(schedule.IsTooLate(isPropertyChange: true, TimeSpan.FromHours(1)));
        Assert.False(RetrySchedule.ForServers.IsTooLate(isPropertyChange: false, TimeSpan.FromHours(1)));
    }
}
