using System.Globalization;
using Microsoft.Data.Sqlite;
using RvpServer.Runtime;

namespace RvpServer.Storage.Sqlite;

/// <summary>The database file of the embedded store, with its schema up to date. Holds no connection.</summary>
internal sealed class SqliteFile
{
    /// <summary>The file's name under the data directory.</summary>
    public const string Name = "rvp.db";

    /// <summary>Marks the file as ours in its header; "RVPS".</summary>
    public const long ApplicationId = 0x52565053;

    private const string MigrationPrefix = "RvpServer.Storage.Sqlite.Migrations.";

    // Longer than the command line holds the write lock for an import of many accounts.
    private static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(20);

    private SqliteFile(string path) => Path = path;

    /// <summary>The path.</summary>
    public string Path { get; }

    /// <summary>The newest schema version that this program supports.</summary>
    public static int SchemaVersion => Migrations().Count;

    /// <summary>Creates the file if there is none and updates the schema; throws <see cref="StoreException"/>.</summary>
    public static SqliteFile Prepare(string path) => Prepare(path, SchemaVersion);

    /// <summary>The same, but only up to a version: the state that an older program would have left.</summary>
    internal static SqliteFile Prepare(string path, int version)
    {
        var file = new SqliteFile(path);
        try
        {
            CreatePrivately(path);
            using var connection = file.Open();
            Execute(connection, "PRAGMA journal_mode = WAL");
            Migrate(connection, version);
            return file;
        }
        catch (Exception failure) when (failure is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The store {path} cannot be opened: {failure.Message}", failure);
        }
    }

    /// <summary>A new connection that syncs with every commit and waits for others' locks. The caller disposes it.</summary>
    public SqliteConnection Open() => Open(Path, SqliteOpenMode.ReadWrite);

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
            Execute(connection, string.Create(
                CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {(int)BusyTimeout.TotalMilliseconds}; PRAGMA synchronous = FULL"));
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Runs a statement without parameters.</summary>
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

    private static void Migrate(SqliteConnection connection, int version)
    {
        if (Known(connection) >= version) return;
        // Another process may be doing the same: check again when nobody else can write.
        Execute(connection, "BEGIN IMMEDIATE");
        foreach (var migration in Migrations().Take(version).Skip(Known(connection))) Execute(connection, migration);
        Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {version}; COMMIT"));
    }

    private static int Known(SqliteConnection connection)
    {
        var version = (int)ReadNumber(connection, "PRAGMA user_version");
        return version <= SchemaVersion
            ? version
            : throw new StoreException($"The store {connection.DataSource} was written by a newer version "
                + $"(schema {version}, this one knows {SchemaVersion}): use that version.");
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

    // Presence, contacts and secrets are private; the WAL gets the file's mode. An existing file is not touched: closing it would drop the locks that this
    // process's connections hold on it.
    private static void CreatePrivately(string path)
    {
        if (File.Exists(path)) return;
        if (System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)) is { } directory) FileModes.CreatePrivateFolder(directory);
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, Share = FileShare.ReadWrite };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(path, options);
    }
}
