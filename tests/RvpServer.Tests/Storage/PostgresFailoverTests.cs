using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Rvp.Engine;
using Rvp.Protocol;
using Rvp.Protocol.Xml;
using Rvp.Testing;
using RvpServer.Storage;
using RvpServer.Storage.Postgres;

namespace RvpServer.Tests.Storage;

/// <summary>PostgreSQL has a synchronous standby, which takes the primary's place.</summary>
public sealed class PostgresFailoverTests : IAsyncLifetime
{
    private static readonly RvpUrl Jo = RvpUrl.ForAlias("im.adatum.com", 80, "JoBrown");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private PostgresServer primary = null!;
    private PostgresServer standby = null!;

    public async Task InitializeAsync()
    {
        primary = await PostgresServer.StartAsync();
        standby = await primary.StartStandbyAsync();
    }

    public async Task DisposeAsync()
    {
        await primary.DisposeAsync();
        await standby.DisposeAsync();
    }

    [Fact]
    public async Task What_the_standby_lacks_is_not_promised()
    {
        await using var database = PostgresDatabase.Prepare(PostgresServer.ConnectionToAny(primary, standby) + ";Command Timeout=1");
        await using var store = Open(database);
        await SayAsync(store, 1);
        await standby.StopAsync();

        var doubtful = SayAsync(store, 2);
        await Deadline.Until(async () => await primary.ReadAsync("SELECT count(*) FROM history_messages") == 2, "the primary has it", () => "it has not",
            Patience);
        var first = await WaitsAsync(except: 0);
        await WaitsAsync(except: first);
        Assert.False(doubtful.IsCompleted);
        await standby.BeginAsync();
        await doubtful.WaitAsync(Patience);
        await primary.KillAsync();
        await standby.PromoteAsync();

        Assert.Equal(2, await standby.ReadAsync("SELECT count(*) FROM history_messages"));
    }

    [Fact]
    public async Task It_goes_on_with_the_standby_that_was_promoted_and_never_with_the_former_primary()
    {
        await using var database = PostgresDatabase.Prepare(PostgresServer.ConnectionToAny(primary, standby));
        await using var store = Open(database);
        await SayAsync(store, 1);
        await primary.KillAsync();
        await standby.PromoteAsync();
        await EventuallySaysAsync(store, 2);

        await primary.ForgetStandbyAsync();
        await primary.BeginAsync();
        await CutOffAsync(standby);
        await EventuallySaysAsync(store, 3);

        Assert.Null(store.Lost);
        Assert.Equal(1, await primary.ReadAsync("SELECT count(*) FROM history_messages"));
        await using var again = PostgresDatabase.Prepare(PostgresServer.ConnectionToAny(primary, standby));
        await using var next = Open(again);
        Assert.Equal([1, 2, 3], await ReadAsync(new PostgresHistory(again, next)));
    }

    [Fact]
    public async Task A_former_primary_alone_is_refused()
    {
        await using var database = PostgresDatabase.Prepare(PostgresServer.ConnectionToAny(primary, standby));
        await using var store = Open(database);
        await primary.KillAsync();
        await standby.PromoteAsync();
        await EventuallySaysAsync(store, 1);

        await standby.StopAsync();
        await primary.ForgetStandbyAsync();
        await primary.BeginAsync();
        var refusal = "";
        await Deadline.Until(async () =>
        {
            refusal = (await Record.ExceptionAsync(() => store.CheckAsync(CancellationToken.None)))?.Message ?? "";
            return refusal.Contains("former primary", StringComparison.Ordinal);
        }, "a refusal", () => refusal, Patience);
        await standby.BeginAsync();
        await EventuallySaysAsync(store, 2);

        Assert.Null(store.Lost);
        Assert.Equal([1, 2], await ReadAsync(new PostgresHistory(database, store)));
    }

    [Fact]
    public async Task A_connection_that_can_only_read_is_given_up()
    {
        await using var database = PostgresDatabase.Prepare(primary.ConnectionTo(PostgresServer.User));
        await using var store = Open(database);
        await primary.ExecuteAsync($"ALTER ROLE {PostgresServer.User} SET default_transaction_read_only = on");
        await CutOffAsync(primary);

        // Nothing has been written before, so that none is in doubt.
        var refusal = "";
        await Deadline.Until(async () =>
        {
            refusal = (await Record.ExceptionAsync(() => SayAsync(store, 1)))?.Message ?? "";
            return refusal.Contains("read-only", StringComparison.Ordinal);
        }, "a refusal", () => refusal, Patience);
        await primary.ExecuteAsync($"ALTER ROLE {PostgresServer.User} RESET default_transaction_read_only");

        await EventuallySaysAsync(store, 2);
        Assert.Equal([2], await ReadAsync(new PostgresHistory(database, store)));
    }

    private static PostgresStore Open(PostgresDatabase database) => new(database, TimeProvider.System, NullLogger<PostgresStore>.Instance);

    private static Task CutOffAsync(PostgresServer server) => server.ExecuteAsync(
        $"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name LIKE '{PostgresDatabase.ApplicationName} %'");

    // Which of the primary's processes waits for the standby.
    private async Task<long> WaitsAsync(long except)
    {
        long waiting = 0;
        await Deadline.Until(async () =>
        {
            waiting = await primary.ReadAsync("SELECT coalesce(max(pid), 0) FROM pg_stat_activity WHERE wait_event = 'SyncRep'", "postgres");
            return waiting != 0 && waiting != except;
        }, "a commit waits for the standby", () => "none does", Patience);
        return waiting;
    }

    private static Task SayAsync(PostgresStore store, int number)
    {
        var text = number.ToString(CultureInfo.InvariantCulture);
        return store.CommitAsync(Jo, [new Change.MessageArchived(
            new ArchivedMessage(DateTimeOffset.UnixEpoch, IsMine: false, Jo.ToString(), Jo.ToString(), Encoding.UTF8.GetBytes(text), text))]);
    }

    private static Task EventuallySaysAsync(PostgresStore store, int number) => Deadline.Until(async () =>
    {
        try
        {
            await SayAsync(store, number);
            return true;
        }
        catch (StoreException)
        {
            return false;
        }
    }, "it is stored", () => "it is refused", Patience);

    private static async Task<IEnumerable<int>> ReadAsync(PostgresHistory history) =>
        (await history.ReadAsync(Jo, new HistoryQuery(null, null, null, null, 100), CancellationToken.None)).Items
            .Select(item => int.Parse(item.Body.Span, CultureInfo.InvariantCulture));
}
