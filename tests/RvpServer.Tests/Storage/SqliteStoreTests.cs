using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Rvp.Engine;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Directories.Local;
using RvpServer.Storage;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Tests.Storage;

public sealed class SqliteStoreTests : StoreContract, IDisposable
{
    private static readonly RvpUrl Jo = RvpUrl.ForAlias("im.adatum.com", 80, "JoBrown");

    private readonly TempFolder directory = new();

    private string StorePath => directory.File(SqliteFile.Name);

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task A_copy_taken_without_closing_has_everything_committed()
    {
        await using var store = Open(StorePath);
        for (var i = 1; i <= 20; i++) await store.CommitAsync(Jo, [new Change.ViewMade(i, null)]);

        var copy = Copy();

        await using var reopened = Open(copy);
        Assert.Equal(Enumerable.Range(1, 20), await ViewsAsync(reopened));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(4000)]
    public async Task A_torn_last_write_loses_nothing_committed_before(int torn)
    {
        await using var store = Open(StorePath);
        for (var i = 1; i <= 20; i++) await store.CommitAsync(Jo, [new Change.ViewMade(i, null)]);
        var committed = Copy();
        await store.CommitAsync(Jo, [new Change.ViewMade(21, null)]);
        var wal = new FileInfo(Copy() + "-wal").Length;
        Assert.True(wal > new FileInfo(committed + "-wal").Length);

        var copy = Copy();
        await using (var stream = File.OpenWrite(copy + "-wal")) stream.SetLength(wal - torn);

        await using var reopened = Open(copy);
        Assert.Equal(Enumerable.Range(1, 20), await ViewsAsync(reopened));
        await reopened.CommitAsync(Jo, [new Change.ViewMade(22, null)]);
        Assert.Equal(Enumerable.Range(1, 20).Append(22), await ViewsAsync(reopened));
    }

    [Fact]
    public void Every_table_that_has_rows_of_a_node_is_known_for_its_end()
    {
        SqliteFile.Prepare(StorePath);

        Assert.Equal(NodeRows.Tables.Order(),
            ReadTexts("SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = 'node' ORDER BY m.name"));
    }

    [Fact]
    public async Task An_older_schema_is_brought_up_to_date_with_its_data()
    {
        SqliteFile.Prepare(StorePath, 1);
        Assert.Equal(1, ReadNumber("PRAGMA user_version"));
        Execute("INSERT INTO views (id, node, sign_in) VALUES (5, 'http://im.adatum.com/instmsg/aliases/JoBrown', NULL)");

        await using var store = Open(StorePath);

        Assert.Equal([5], await ViewsAsync(store));
        Assert.Equal(SqliteFile.SchemaVersion, ReadNumber("PRAGMA user_version"));
        Assert.Equal(0, ReadNumber("SELECT COUNT(*) FROM accounts"));
    }

    [Fact]
    public async Task Ids_of_an_older_schema_stay_good_and_are_not_given_again()
    {
        SqliteFile.Prepare(StorePath, 4);
        Execute("UPDATE counters SET value = 2000000000 WHERE name = 'next_id'");
        Execute("INSERT INTO views (id, node, sign_in) VALUES (7, 'http://im.adatum.com/instmsg/aliases/JoBrown', NULL)");

        await using var store = Open(StorePath);
        var reserved = await store.ReserveIdsAsync(1000, CancellationToken.None);

        Assert.Equal([7], await ViewsAsync(store));
        Assert.All(Numbers(reserved).Select(store.Ids.IdOf), id => Assert.InRange(id, 2_000_000_000, int.MaxValue));
    }

    [Fact]
    public void Accounts_of_an_older_schema_get_ids_and_stamps_of_their_own()
    {
        SqliteFile.Prepare(StorePath, 4);
        Execute("INSERT INTO accounts (id, domain, name, name_key, display_name, enabled) VALUES "
            + "(1, 'im.adatum.com', 'a', 'A', 'a', 1), (2, 'im.adatum.com', 'b', 'B', 'b', 1)");
        Execute("INSERT INTO secrets (account, protected) VALUES (1, x'00'), (2, x'00')");

        SqliteFile.Prepare(StorePath);

        Assert.Equal(2, ReadNumber("SELECT COUNT(DISTINCT uid) FROM accounts WHERE length(uid) = 32"));
        Assert.Equal(2, ReadNumber("SELECT COUNT(DISTINCT stamp) FROM secrets WHERE stamp <> 0"));
    }

