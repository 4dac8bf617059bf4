using System.Globalization;
using Microsoft.Data.Sqlite;
using RvpServer.Runtime;
using SQLitePCL;

namespace RvpServer.Storage.Sqlite;

/// <summary>Copies a whole store with SQLite's online backup: a snapshot, even while it is being written.</summary>
internal static class SqliteBackup
{
    /// <summary>
    /// How far the numbers of ids move on with a restore: further than a large server comes between two backups. Clients still name the ids that were given
    /// since, and none of them may become somebody else's. (Decision)
    /// </summary>
    internal const long IdStep = 1 << 27;

    /// <summary>
    /// Writes a store to a separate file, which appears, or replaces an earlier one, only when it is complete and whole: a damaged store does not cost the last
    /// good backup.
    /// </summary>
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
            UnixCalls.SyncFolder(SqliteFile.FolderOf(file));
        }
        finally
        {
            File.Delete(part);
        }
    }

    /// <summary>
    /// Replaces a store by a backup, in one transaction, and updates its schema. Refused while another process has it open. A damaged store is kept beside it.
    /// </summary>
    public static void Restore(string file, string store)
    {
        if (!File.Exists(file)) throw new StoreException($"There is no backup {file}.");
        if (Path.GetFullPath(store) == Path.GetFullPath(file)) throw new StoreException("A store cannot be its own backup.");
        using var source = SqliteFile.Open(file, SqliteOpenMode.ReadOnly);
        CheckIsBackup(source, file);
        if (FileModes.IsOpenToOthers(file)) throw new StoreException($"{file} is open to everybody on this machine: chmod o-rwx {file}");
        using var held = DataLock.Take(SqliteFile.FolderOf(store));
        if (File.Exists(store) && SqliteFile.FindDamage(store) is not null) SetAside(store);
        SqliteFile.CreateAnew(store);
        using (var target = SqliteFile.Open(store, SqliteOpenMode.ReadWrite))
        {
            TakeAlone(target, store);
            source.BackupDatabase(target);
        }
        using var restored = SqliteFile.Prepare(store, held).Open();
        // Some sessions have been ended since.
        SqliteFile.Execute(restored, string.Create(CultureInfo.InvariantCulture,
            $"DELETE FROM web_sessions; UPDATE counters SET value = value + {IdStep} WHERE name = 'next_id'"));
    }

    /// <summary>Gives a store and its log another name, the log first: it must never be read into another store.</summary>
    /// <returns>The store's new name.</returns>
    internal static string SetAside(string store)
    {
        var aside = string.Create(CultureInfo.InvariantCulture, $"{store}.damaged-{File.GetLastWriteTimeUtc(store):yyyyMMddHHmmss}");
        File.Delete(store + "-shm");
        if (File.Exists(store + "-wal") && new FileInfo(store + "-wal").Length > 0) File.Move(store + "-wal", aside + "-wal", overwrite: true);
        else File.Delete(store + "-wal");
        File.Move(store, aside, overwrite: true);
        UnixCalls.SyncFolder(SqliteFile.FolderOf(store));
        return aside;
    }

    private static void Copy(string store, string file)
    {
        try
        {
            using var source = SqliteFile.Open(store, SqliteOpenMode.ReadWrite);
            SqliteFile.CheckIsOurs(source);
            using var target = SqliteFile.Open(file, SqliteOpenMode.ReadWrite);
            source.BackupDatabase(target);
            // One file without a WAL next to it.
            SqliteFile.Execute(target, "PRAGMA journal_mode = DELETE");
            if (SqliteFile.FindDamage(target) is { } damage) throw SqliteFile.Damaged(store, damage);
        }
        catch (SqliteException failure) when (SqliteFile.IsDamage(failure))
        {
            throw SqliteFile.Damaged(store, failure.Message, failure);
        }
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
            if (SqliteFile.FindDamage(source) is not null) throw new StoreException($"{file} is damaged.");
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
