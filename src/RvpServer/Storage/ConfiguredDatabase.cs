using System.Data.Common;
using RvpServer.Configuration;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Storage;

/// <summary>The database that the configuration names.</summary>
internal static class ConfiguredDatabase
{
    /// <summary>For a server: it is made if there is none, and brought up to date. Throws <see cref="StoreException"/>.</summary>
    public static IDatabase OpenForServer(RvpSettings settings, DataLock held) => SqliteFile.PrepareForServer(FileOf(settings), held);

    /// <summary>The same for a command.</summary>
    public static IDatabase Open(RvpSettings settings)
    {
        SqliteFile.CheckIsNotLost(FileOf(settings));
        return SqliteFile.Prepare(FileOf(settings));
    }

    /// <summary>
    /// As it is, to be looked at; null if there is none yet, or one that a start brings up to date. Throws <see cref="StoreException"/> or
    /// <see cref="DbException"/> for what no server could start with.
    /// </summary>
    public static IDatabase? Find(RvpSettings settings) => SqliteFile.Find(FileOf(settings));

    private static string FileOf(RvpSettings settings) => Path.Combine(settings.DataDirectory, SqliteFile.Name);
}
