using System.Data.Common;
using RvpServer.Configuration;
using RvpServer.Storage.Postgres;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Storage;

/// <summary>The database that the configuration names.</summary>
internal static class ConfiguredDatabase
{
    /// <summary>For a server: it is made if there is none, and brought up to date. Throws <see cref="StoreException"/>.</summary>
    public static IDatabase OpenForServer(RvpSettings settings, DataLock held) => settings.Storage.Provider == StorageProvider.Postgres
        ? OpenPostgres(settings)
        : SqliteFile.PrepareForServer(FileOf(settings), held);

    /// <summary>The same for a command.</summary>
    public static IDatabase Open(RvpSettings settings)
    {
        if (settings.Storage.Provider == StorageProvider.Postgres)
            return PostgresDatabase.Prepare(ConnectionStringOf(settings), settings.Cluster.Shards, mayUpgrade: false);
        SqliteFile.CheckIsNotLost(FileOf(settings));
        return SqliteFile.Prepare(FileOf(settings));
    }

    /// <summary>One to be copied, whichever the server uses.</summary>
    public static IDatabase OpenSource(RvpSettings settings, StorageProvider kind, DataLock held)
    {
        if (kind == StorageProvider.Sqlite && !File.Exists(FileOf(settings))) throw new StoreException($"There is no store {FileOf(settings)}.");
        return kind == StorageProvider.Postgres ? OpenPostgres(settings) : SqliteFile.PrepareForServer(FileOf(settings), held);
    }

    /// <summary>One to be copied to.</summary>
    public static IDatabase OpenTarget(RvpSettings settings, StorageProvider kind, DataLock held) =>
        kind == StorageProvider.Postgres ? OpenPostgres(settings) : SqliteFile.Prepare(FileOf(settings), held);

    /// <summary>
    /// As it is, to be looked at; null if there is none yet, or one that a start brings up to date. Throws <see cref="StoreException"/> or
    /// <see cref="DbException"/> for what no server could start with.
    /// </summary>
    public static IDatabase? Find(RvpSettings settings) => settings.Storage.Provider == StorageProvider.Postgres
        ? PostgresDatabase.Find(ConnectionStringOf(settings), settings.Cluster.Shards)
        : SqliteFile.Find(FileOf(settings));

    /// <summary>Where the embedded store is. Throws <see cref="StoreException"/> if the configuration has PostgreSQL, which has tools of its own.</summary>
    public static string RequireFile(RvpSettings settings) => settings.Storage.Provider == StorageProvider.Sqlite
        ? FileOf(settings)
        : throw new StoreException("The store is in PostgreSQL, whose own tools do this: pg_dump makes a backup, pg_restore brings it back.");

    /// <summary>How the processes of a cluster find each other: a few connections beside those of the store.</summary>
    public static string ConnectionOfMembers(RvpSettings settings) => PostgresDatabase.ConnectionOf(ConnectionStringOf(settings), "members", 4);

    private static PostgresDatabase OpenPostgres(RvpSettings settings) => PostgresDatabase.Prepare(ConnectionStringOf(settings), settings.Cluster.Shards);

    private static string FileOf(RvpSettings settings) => Path.Combine(settings.DataDirectory, SqliteFile.Name);

    private static string ConnectionStringOf(RvpSettings settings)
    {
        const string key = "Rvp:Storage:ConnectionStringFile";
        var file = settings.Storage.ConnectionStringFile ?? throw new StoreException($"{key} is missing: name the file that holds the connection string.");
        try
        {
            var text = File.ReadAllText(file).Trim();
            return text.Length > 0 && !text.Contains('\n') ? text : throw new StoreException($"{key} is \"{file}\": write one line, the connection string.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{key} is \"{file}\": {failure.Message}", failure);
        }
    }
}
