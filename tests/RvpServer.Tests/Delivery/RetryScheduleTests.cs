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
        Assert.Equal(TimeSpan.FromSeconds(seconds), new RetrySchedule(100).PauseAfter(made, TimeSpan.Zero));

    [Theory]
    [InlineData(4, 3, true)]
    [InlineData(4, 4, false)]
    [InlineData(1, 1, false)]
    public void There_are_no_more_attempts_than_configured(int attempts, int made, bool isAnother) =>
        Assert.Equal(isAnother, new RetrySchedule(attempts).PauseAfter(made, TimeSpan.Zero) is not null);

    [Fact]
    public void A_callback_that_takes_all_its_time_is_given_up_within_the_bound()
    {
        var schedule = new RetrySchedule(100);
        var elapsed = TimeSpan.Zero;
        var made = 0;

        TimeSpan? pause;
        do
        {
            elapsed += RetrySchedule.ConnectTimeAt(elapsed);
            pause = schedule.PauseAfter(++made, elapsed);
            elapsed += pause ?? TimeSpan.Zero;
        }
        while (pause is not null);

        Assert.Equal(3, made);
        Assert.InRange(elapsed, TimeSpan.FromSeconds(10), RetrySchedule.MaxElapsed);
    }
}
