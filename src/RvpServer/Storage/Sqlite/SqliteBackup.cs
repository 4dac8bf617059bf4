using Microsoft.Data.Sqlite;
using RvpServer.Runtime;
using SQLitePCL;

namespace RvpServer.Storage.Sqlite;

/// <summary>Copies a whole store with SQLite's online backup: a snapshot, even while it is being written.</summary>
internal static class SqliteBackup
{
    /// <summary>Writes a store to a separate file, which appears, or replaces an earlier one, only when it is complete.</summary>
    public static void Write(string store, string file)
    {
        if (!File.Exists(store)) throw new StoreException($"There is no store {store}.");
        if (Path.GetFullPath(store) == Path.GetFullPath(file)) throw new StoreException("A store cannot be its own backup.");
        var part = file + ".part";
        File.Delete(part);
        CreatePrivately(part);
        try
        {
            Copy(store, part);
            File.Move(part, file, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }
    }

    /// <summary>Replaces a store by a backup, in one transaction, and updates its schema. Refused while another process has it open.</summary>
    public static void Restore(string file, string store)
    {
        if (!File.Exists(file)) throw new StoreException($"There is no backup {file}.");
        if (Path.GetFullPath(store) == Path.GetFullPath(file)) throw new StoreException("A store cannot be its own backup.");
        using var source = SqliteFile.Open(file, SqliteOpenMode.ReadOnly);
        CheckIsBackup(source, file);
        if (FileModes.IsOpenToOthers(file)) throw new StoreException($"{file} is open to everybody on this machine: chmod o-rwx {file}");
        if (!File.Exists(store)) SqliteFile.Prepare(store);
        using (var target = SqliteFile.Open(store, SqliteOpenMode.ReadWrite))
        {
            TakeAlone(target, store);
            source.BackupDatabase(target);
        }
        using var restored = SqliteFile.Prepare(store).Open();
        // Some of them have been ended since.
        SqliteFile.Execute(restored, "DELETE FROM web_sessions");
    }

    private static void Copy(string store, string file)
    {
        using var source = SqliteFile.Open(store, SqliteOpenMode.ReadWrite);
        using var target = SqliteFile.Open(file, SqliteOpenMode.ReadWrite);
        source.BackupDatabase(target);
        // One file without a WAL next to it.
        SqliteFile.Execute(target, "PRAGMA journal_mode = DELETE");
    }

    private static void CheckIsBackup(SqliteConnection source, string file)
    {
        try
        {
            if (SqliteFile.ReadNumber(source, "PRAGMA application_id") != SqliteFile.ApplicationId)
            {
                throw new StoreException($"{file} is no backup of a store.");
            }
            if (SqliteFile.ReadNumber(source, "PRAGMA user_version") > SqliteFile.SchemaVersion)
            {
                throw new StoreException($"{file} was written by a newer version: use that version.");
            }
            using var command = source.CreateCommand();
            command.CommandText = "PRAGMA quick_check(1)";
            if (command.ExecuteScalar() is not "ok") throw new StoreException($"{file} is damaged.");
        }
        catch (SqliteException failure)
        {
            throw new StoreException($"{file} is no backup of a store: {failure.Message}", failure);
        }
    }

    // Leaving WAL mode succeeds only if nobody else has the file open, which is exactly the question here.
    private static void TakeAlone(SqliteConnection target, string store)
    {
        try
        {
            SqliteFile.Execute(target, "PRAGMA busy_timeout = 0");
            using var command = target.CreateCommand();
            command.CommandText = "PRAGMA journal_mode = DELETE";
            command.CommandTimeout = 1; // The driver retries for this long.
            command.ExecuteNonQuery();
        }
        catch (SqliteException failure) when (failure.SqliteErrorCode is raw.SQLITE_BUSY or raw.SQLITE_LOCKED)
        {
            throw new StoreException($"{store} is in use: stop the server first.", failure);
        }
    }

    private static void CreatePrivately(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(path, options);
    }
}
