using System.Data.Common;
using Rvp.Protocol;

namespace RvpServer.Directories.Local;

/// <summary>The rows of an account's node in the store's other tables.</summary>
internal static class NodeState
{
    private static readonly string[] Tables = ["view_values", "views", "subscriptions", "properties", "access_entries", "poll_entries"];

    /// <summary>Deletes them; the node's URL may carry any port, since the account does not know it.</summary>
    public static async Task DeleteAsync(DbConnection connection, Account account, CancellationToken stop)
    {
        var node = RvpUrl.ForAlias(account.Domain, 80, account.Name).ToString();
        var server = "http://" + account.Domain;
        foreach (var table in Tables)
        {
            // A semicolon follows the colon: the range is the server's names with a port, found by the index.
            await using var command = AccountRows.Command(connection, $"""
                DELETE FROM {table} WHERE node = @node
                    OR node >= @server || ':' AND node < @server || ';' AND lower(substr(node, length(node) - length(@path) + 1)) = lower(@path)
                """, ("@node", node), ("@server", server), ("@path", node[server.Length..]));
            await command.ExecuteNonQueryAsync(stop);
        }
    }
}
