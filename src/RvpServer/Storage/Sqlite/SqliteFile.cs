using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using RvpServer.Runtime;
using SQLitePCL;

namespace RvpServer.Storage.Sqlite;

/// <summary>The database file of the embedded store, with its schema up to date. Holds no connection.</summary>
internal sealed class SqliteFile : IDatabase
{
    /// <summary>The file's name under the data directory.</summary>
    public const string Name = "rvp.db";

    /// <summary>Marks the file as ours in its header; "RVPS".</summary>
    public const long ApplicationId = 0x52565053;

    private const int IncrementalVacuum = 2;

    // SQLite begins its log again at about 4 MB; if a large transaction has made it longer once, it is cut to this.
    private const int LogSizeLimit = 16 * 1024 * 1024;

    private const string MigrationPrefix = "RvpServer.Storage.Sqlite.Migrations.";

    // The server and its commands hold the write lock for milliseconds. Whoever holds it longer is a stranger, for whom no request should wait long.
    private static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(5);

    /// <summary>As rows lie in the file, and were first written.</summary>
    public static readonly StoreColumns Columns = new("rowid", "rowid", Nodes: null);

    private SqliteFile(string path) => Path = path;

    /// <summary>The path.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    string IDatabase.Name => Path;

    /// <inheritdoc/>
    bool IDatabase.IsShared => false;

    /// <summary>The newest schema version that this program supports.</summary>
    public static int SchemaVersion => Migrations().Count;

    /// <summary>
    /// Creates the file if there is none and updates the schema, after a copy of the file as it was (<c>rvp.db.schema-8</c>). Throws
    /// <see cref="StoreException"/>.
    /// </summary>
    /// <param name="path">The path.</param>
    /// <param name="held">The lock on the data directory if the caller has it: without it no schema is updated.</param>
    public static SqliteFile Prepare(string path, DataLock? held = null) => Prepare(path, SchemaVersion, held);

    /// <summary>The same for the server: looks also whether the whole file can be read.</summary>
    public static SqliteFile PrepareForServer(string path, DataLock held)
    {
        CheckIsNotLost(path);
        if (File.Exists(path) && FindDamage(path) is { } damage) throw Damaged(path, damage);
        return Prepare(path, held);
    }

    /// <summary>The file as it is: nothing is made or updated, and nothing looked at.</summary>
    public static SqliteFile AsItIs(string path) => new(path);

    /// <summary>
    /// The file as it is; null if there is none yet, or one of an older version. Throws <see cref="StoreException"/> or <see cref="DbException"/> for what no
    /// server could start with.
    /// </summary>
    public static SqliteFile? Find(string path)
    {
        CheckIsNotLost(path);
        if (!File.Exists(path)) return null;
        var file = AsItIs(path);
        using var connection = file.Open();
        CheckIsOurs(connection);
        return Known(connection) < SchemaVersion ? null : file;
    }

    /// <summary>Only up to a version: the state that an older program would have left.</summary>
    internal static SqliteFile Prepare(string path, int version, DataLock? held = null)
    {
        var file = new SqliteFile(path);
        try
        {
            CreateAnew(path);
            using var connection = file.Open();
            // Before the first table; afterwards only VACUUM changes it.
            Execute(connection, "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL");
            CheckIsOurs(connection);
            Migrate(connection, version, held);
            return file;
        }
        catch (SqliteException failure) when (IsDamage(failure))
        {
            throw Damaged(path, failure.Message, failure);
        }
        catch (Exception failure) when (failure is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The store {path} cannot be opened: {failure.Message}", failure);
        }
    }

    /// <summary>
    /// Throws <see cref="StoreException"/> if there is no store but there are keys, which are only made for one: otherwise a lost store would become an empty
    /// one at the next start.
    /// </summary>
    public static void CheckIsNotLost(string path)
    {
        var keys = System.IO.Path.Combine(FolderOf(path), "keys");
        if (Directory.Exists(keys) && Directory.EnumerateFiles(keys, "*.xml").Any() && IsEmpty(path))
            throw new StoreException($"The store {path} is gone, but its keys are there: restore a backup, or remove {keys} to begin without accounts.");
    }

