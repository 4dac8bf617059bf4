using System.Data.Common;

namespace RvpServer.Storage;

/// <summary>The database in which a server keeps everything: a file of its own, or a PostgreSQL server that several may share.</summary>
internal interface IDatabase
{
    /// <summary>What messages call it: a path, or host and database.</summary>
    string Name { get; }

    /// <summary>
    /// Whether several servers may use it, one after the other or together: then what they must have in common is in it, and not in files of one of them.
    /// </summary>
    bool IsShared { get; }

    /// <summary>Opens a connection, to be disposed by the caller. Throws <see cref="DbException"/>.</summary>
    DbConnection Open();

    /// <summary>The same, without a thread that waits for a database elsewhere.</summary>
    ValueTask<DbConnection> OpenAsync(CancellationToken stop) => new(Open());

    /// <summary>Takes the lock of whoever imports accounts, which ends with the process; null: another has it. Throws <see cref="StoreException"/>.</summary>
    IDisposable? TryLockForImport();
}
