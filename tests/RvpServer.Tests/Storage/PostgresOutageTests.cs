using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Rvp.Engine;
using Rvp.Protocol;
using Rvp.Protocol.Xml;
using Rvp.Testing;
using RvpServer.Storage;
using RvpServer.Storage.Postgres;

namespace RvpServer.Tests.Storage;

/// <summary>PostgreSQL goes away, and comes back: what was promised is there, once.</summary>
public sealed class PostgresOutageTests : IAsyncLifetime
{
    private const int Writers = 8;

    private static readonly RvpUrl Jo = RvpUrl.ForAlias("im.adatum.com", 80, "JoBrown");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private PostgresServer server = null!;

    public async Task InitializeAsync() => server = await PostgresServer.StartAsync();

    public async Task DisposeAsync() => await server.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_restart_in_the_midst_of_commits_loses_nothing_and_writes_nothing_twice(bool isKilled)
    {
        await using var database = PostgresDatabase.Prepare(server.ConnectionTo(PostgresServer.User));
        var promised = new int[Writers];
        await using (var store = Open(database))
        {
            using var enough = new CancellationTokenSource();
            var writing = Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(store, writer, promised, enough.Token))).ToArray();
            for (var restart = 0; restart < 3; restart++)
            {
                await AllWriteAsync(promised);
                await (isKilled ? server.KillAsync() : server.StopAsync());
                await server.BeginAsync();
            }
            await AllWriteAsync(promised);
            await enough.CancelAsync();
            await Task.WhenAll(writing);
        }

        await using var again = Open(database);
        var history = new PostgresHistory(database, again);
        for (var writer = 0; writer < Writers; writer++)
        {
            var kept = await ReadAsync(history, NodeOf(writer));
            Assert.Equal(Enumerable.Range(1, promised[writer]), kept);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_that_is_cut_in_a_commit_writes_it_once_and_then_says_so(bool isAnswerCut)
    {
        using var proxy = new CutProxy(server.Port);
        await using var database = PostgresDatabase.Prepare(
            new NpgsqlConnectionStringBuilder(server.ConnectionTo(PostgresServer.User)) { Port = proxy.Port }.ToString());
        await using var store = Open(database);
        await SayAsync(store, Jo, 1);

        for (var i = 2; i < 10; i++)
        {
            if (isAnswerCut) proxy.CutNextAnswer();
            else proxy.CutNextQuestion();
            await SayAsync(store, Jo, i).WaitAsync(Patience);
        }

        Assert.Equal(8, proxy.Cuts);
        Assert.Equal(Enumerable.Range(1, 9), await ReadAsync(new PostgresHistory(database, store), Jo));
    }

    [Fact]
    public async Task While_it_is_away_all_are_refused_and_it_is_found_again_by_itself()
    {
        await using var database = PostgresDatabase.Prepare(server.ConnectionTo(PostgresServer.User));
        await using var store = Open(database);
        await SayAsync(store, Jo, 1);
        await server.StopAsync();

        // The first may find the connection as it was, and then waits to know what became of its change.
        var doubtful = SayAsync(store, Jo, 2);
        await Deadline.Until(() => RefusesAsync(store), "a commit is refused at once", () => "none is", Patience);
        await Assert.ThrowsAsync<StoreException>(() => store.CheckAsync(CancellationToken.None));
        Assert.False(store.TryEnqueue(Jo, [new Change.PropertyRemoved(PropertyName.State)]) && doubtful.IsCompleted is false);
        await server.BeginAsync();
        await Deadline.Until(async () => !await RefusesAsync(store), "commits succeed again", () => "they are refused", Patience);

        await store.CheckAsync(CancellationToken.None);
        var isWritten = await doubtful.ContinueWith(task => task.IsCompletedSuccessfully, TaskScheduler.Default).WaitAsync(Patience);
        Assert.Equal(isWritten ? [1, 2] : [1], await ReadAsync(new PostgresHistory(database, store), Jo));
    }

    [Fact]
    public async Task Who_has_lost_the_store_while_in_doubt_is_told_that_nothing_more_can_be_written()
    {
        using var proxy = new CutProxy(server.Port);
        await using var database = PostgresDatabase.Prepare(
            new NpgsqlConnectionStringBuilder(server.ConnectionTo(PostgresServer.User)) { Port = proxy.Port }.ToString());
        await using var store = Open(database);
        await SayAsync(store, Jo, 1);
        await using var other = PostgresDatabase.Prepare(server.ConnectionTo(PostgresServer.User));
        await using var later = Open(other);

        proxy.CutNextQuestion();
        await Assert.ThrowsAsync<StoreException>(() => SayAsync(store, Jo, 2).WaitAsync(Patience));

        Assert.NotNull(store.Lost);
        Assert.Equal([1], await ReadAsync(new PostgresHistory(other, later), Jo));
    }

    private static PostgresStore Open(PostgresDatabase database) => new(database, TimeProvider.System, NullLogger<PostgresStore>.Instance);

    private static RvpUrl NodeOf(int writer) => RvpUrl.ForAlias("im.adatum.com", 80, "User" + writer.ToString(CultureInfo.InvariantCulture));

    // Each writes ascending numbers: the next one when the last is promised, the same again when it is refused.
    private static async Task WriteAsync(PostgresStore store, int writer, int[] promised, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            try
            {
                await SayAsync(store, NodeOf(writer), promised[writer] + 1);
                promised[writer]++;
            }
            catch (StoreException)
            {
                await Task.Yield();
            }
        }
    }

    private static async Task AllWriteAsync(int[] promised)
    {
        var before = promised.ToArray();
        await Deadline.Until(() => promised.Zip(before).All(pair => pair.First > pair.Second + 5), "all write", () => string.Join(' ', promised), Patience);
    }

    private static Task SayAsync(PostgresStore store, RvpUrl node, int number)
    {
        var text = number.ToString(CultureInfo.InvariantCulture);
        return store.CommitAsync(node, [new Change.MessageArchived(
            new ArchivedMessage(DateTimeOffset.UnixEpoch, IsMine: false, node.ToString(), node.ToString(), Encoding.UTF8.GetBytes(text), text))]);
    }

    private static async Task<IEnumerable<int>> ReadAsync(PostgresHistory history, RvpUrl node) =>
        (await history.ReadAsync(node, new HistoryQuery(null, null, null, null, 1_000_000), CancellationToken.None)).Items
            .Select(item => int.Parse(item.Body.Span, CultureInfo.InvariantCulture));

    private static async Task<bool> RefusesAsync(PostgresStore store)
    {
        var commit = store.CommitAsync(Jo, [new Change.PropertyRemoved(PropertyName.State)]);
        await Task.WhenAny(commit, Task.Delay(TimeSpan.FromMilliseconds(50)));
        return commit.IsFaulted;
    }
}