    // Also one of which only the first page was ever written to the file, and whose log is gone.
    private static bool IsEmpty(string path)
    {
        if (!File.Exists(path) || new FileInfo(path).Length == 0) return true;
        try
        {
            using var connection = Open(path, SqliteOpenMode.ReadWrite);
            return Known(connection) == 0;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    /// <summary>What is wrong with the pages of a file; null: nothing. Throws <see cref="StoreException"/> if it cannot be read at all.</summary>
    public static string? FindDamage(string path)
    {
        try
        {
            using var connection = Open(path, SqliteOpenMode.ReadWrite);
            return FindDamage(connection);
        }
        catch (SqliteException failure) when (IsDamage(failure))
        {
            return failure.Message;
        }
        catch (SqliteException failure)
        {
            throw new StoreException($"The store {path} cannot be opened: {failure.Message}", failure);
        }
    }

    /// <summary>What is wrong with the pages of a file; null: nothing.</summary>
    public static string? FindDamage(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA quick_check(1)";
        command.CommandTimeout = 0; // It reads the whole file.
        return command.ExecuteScalar() is "ok" ? null : "a page cannot be read";
    }

    /// <summary>Whether a failure says that the file is damaged, or no database at all.</summary>
    public static bool IsDamage(SqliteException failure) => failure.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;

    /// <summary>Says that a store is damaged, and what to do.</summary>
    public static StoreException Damaged(string path, string damage, Exception? cause = null) => new(
        $"The store {path} is damaged: {damage.TrimEnd('.')}. Stop the server; \"rvpserver restore FILE\" brings a backup back, and \"rvpserver repair\" saves "
            + "what can be read.",
        cause);

    /// <summary>Throws <see cref="StoreException"/> for a file of another program, and for one of a newer version.</summary>
    public static void CheckIsOurs(SqliteConnection connection)
    {
        var version = Known(connection);
        if (version > SchemaVersion)
        {
            throw new StoreException($"The store {connection.DataSource} was written by a newer version "
                + $"(schema {version}, this one knows {SchemaVersion}): use that version.");
        }
        if (version == 0 && ReadNumber(connection, "SELECT COUNT(*) FROM sqlite_master") == 0) return;
        if (ReadNumber(connection, "PRAGMA application_id") != ApplicationId)
            throw new StoreException($"{connection.DataSource} is a database of another program.");
    }

    /// <summary>The schema version of a file; 0: it is empty.</summary>
    public static int Known(SqliteConnection connection) => (int)ReadNumber(connection, "PRAGMA user_version");

    /// <summary>Makes an empty store of a database in memory.</summary>
    public static void CreateIn(SqliteConnection memory)
    {
        foreach (var migration in Migrations()) Execute(memory, migration);
        Execute(memory, string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {SchemaVersion}"));
    }

    /// <summary>The folder of a file.</summary>
    public static string FolderOf(string path) => System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;

    /// <summary>A new connection that syncs with every commit and waits for others' locks. The caller disposes it.</summary>
    public SqliteConnection Open() => Open(Path, SqliteOpenMode.ReadWrite);

    /// <inheritdoc/>
    DbConnection IDatabase.Open() => Open();

    /// <inheritdoc/>
    public IDisposable? TryLockForImport() => DataLock.TryTakeForImport(FolderOf(Path));

    /// <summary>The same for any file.</summary>
    public static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        var settings = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Pooling = false,
            ForeignKeys = true,
            DefaultTimeout = (int)BusyTimeout.TotalSeconds,
        };
        var connection = new SqliteConnection(settings.ToString());
        try
        {
            connection.Open();
            Execute(connection, string.Create(CultureInfo.InvariantCulture,
                $"PRAGMA busy_timeout = {(int)BusyTimeout.TotalMilliseconds}; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = {LogSizeLimit}"));
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Runs statements without parameters.</summary>
    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>The number that a statement returns.</summary>
    public static long ReadNumber(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    // Presence, contacts and secrets are private; the WAL gets the file's mode. An existing file is not touched: closing it would drop the locks that this
    // process's connections hold on it.
    internal static void CreateAnew(string path)
    {
        if (File.Exists(path)) return;
        FileModes.CreatePrivateFolder(FolderOf(path));
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, Share = FileShare.ReadWrite };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (new FileStream(path, options)) UnixCalls.SyncFolder(FolderOf(path));
    }

    private static void Migrate(SqliteConnection connection, int version, DataLock? held)
    {
        var known = Known(connection);
        if (known >= version) return;
        var path = connection.DataSource;
        // A server that runs knows only the older schema.
        using var own = known > 0 && held is null ? DataLock.Take(FolderOf(path)) : null;
        if (known > 0) SqliteBackup.Write(path, string.Create(CultureInfo.InvariantCulture, $"{path}.schema-{known}"));
        // Another process may be creating the same store: check again when nobody else can write.
        Execute(connection, "BEGIN IMMEDIATE");
        foreach (var migration in Migrations().Take(version).Skip(Known(connection))) Execute(connection, migration);
        Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {version}; COMMIT"));
        // Older versions had no room that can be given back.
        if (ReadNumber(connection, "PRAGMA auto_vacuum") != IncrementalVacuum) Execute(connection, "PRAGMA auto_vacuum = INCREMENTAL; VACUUM");
    }

    private static List<string> Migrations()
    {
        var assembly = typeof(SqliteFile).Assembly;
        var names = assembly.GetManifestResourceNames().Where(name => name.StartsWith(MigrationPrefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        return [.. names.Select(name =>
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            return reader.ReadToEnd();
        })];
    }
}
