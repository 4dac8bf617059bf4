using Microsoft.Data.Sqlite;
using RvpServer.Runtime;
using SQLitePCL;

namespace RvpServer.Storage.Sqlite;

/// <summary>
/// Saves what can be read of a damaged store into a new one: every table row by row, around the pages that cannot be read. The damaged file stays beside it.
/// </summary>
internal static class SqliteRepair
{
    // SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE: looking must not write the log into the file.
    private const int NoCheckpointOnClose = 1006;

    /// <summary>Everything that is wrong with a store, in SQLite's words; empty: nothing. A server may run beside.</summary>
    public static IReadOnlyList<string> Check(string store)
    {
        if (!File.Exists(store)) throw new StoreException($"There is no store {store}.");
        try
        {
            using var connection = SqliteFile.Open(store, SqliteOpenMode.ReadWrite);
            return CheckAll(connection);
        }
        catch (SqliteException failure) when (SqliteFile.IsDamage(failure))
        {
            return [failure.Message];
        }
    }

    /// <summary>Repairs a store; what was done, line by line. Throws <see cref="StoreException"/> if a server has the store, or nothing can be saved.</summary>
    public static IReadOnlyList<string> Repair(string store)
    {
        using var held = DataLock.Take(SqliteFile.FolderOf(store));
        var saved = store + ".repaired";
        if (!File.Exists(store) && File.Exists(saved))
        {
            // An earlier repair was broken off between its last two steps.
            Finish(saved, store, held);
            return [$"{store} is repaired."];
        }
        if (Check(store).Count == 0) return [$"{store} is whole: there is nothing to repair."];
        File.Delete(saved);
        var lines = Save(store, saved);
        var aside = SqliteBackup.SetAside(store);
        Finish(saved, store, held);
        return [.. lines, $"{store} is repaired; {aside} is the damaged one."];
    }

    private static List<string> CheckAll(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA integrity_check(100)";
        using var rows = command.ExecuteReader();
        var found = new List<string>();
        while (rows.Read()) found.Add(rows.GetString(0));
        return found is ["ok"] ? [] : found;
    }

    private static void Finish(string saved, string store, DataLock held)
    {
        File.Move(saved, store);
        UnixCalls.SyncFolder(SqliteFile.FolderOf(store));
        SqliteFile.Prepare(store, held);
    }

    private static List<string> Save(string store, string saved)
    {
        try
        {
            using var source = SqliteFile.Open(store, SqliteOpenMode.ReadWrite);
            raw.sqlite3_db_config(source.Handle, NoCheckpointOnClose, 1, out _);
            SqliteFile.CheckIsOurs(source);
            // In the schema that it has: only a whole store is brought up to date.
            using var target = SqliteFile.Prepare(saved, SqliteFile.Known(source)).Open();
            SqliteFile.Execute(target, "PRAGMA foreign_keys = OFF; PRAGMA journal_mode = DELETE");
            using var transaction = target.BeginTransaction();
            var lines = new List<string>();
            foreach (var table in TablesOf(target))
            {
                using var rescue = new TableRescue(source, target, table);
                lines.Add(rescue.Run());
            }
            lines.AddRange(RepairedReferences.Mend(target));
            transaction.Commit();
            if (CheckAll(target) is [var problem, ..]) throw new StoreException($"{saved} is not whole: {problem}");
            return lines;
        }
        catch (SqliteException failure)
        {
            throw new StoreException($"Nothing of {store} can be saved, its beginning cannot be read: restore a backup. {failure.Message}", failure);
        }
    }

    private static List<string> TablesOf(SqliteConnection target)
    {
        using var command = target.CreateCommand();
        command.CommandText = """
            SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'history_words%' ORDER BY rowid
            """;
        using var rows = command.ExecuteReader();
        var tables = new List<string>();
        while (rows.Read()) tables.Add(rows.GetString(0));
        return tables;
    }
}
