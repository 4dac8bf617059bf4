using System.Data.Common;
using System.Text;
using Rvp.Protocol;

namespace RvpServer.Storage;

/// <summary>Copies the rows of tables, and writes nodes as the target does: PostgreSQL has their URLs once, in small letters elsewhere, and shards.</summary>
/// <param name="from">Where the rows are.</param>
/// <param name="to">Where they go.</param>
/// <param name="fromShared">Whether the source is PostgreSQL.</param>
/// <param name="toShared">Whether the target is.</param>
/// <param name="shards">Its number of shards.</param>
internal sealed class TableCopy(DbConnection from, DbConnection to, bool fromShared, bool toShared, int shards)
{
    // Both take some 30,000 parameters in one statement.
    private const int RowsAtOnce = 200;

    private readonly Dictionary<string, (short Shard, string Url)> nodes = [];

    /// <summary>Gives the number of rows.</summary>
    public async Task<long> CopyAsync(CopiedTable table, Action<long> onCopied, CancellationToken stop)
    {
        var theirs = await ColumnsAsync(from, table.Name, stop);
        var columns = (await ColumnsAsync(to, table.Name, stop)).Where(theirs.Contains).ToList();
        await using var select = Sql.Command(from, SelectOf(table, columns));
        select.CommandTimeout = 0;
        await using var row = await select.ExecuteReaderAsync(stop);
        var (count, rows) = (0L, new List<List<object?>>(RowsAtOnce));
        while (await row.ReadAsync(stop))
        {
            rows.Add(toShared ? Translate(table, columns, row) : [.. columns.Select((_, i) => ValueOf(row, i))]);
            if (rows.Count < RowsAtOnce) continue;
            await InsertAsync(table, columns, rows, stop);
            onCopied(count += rows.Count);
            rows.Clear();
        }
        await InsertAsync(table, columns, rows, stop);
        onCopied(count += rows.Count);
        return count;
    }

    /// <summary>After all others, in PostgreSQL: how the nodes' URLs are written.</summary>
    public async Task WriteNodesAsync(CancellationToken stop)
    {
        foreach (var part in nodes.Chunk(RowsAtOnce))
        {
            await InsertAsync("nodes (node, shard, url)", "", [.. part.Select(node => new List<object?> { node.Key, node.Value.Shard, node.Value.Url })], stop);
        }
    }

    private static object? ValueOf(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetValue(column);

    private static async Task<List<string>> ColumnsAsync(DbConnection connection, string table, CancellationToken stop)
    {
        await using var command = Sql.Command(connection, $"SELECT * FROM {table} WHERE 1 = 0");
        await using var row = await command.ExecuteReaderAsync(stop);
        return [.. Enumerable.Range(0, row.FieldCount).Select(row.GetName)];
    }

    // A last column names the node whose history a message is in.
    private string SelectOf(CopiedTable table, List<string> columns)
    {
        var isSpelt = fromShared && table.Kind is RowsOf.Node or RowsOf.Belongings;
        var names = columns.Select(name => isSpelt && name == "node" ? "COALESCE(n.url, t.node)" : "t." + name);
        if (table.Kind == RowsOf.Conversation) names = names.Append("(SELECT c.node FROM history_conversations c WHERE c.id = t.conversation)");
        var spelt = isSpelt ? " LEFT JOIN nodes n ON n.node = t.node" : "";
        var order = !table.IsInOrder ? "" : fromShared ? " ORDER BY t.made" : " ORDER BY t.rowid";
        return $"SELECT {string.Join(", ", names)} FROM {table.Name} t{spelt}{order}";
    }

    // As PostgreSQL has them. It has no NUL in a text.
    private List<object?> Translate(CopiedTable table, List<string> columns, DbDataReader row)
    {
        var values = columns.Select((_, i) => ValueOf(row, i) is var value && value is string text ? text.Replace('\0', ' ') : value).ToList();
        if (table.Kind is RowsOf.Node or RowsOf.Belongings)
        {
            var column = columns.IndexOf("node");
            var url = (string)values[column]!;
            var key = url.ToLowerInvariant();
            values[column] = key;
            if (table.Kind == RowsOf.Node) values.Add(ShardOf(key, url));
        }
        if (table.Kind == RowsOf.Conversation)
            values.Add(ValueOf(row, columns.Count) is string node ? SearchWords.Vector(node, (string)values[columns.IndexOf("words")]!) : null);
        return values;
    }

    private short ShardOf(string key, string url)
    {
        if (nodes.TryGetValue(key, out var known)) return known.Shard;
        var shard = RvpUrl.TryParse(url, out var node) ? ShardMap.Of(node, shards) : (short)0;
        nodes[key] = (shard, url);
        return shard;
    }

    private Task InsertAsync(CopiedTable table, List<string> columns, List<List<object?>> rows, CancellationToken stop) =>
        (toShared ? table.Kind : RowsOf.Others) switch
        {
            RowsOf.Node => InsertAsync($"{table.Name} ({string.Join(", ", columns)}, shard)", "", rows, stop),
            RowsOf.Conversation => InsertAsync(
                $"{table.Name} ({string.Join(", ", columns)}, search)", "CAST(without_accents(CAST({0} AS text)) AS tsvector)", rows, stop),
            _ => InsertAsync($"{table.Name} ({string.Join(", ", columns)})", "", rows, stop),
        };

    private async Task InsertAsync(string into, string last, List<List<object?>> rows, CancellationToken stop)
    {
        if (rows.Count == 0) return;
        var sql = new StringBuilder($"INSERT INTO {into} VALUES ");
        var parameters = new List<(string, object?)>(rows.Count * rows[0].Count);
        foreach (var row in rows)
        {
            sql.Append(parameters.Count == 0 ? "(" : ", (");
            for (var i = 0; i < row.Count; i++)
            {
                var name = $"@p{parameters.Count}";
                parameters.Add((name, row[i]));
                if (i > 0) sql.Append(", ");
                sql.Append(last.Length > 0 && i == row.Count - 1 ? last.Replace("{0}", name, StringComparison.Ordinal) : name);
            }
            sql.Append(')');
        }
        await Sql.ExecuteAsync(to, sql.ToString(), stop, [.. parameters]);
    }
}
