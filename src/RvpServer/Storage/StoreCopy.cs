using System.Data;
using System.Data.Common;
using System.Globalization;
using RvpServer.Storage.Postgres;

namespace RvpServer.Storage;

/// <summary>
/// Copies a whole store into an empty one of the other kind, while no server has either: all tables in one transaction, so that a target whose copy was broken
/// off is empty still.
/// </summary>
/// <param name="source">What is copied.</param>
/// <param name="target">An empty one.</param>
/// <param name="copyKeys">Copies what is beside the tables; called before the rows are there for good.</param>
internal sealed class StoreCopy(IDatabase source, IDatabase target, Action copyKeys)
{
    private const int Looks = 20;
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Gives the number of rows. Throws <see cref="StoreException"/> if a server has one of them, the target is not empty, or the numbers of rows differ
    /// afterwards.
    /// </summary>
    /// <param name="onCopied">Told now and then how many rows of a table are copied.</param>
    /// <param name="stop">Breaks it off.</param>
    public async Task<long> RunAsync(Action<string, long> onCopied, CancellationToken stop)
    {
        try
        {
            await using var from = await source.OpenAsync(stop);
            await using var to = await target.OpenAsync(stop);
            await using var reading = await from.BeginTransactionAsync(IsolationLevel.RepeatableRead, stop);
            await using var writing = await to.BeginTransactionAsync(stop);
            await TakeAloneAsync(source, from, stop);
            await TakeAloneAsync(target, to, stop);
            foreach (var table in CopiedTable.All) await RequireEmptyAsync(to, table, stop);
            var copy = new TableCopy(from, to, source.IsShared, target.IsShared, (target as PostgresDatabase)?.Shards ?? 0);
            var sum = 0L;
            foreach (var table in CopiedTable.All)
            {
                var copied = await copy.CopyAsync(table, count => onCopied(table.Name, count), stop);
                var (there, here) = (await CountAsync(from, table, stop), await CountAsync(to, table, stop));
                if (there != copied || here != copied)
                    throw new StoreException($"{table.Name} has {there} rows in {source.Name}, of which {here} are in {target.Name}: nothing is copied.");
                if (table.HasNumbers) await CarryLastNumberAsync(from, to, table, stop);
                sum += copied;
            }
            if (target.IsShared) await copy.WriteNodesAsync(stop);
            copyKeys();
            await writing.CommitAsync(stop);
            return sum;
        }
        catch (DbException failure)
        {
            throw new StoreException($"{source.Name} cannot be copied to {target.Name}: {failure.Message.ReplaceLineEndings(" ")}", failure);
        }
    }

    // A file is locked by the caller. Whoever starts on PostgreSQL from now on waits for the lock, and finds what was copied.
    private static async Task TakeAloneAsync(IDatabase database, DbConnection connection, CancellationToken stop)
    {
        if (!database.IsShared) return;
        await RequireAloneAsync(database, connection, stop);
        await Sql.ExecuteAsync(connection, "LOCK TABLE shards IN ACCESS EXCLUSIVE MODE", stop);
        await RequireAloneAsync(database, connection, stop);
    }

    // The connections of a server that has just ended may be there for a moment.
    private static async Task RequireAloneAsync(IDatabase database, DbConnection connection, CancellationToken stop)
    {
        for (var look = 1; ; look++)
        {
            var others = await ReadAsync(connection, """
                SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'rvpserver %'
                    AND application_name <> current_setting('application_name')
                """, stop);
            if (others == 0) return;
            if (look == Looks) throw new StoreException($"{database.Name} is in use: stop the servers that have it first.");
            await Task.Delay(Between, stop);
        }
    }

    private async Task RequireEmptyAsync(DbConnection to, CopiedTable table, CancellationToken stop)
    {
        if (table.IsFilledFromTheStart) await Sql.ExecuteAsync(to, $"DELETE FROM {table.Name}", stop);
        else if (await CountAsync(to, table, stop) > 0) throw new StoreException($"{target.Name} is not empty, there are {table.Name}: name a new one.");
    }

    // None is given twice, also of those whose rows are gone.
    private async Task CarryLastNumberAsync(DbConnection from, DbConnection to, CopiedTable table, CancellationToken stop)
    {
        var last = await ReadAsync(from, source.IsShared ? $"SELECT last_value FROM {table.Name}_id_seq"
            : table.IsCounted ? $"SELECT seq FROM sqlite_sequence WHERE name = '{table.Name}'" : $"SELECT MAX(id) FROM {table.Name}", stop);
        if (last == 0) return;
        if (target.IsShared) await ReadAsync(to, $"SELECT setval('{table.Name}_id_seq', {last.ToString(CultureInfo.InvariantCulture)})", stop);
        else if (table.IsCounted)
        {
            await Sql.ExecuteAsync(to, "DELETE FROM sqlite_sequence WHERE name = @table; INSERT INTO sqlite_sequence (name, seq) VALUES (@table, @last)", stop,
                ("@table", table.Name), ("@last", last));
        }
    }

    private static Task<long> CountAsync(DbConnection connection, CopiedTable table, CancellationToken stop) =>
        ReadAsync(connection, $"SELECT COUNT(*) FROM {table.Name}", stop);

    // 0: there is none.
    private static async Task<long> ReadAsync(DbConnection connection, string sql, CancellationToken stop)
    {
        await using var command = Sql.Command(connection, sql);
        command.CommandTimeout = 0;
        return await command.ExecuteScalarAsync(stop) is { } value and not DBNull ? Convert.ToInt64(value, CultureInfo.InvariantCulture) : 0;
    }
}
