using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Home;

namespace RvpServer.Tests.Home;

public class PollWaitersTests
{
    private static readonly RvpUrl Node = RvpUrl.ForAlias("im.adatum.com", 80, "KariHensien");

    [Fact]
    public async Task Of_polls_that_begin_at_the_same_moment_exactly_one_stays()
    {
        using var waiters = new PollWaiters(TimeProvider.System);
        const int count = 4;
        using var together = new Barrier(count);
        for (var round = 1; round <= 500; round++)
        {
            var id = round;
            var begun = await Deadline.For(
                Task.WhenAll(Enumerable.Range(0, count).Select(_ => Task.Factory.StartNew(
                    () =>
                    {
                        together.SignalAndWait();
                        return waiters.Begin(Node, [id]);
                    },
                    TaskCreationOptions.LongRunning))),
                "polls", () => $"round {id}");

            Assert.Single(begun, waiter => !waiter.News.IsCompleted);
            waiters.Wake(Node, id);
            Assert.All(begun, waiter => Assert.True(waiter.News.IsCompleted));
        }
    }
}