    [Fact]
    public async Task What_waited_in_an_older_schema_waits_once_for_all_its_sign_ins()
    {
        SqliteFile.Prepare(StorePath, 8);
        Execute("INSERT INTO poll_entries (subscription, sequence, node, body, contact, queued_at, sender) VALUES "
            + "(3, 10, 'http://im.adatum.com/instmsg/aliases/JoBrown', x'01', NULL, 5, 'http://im.adatum.com/instmsg/aliases/KariHensien'), "
            + "(4, 11, 'http://im.adatum.com/instmsg/aliases/JoBrown', x'01', NULL, 5, 'http://im.adatum.com/instmsg/aliases/KariHensien'), "
            + "(3, 12, 'http://im.adatum.com/instmsg/aliases/JoBrown', x'02', 'http://im.adatum.com/instmsg/aliases/KariHensien', 6, NULL)");

        await using var store = Open(StorePath);

        var waiting = (await ReadAllAsync(store)).Select(row => ((Change.EntryQueued)row.Change).Entry).ToList();
        Assert.Equal([11, 12], waiting.Select(entry => entry.Sequence));
        Assert.Equal([3, 4], waiting[0].Holders.Select(store.Ids.NumberOf).Order());
        Assert.Equal((true, false), (waiting[0].IsOwed, waiting[1].IsOwed));
        Assert.Equal(12, store.LastPollSequence);
    }

    [Fact]
    public async Task Sign_ins_and_watches_of_an_older_schema_are_the_same_in_small_rows()
    {
        SqliteFile.Prepare(StorePath, 12);
        Execute("""
            INSERT INTO subscriptions (id, node, type, principal, principal_spelling, proof, node_as_spelt, node_as_spelt_spelling, callback_kind, callback,
                callback_spelling, address, expires_at, password_stamp, silent)
            VALUES
                (5, 'http://im.adatum.com/instmsg/aliases/JoBrown', 2, 'http://im.adatum.com/instmsg/aliases/Kari', NULL, 1,
                    'http://im.adatum.com/instmsg/aliases/JoBrown', NULL, 2, 'http://im.adatum.com/instmsg/aliases/Kari', NULL, '10.0.0.1', 1000, 9, 0),
                (4, 'http://im.adatum.com/instmsg/aliases/JoBrown', 2,
                    'http://im.adatum.com/instmsg/aliases/Kari', 'http://IM.adatum.com/instmsg/aliases/kari', 1,
                    'http://im.adatum.com/instmsg/aliases/jobrown', 'http://im.adatum.com/instmsg/aliases/JOBROWN', 2,
                    'http://im.adatum.com/instmsg/aliases/Eve', 'http://im.adatum.com/instmsg/aliases/EVE', '::1', 2000, 0, 0),
                (6, 'http://im.adatum.com/instmsg/aliases/JoBrown', 1, 'http://im.adatum.com/instmsg/aliases/JoBrown', NULL, 1,
                    'http://im.adatum.com/instmsg/aliases/JoBrown', NULL, 3, '600', NULL, '10.0.0.1', 3000, 0, 1)
            """);

        await using var store = Open(StorePath);
        var read = (await ReadAllAsync(store)).Select(row => ((Change.SubscriptionMade)row.Change).Subscription).ToList();

        Assert.Equal([4, 5, 6], read.Select(subscription => store.Ids.NumberOf(subscription.Id)));
        Assert.Equal(["http://IM.adatum.com/instmsg/aliases/kari", "http://im.adatum.com/instmsg/aliases/Kari", "http://im.adatum.com/instmsg/aliases/JoBrown"],
            read.Select(subscription => subscription.Principal.Spelling));
        Assert.Equal(["http://im.adatum.com/instmsg/aliases/JOBROWN", Jo.Spelling, Jo.Spelling],
            read.Select(subscription => subscription.NodeAsWritten.Spelling));
        Assert.Equal(["http://im.adatum.com/instmsg/aliases/EVE", "http://im.adatum.com/instmsg/aliases/Kari", null],
            read.Select(subscription => (subscription.Callback as Callback.Logical)?.Node.Spelling));
        Assert.Equal(TimeSpan.FromMinutes(10), Assert.IsType<Callback.Polled>(read[2].Callback).Interval);
        Assert.Equal([(2000L, 0L, false), (1000L, 9L, false), (3000L, 0L, true)], read.Select(
            subscription => (subscription.ExpiresAt.ToUnixTimeMilliseconds(), subscription.PasswordStamp, subscription.IsSilent)));
        // One row is half of one before.
        Assert.Equal(1, ReadNumber("SELECT COUNT(*) FROM subscriptions WHERE callback IS NULL AND node_as_spelt IS NULL AND id = 5"));
    }

