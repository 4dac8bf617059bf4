using System.Globalization;

namespace RvpServer.Directories.Ldap;

/// <summary>
/// Enables many people one after another: LDAP knows no change that is made for all or for none. What was done before an error stays, and the same file once
/// more goes on with the rest.
/// </summary>
internal static class LdapImport
{
    /// <summary>Returns how many accounts are as the file says. An error names the line, and says how many were done before it.</summary>
    /// <param name="source">The accounts, each with the line of the file.</param>
    /// <param name="check">Throws <see cref="AccountException"/> for what cannot be; called for all before the first is enabled.</param>
    /// <param name="ensure">Enables one who is not yet as wanted.</param>
    /// <param name="onDone">Called with the number done.</param>
    /// <param name="stop">Ends it between two accounts.</param>
    public static async Task<int> RunAsync(
        IEnumerable<(int Line, NewAccount Account)> source, Action<NewAccount> check, Func<NewAccount, Task> ensure, Action<int> onDone, CancellationToken stop)
    {
        var rows = ReadAll(source, check);
        var done = 0;
        foreach (var (line, account) in rows)
        {
            stop.ThrowIfCancellationRequested();
            try
            {
                await ensure(account);
            }
            catch (AccountException failure)
            {
                throw new AccountException(Stopped(line, failure), failure);
            }
            catch (DirectoryException failure)
            {
                throw new DirectoryException(Stopped(line, failure), failure);
            }
            onDone(++done);
        }
        return done;

        string Stopped(int line, Exception failure) => string.Create(CultureInfo.InvariantCulture,
            $"{At(line, failure)} {done} of {rows.Count} accounts are as the file says; import it again to go on with the rest.");
    }

    private static List<(int Line, NewAccount Account)> ReadAll(IEnumerable<(int Line, NewAccount Account)> source, Action<NewAccount> check)
    {
        var rows = new List<(int Line, NewAccount Account)>();
        var isRead = false;
        try
        {
            foreach (var row in source)
            {
                rows.Add(row);
                isRead = true;
                check(row.Account);
                isRead = false;
            }
            return rows;
        }
        catch (AccountException failure)
        {
            // What cannot be read names its line itself.
            throw new AccountException((isRead ? At(rows[^1].Line, failure) : failure.Message) + " Nothing was imported.", failure);
        }
    }

    private static string At(int line, Exception failure) =>
        string.Create(CultureInfo.InvariantCulture, $"Line {line}: {failure.Message}{(failure.Message.EndsWith('.') ? "" : ".")}");
}
