using System.Diagnostics;
using Rvp.Testing;

namespace RvpServer.Tests.Cluster;

/// <summary>Processes that are told to stop while the database is away.</summary>
public sealed class StopWithoutStoreTests
{
    // A service manager kills what takes longer, and operators wait for it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_process_that_cannot_tell_the_others_ends_all_the_same()
    {
        await using var cluster = await RealCluster.StartAsync(processes: 2, people: 0, shards: 8);
        await cluster.Postgres.StopAsync();

        var began = Stopwatch.GetTimestamp();
        await cluster.Servers[0].TerminateAsync();

        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, Patience);
    }
}
