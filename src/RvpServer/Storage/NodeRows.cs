using System.Data.Common;
using Rvp.Protocol;

namespace RvpServer.Storage;

/// <summary>Everything that the store keeps about a node, in all tables.</summary>
internal static class NodeRows
{
    /// <summary>The tables in which a node's rows are found by the node.</summary>
    public static IReadOnlyList<string> ByNode { get; } =
        ["properties", "access_entries", "inbox", "watched_elsewhere", "owed_news", "node_accounts", "moves", "foreign_ids"];

    /// <summary>The tables of a history.</summary>
    public static IReadOnlyList<string> History { get; } = ["history_conversations"];

    /// <summary>The tables of what is kept beside a node, and found by it too.</summary>
    public static IReadOnlyList<string> Belongings { get; } = [.. History, "pictures"];

    /// <summary>
    /// All tables with a column <c>node</c>, in an order in which their rows may be deleted. The first are found by ids; without these all rows are read, which
    /// takes a large store half a second.
    /// </summary>
    public static IReadOnlyList<string> Tables { get; } = ["view_values", "views", "subscriptions", .. ByNode, .. Belongings];

    /// <summary>
    /// How rows name a node: its canonical URL in small letters. Where text is compared without case any letters would do, in other stores only these.
    /// </summary>
    public static string KeyOf(RvpUrl node) => node.ToString().ToLowerInvariant();

    /// <summary>
    /// Deletes the rows of an account's node, inside the transaction that is open on <paramref name="connection"/>. The node's URL may have any port, since the
    /// account does not contain it.
    /// </summary>
    public static Task DeleteAsync(DbConnection connection, string domain, string account, CancellationToken stop) =>
        DeleteAsync(connection, domain, account, Tables, stop);

    /// <summary>The same of some tables.</summary>
    public static async Task DeleteAsync(DbConnection connection, string domain, string account, IReadOnlyList<string> tables, CancellationToken stop)
    {
        var node = KeyOf(RvpUrl.ForAlias(domain, HostAndPort.DefaultPort, account));
        var server = "http://" + domain.ToLowerInvariant();
        foreach (var table in tables)
        {
            // A semicolon is the character after the colon: the range contains the server's names with a port, found by the index.
            await Sql.ExecuteAsync(connection, $"""
                DELETE FROM {table} WHERE node = @node
                    OR node >= @server || ':' AND node < @server || ';' AND substr(lower(node), length(node) - length(@path) + 1) = @path
                """, stop, ("@node", node), ("@server", server), ("@path", node[server.Length..]));
        }
    }
}