    [Fact]
    public void A_newer_schema_is_refused()
    {
        SqliteFile.Prepare(StorePath);
        Execute("PRAGMA user_version = 99");

        var failure = Assert.Throws<StoreException>(() => SqliteFile.Prepare(StorePath));

        Assert.Equal($"The store {StorePath} was written by a newer version (schema 99, this one knows {SqliteFile.SchemaVersion}): use that version.",
            failure.Message);
    }

    [Fact]
    public void What_is_no_database_is_refused()
    {
        File.WriteAllText(StorePath, new string('x', 5000));

        var failure = Assert.Throws<StoreException>(() => SqliteFile.Prepare(StorePath));

        Assert.StartsWith(
            $"The store {StorePath} is damaged: SQLite Error 26: 'file is not a database'. Stop the server", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_commit_syncs_the_log()
    {
        await using var store = Open(StorePath);
        using var connection = SqliteFile.Open(StorePath, SqliteOpenMode.ReadWrite);

        Assert.Equal(2, SqliteFile.ReadNumber(connection, "PRAGMA synchronous"));
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode";
        Assert.Equal("wal", command.ExecuteScalar());
    }

    [Fact]
    public void Only_the_owner_may_enter_the_folders_that_are_made()
    {
        var folder = directory.File(Path.Combine("new", "data"));

        SecretVault.OpenKeys(SqliteFile.Prepare(Path.Combine(folder, SqliteFile.Name)), folder);

        if (OperatingSystem.IsWindows()) return;
        foreach (var made in new[] { folder, Path.Combine(folder, "keys") })
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(made));
    }

    [Fact]
    public void Only_the_owner_may_read_the_file()
    {
        SqliteFile.Prepare(StorePath);

        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(StorePath));
    }

    [Fact]
    public async Task A_change_that_cannot_be_stored_fails_its_own_caller_only()
    {
        await using var store = Open(StorePath);
        Execute("CREATE TRIGGER poison BEFORE INSERT ON properties WHEN NEW.inner_xml = 'poison' BEGIN SELECT RAISE(ABORT, 'no'); END");

        var tasks = Enumerable.Range(1, 50).Select(i => store.CommitAsync(Jo, i == 25
            ? [new Change.ViewMade(1000, null), new Change.PropertySet(PropertyName.Email, "poison")]
            : [new Change.ViewMade(i, null)])).ToArray();
        await Task.WhenAll(tasks.Select(task => task.ContinueWith(_ => { }, TaskScheduler.Default)));

        Assert.IsType<StoreException>(tasks[24].Exception!.InnerException);
        Assert.All(tasks.Where((_, i) => i != 24), task => Assert.True(task.IsCompletedSuccessfully));
        Assert.Equal(Enumerable.Range(1, 50).Where(i => i != 25), await ViewsAsync(store));
    }

    private protected override IStore Open() => Open(StorePath);

    private static SqliteStore Open(string path) => new(SqliteFile.Prepare(path), TimeProvider.System, NullLogger<SqliteStore>.Instance);

    private static async Task<IEnumerable<int>> ViewsAsync(IStore store) =>
        (await ReadAllAsync(store)).Select(row => row.Change).OfType<Change.ViewMade>().Select(view => view.Id).Order();

    // What a disk has after the process was killed: the file and its log, nothing closed.
    private string Copy()
    {
        var copy = directory.File("copy" + Directory.GetFiles(directory.Path).Length + ".db");
        foreach (var suffix in new[] { "", "-wal" })
        {
            using var source = new FileStream(StorePath + suffix, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var target = File.Create(copy + suffix);
            source.CopyTo(target);
        }
        return copy;
    }

    private void Execute(string sql)
    {
        using var connection = SqliteFile.Open(StorePath, SqliteOpenMode.ReadWrite);
        SqliteFile.Execute(connection, sql);
    }

    private List<string> ReadTexts(string sql)
    {
        using var connection = SqliteFile.Open(StorePath, SqliteOpenMode.ReadOnly);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var rows = command.ExecuteReader();
        var texts = new List<string>();
        while (rows.Read()) texts.Add(rows.GetString(0));
        return texts;
    }

    private long ReadNumber(string sql)
    {
        using var connection = SqliteFile.Open(StorePath, SqliteOpenMode.ReadWrite);
        return SqliteFile.ReadNumber(connection, sql);
    }
}
