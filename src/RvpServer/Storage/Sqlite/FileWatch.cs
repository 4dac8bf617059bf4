using RvpServer.Runtime;

namespace RvpServer.Storage.Sqlite;

/// <summary>
/// Whether the store's file and its log are still the ones that were opened. SQLite goes on writing to files that were deleted or replaced, and everything
/// since would be gone with the process. Must be made when the log exists: after the first read.
/// </summary>
internal sealed class FileWatch(string path)
{
    private readonly FileIdentity? file = UnixCalls.Identify(path);
    private readonly FileIdentity? log = UnixCalls.Identify(path + "-wal");
    private volatile string? lost;

    /// <summary>Which file was lost; null: none. Once something is lost it stays so.</summary>
    public string? FindLost() => lost ??= UnixCalls.Identify(path) != file ? path : UnixCalls.Identify(path + "-wal") != log ? path + "-wal" : null;

    /// <summary>Throws <see cref="StoreException"/> if a file was lost.</summary>
    public void Check()
    {
        if (FindLost() is { } file) throw new StoreException(Describe(file));
    }

    /// <summary>What to tell of a lost file.</summary>
    public static string Describe(string file) => $"{file} was deleted or replaced under the running server; what was not in a backup may be lost";
}
