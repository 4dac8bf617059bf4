using RvpServer.Bench;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace RvpServer.Budget;

/// <summary>
/// The server in a process of its own, with its usual configuration (Digest, protocol log, every change on disk), over real sockets. It warms up first, and
/// the least of several rounds counts.
/// </summary>
public sealed class BudgetTests : IDisposable
{
    private const int Rounds = 3;
    private const int Bursts = 1;

    // A machine on which a hundred others wait for the processor takes long, but counts the same.
    private readonly CancellationTokenSource patience = new(TimeSpan.FromMinutes(3.5));

    private CancellationToken Stop => patience.Token;

    public void Dispose() => patience.Dispose();

    [Fact]
    public async Task A_message_takes_no_more_than_it_did()
    {
        using var sink = new CallbackSink(RelayBenchmark.Pairs, Stop);
        await using var server = await ChildServer.StartAsync(ChildServer.Rvp, [Table.Text(RelayBenchmark.Pairs), "log"], Stop);
        var messages = await RelayBenchmark.ProvenAsync("message", server, sink, Stop);

        var least = await LeastAsync(messages, new Contest("messages", RelayBenchmark.Pairs, Rounds, sink, bursts: Bursts));

        Ceiling.MessageBytes.Check(least.Allocated);
        Ceiling.MessagePoolItems.Check(least.PoolItems);
        Ceiling.MessageFileWrites.Check(least.FileWrites);
    }

    [Fact]
    public async Task A_change_takes_no_more_for_each_watcher_than_it_did()
    {
        using var sink = new CallbackSink(FanoutBenchmark.Watchers, Stop);
        await using var server = await ChildServer.StartAsync(ChildServer.Rvp, [Table.Text(FanoutBenchmark.Watchers + 1), "log"], Stop);
        var changes = await FanoutBenchmark.ChangesAsync("change", server, sink, Stop);

        var least = await LeastAsync(
            changes, new Contest("notifications", connections: 1, Rounds, sink, status: 207, each: FanoutBenchmark.Watchers, bursts: Bursts));

        Ceiling.ChangeBytes.Check(least.Allocated);
        Ceiling.ChangePoolItems.Check(least.PoolItems);
    }

    [Fact]
    public async Task A_referral_takes_no_more_than_it_did()
    {
        await using var router = await ReferralBenchmark.StartAsync(Stop, "log");
        var referrals = new Contender("referral", router, ReferralBenchmark.SignIns);

        var least = await LeastAsync(
            referrals, new Contest("referrals", ReferralBenchmark.Connections, Rounds, sink: null, status: 302, bursts: Bursts));

        Ceiling.ReferralBytes.Check(least.Allocated);
    }

    [Fact]
    public async Task A_sign_in_takes_no_more_than_it_did()
    {
        const int people = 32;
        using var sink = new CallbackSink(people, Stop);
        var crowd = new Crowd(people, sink);
        await using var server = await ChildServer.StartAsync(ChildServer.Rvp, [Table.Text(crowd.Accounts), "log"], Stop);
        await crowd.PrepareAsync(server.Port, Stop);

        Usage? least = null;
        for (var wave = 0; wave < 2 * Rounds; wave++)
        {
            var used = await server.MeasureAsync(() => crowd.SignInAsync(server.Port, Stop), Stop) / people;
            least = Usage.Least(least ?? used, used);
            await crowd.SignOutAsync(server.Port, Stop);
        }

        Ceiling.SignInBytes.Check(least!.Value.Allocated);
        Ceiling.SignInPoolItems.Check(least.Value.PoolItems);
    }

    private async Task<Usage> LeastAsync(Contender row, Contest contest)
    {
        await contest.RunAsync(row.Name, [row], Stop);
        return row.Rounds.Select(round => round.Each).Aggregate(Usage.Least);
    }
}
