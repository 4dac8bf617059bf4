using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Home;

namespace RvpServer.Tests.Home;

/// <summary>A node's turns: never two at once, in the order of coming, and whoever gives up waiting is passed over.</summary>
public sealed class TurnsTests
{
    private readonly NodeSlot slot = new(new Node(RvpUrl.ForAlias("im.adatum.com", 80, "JoBrown"), new NodeOwner("", "")));

    [Fact]
    public async Task Those_who_wait_come_in_the_order_of_coming()
    {
        var order = new List<int>();
        var first = await slot.TakeTurnAsync(CancellationToken.None);
        var others = Enumerable.Range(1, 5).Select(NoteAsync).ToArray();

        Assert.All(others, other => Assert.False(other.IsCompleted));
        first.Dispose();
        await Task.WhenAll(others);

        Assert.Equal([1, 2, 3, 4, 5], order);
        Assert.True(TakeAsync(CancellationToken.None).IsCompletedSuccessfully);

        async Task NoteAsync(int number)
        {
            using var turn = await slot.TakeTurnAsync(CancellationToken.None);
            order.Add(number);
        }
    }

    [Fact]
    public async Task Whoever_gives_up_waiting_is_passed_over()
    {
        using var patience = new CancellationTokenSource();
        var first = await slot.TakeTurnAsync(CancellationToken.None);
        var impatient = TakeAsync(patience.Token);
        var patient = TakeAsync(CancellationToken.None);

        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        first.Dispose();

        await patient;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TakeAsync(patience.Token));
        Assert.True(TakeAsync(CancellationToken.None).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Never_two_have_the_turn_however_many_come_and_give_up()
    {
        var (holders, taken, most) = (0, 0, 0);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; i < 3000; i++)
            {
                using var patience = new CancellationTokenSource();
                try
                {
                    if ((i + worker) % 5 == 0) patience.CancelAfter(TimeSpan.FromTicks(i % 100));
                    using var turn = await slot.TakeTurnAsync(patience.Token);
                    most = Math.Max(most, Interlocked.Increment(ref holders));
                    taken++;
                    if (i % 3 == 0) await Task.Yield();
                    Interlocked.Decrement(ref holders);
                }
                catch (OperationCanceledException)
                {
                    // It waited and gave up.
                }
            }
        })));

        Assert.Equal(1, most);
        Assert.InRange(taken, 8 * 3000 * 4 / 5, 8 * 3000);
        Assert.True(TakeAsync(CancellationToken.None).IsCompletedSuccessfully);
    }

    private async Task TakeAsync(CancellationToken stop)
    {
        using var turn = await slot.TakeTurnAsync(stop);
    }
}
