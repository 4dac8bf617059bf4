using System.Data.Common;

namespace RvpServer.Directories;

/// <summary>Accounts that are kept in a store, where something else can be written in the transaction of each change.</summary>
internal interface INotesChanges
{
    /// <summary>
    /// The same accounts; <paramref name="note"/> runs in the transaction of each change, before the change. What it throws undoes everything.
    /// </summary>
    IAccounts Noting(Func<DbConnection, Task> note);
}
