using System.Data.Common;
using Npgsql;
using Rvp.Engine;
using Rvp.Protocol;
using Rvp.Protocol.Xml;
using static NpgsqlTypes.NpgsqlDbType;

namespace RvpServer.Storage.Postgres;

/// <summary>Reads the messages of an account; what is searched is indexed when it is written.</summary>
internal sealed class PostgresHistory(PostgresDatabase database, IStore store) : IHistory
{
    private const int MaxTrimmed = 500;

    /// <inheritdoc/>
    public async Task<HistoryPage> ReadAsync(RvpUrl node, HistoryQuery query, CancellationToken stop)
    {
        string? words = null;
        if (query.Match is { } match && (words = SearchWords.VectorQuery(node, match)) is null) return new HistoryPage([], HasMore: false);
        await store.FlushAsync(node);
        return await GuardedAsync(() => ReadAsync(node, query, words, stop));
    }

    /// <inheritdoc/>
    public Task<bool> IndexAsync(CancellationToken stop) => Task.FromResult(false);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<HistoryConversation>> ListAsync(RvpUrl node, int limit, CancellationToken stop)
    {
        await store.FlushAsync(node);
        return await GuardedAsync(async () =>
        {
            await using var command = Command("""
                SELECT m.id, m.at, m.mine, c.with_key, m.body, c.read_until,
                    (SELECT count(*) FROM history_messages u WHERE u.conversation = c.id AND u.id > c.read_until AND u.mine = 0)
                FROM (SELECT h.id, h.with_key, h.read_until, (SELECT max(l.id) FROM history_messages l WHERE l.conversation = h.id) AS last
                    FROM history_conversations h WHERE h.node = @node ORDER BY last DESC NULLS LAST LIMIT @limit) c
                JOIN history_messages m ON m.id = c.last ORDER BY m.id DESC
                """, ("node", Text, NodeRows.KeyOf(node)), ("limit", Bigint, (long)limit));
            await using var row = await command.ExecuteReaderAsync(stop);
            var found = new List<HistoryConversation>();
            while (await row.ReadAsync(stop))
            {
                var last = ItemOf(row);
                found.Add(new HistoryConversation(last.With, row.GetInt64(5), (int)row.GetInt64(6), last));
            }
            return found;
        });
    }

    /// <inheritdoc/>
    public Task<bool> TrimAsync(DateTimeOffset before, int maxPerNode, CancellationToken stop) => GuardedAsync(async () =>
    {
        // In the order of the numbers, which is that of the times but for what came along with somebody from another server: that stays a little longer.
        await using var old = Command("DELETE FROM history_messages WHERE id IN (SELECT id FROM history_messages ORDER BY id LIMIT @count) AND at < @before",
            ("count", Bigint, (long)MaxTrimmed), ("before", Bigint, before.ToUnixTimeMilliseconds()));
        if (await old.ExecuteNonQueryAsync(stop) == MaxTrimmed) return true;
        await using var most = Command("""
            WITH over AS (
                SELECT c.node, count(*) - @max AS excess FROM history_conversations c JOIN history_messages m ON m.conversation = c.id
                GROUP BY c.node HAVING count(*) > @max LIMIT 1)
            DELETE FROM history_messages WHERE id IN (
                SELECT m.id FROM history_messages m JOIN history_conversations c ON c.id = m.conversation WHERE c.node = (SELECT node FROM over)
                ORDER BY m.id LIMIT (SELECT least(excess, @count) FROM over))
                AND EXISTS (SELECT FROM over)
            """, ("max", Bigint, (long)maxPerNode), ("count", Bigint, (long)MaxTrimmed));
        return await most.ExecuteNonQueryAsync(stop) > 0;
    });

    /// <inheritdoc/>
    public async Task<byte[]?> PackAsync(RvpUrl node, CancellationToken stop)
    {
        await store.FlushAsync(node);
        return await Task.Run(() => Guarded(() => PackedHistory.Pack(Messages(NodeRows.KeyOf(node)))), stop);
    }

    /// <inheritdoc/>
    public Task UnpackAsync(RvpUrl node, byte[] packed, CancellationToken stop) => GuardedAsync(async () =>
    {
        var key = NodeRows.KeyOf(node);
        await using var connection = await database.Source.OpenConnectionAsync(stop);
        await using var batch = new NpgsqlBatch(connection);
        Batches.Add(batch, "DELETE FROM history_conversations WHERE node = $1", (key, Text));
        HistoryRows.AddPacked(batch, key, PackedHistory.Unpack(packed));
        return await batch.ExecuteNonQueryAsync(stop);
    });

    /// <inheritdoc/>
    public Task DropAsync(RvpUrl node, CancellationToken stop) => GuardedAsync(async () =>
    {
        await using var command = Command("DELETE FROM history_conversations WHERE node = @node", ("node", Text, NodeRows.KeyOf(node)));
        return await command.ExecuteNonQueryAsync(stop);
    });

    private async Task<HistoryPage> ReadAsync(RvpUrl node, HistoryQuery query, string? words, CancellationToken stop)
    {
        var isForward = query.After is not null;
        var order = isForward ? "ASC" : "DESC";
        var range = (query.Before is null ? "" : " AND m.id < @before") + (query.After is null ? "" : " AND m.id > @after");
        var with = query.With is null ? "" : " AND lower(c.with_key) = lower(@with COLLATE \"C\")";
        // Without words some of each conversation are enough to know which are the newest of all; with words the index gives all that have them.
        var found = words is null
            ? $"""
                SELECT m.id FROM history_conversations c CROSS JOIN LATERAL (
                    SELECT m.id FROM history_messages m WHERE m.conversation = c.id{range} ORDER BY m.id {order} LIMIT @limit) m
                WHERE c.node = @node{with} ORDER BY m.id {order} LIMIT @limit
                """
            : $"""
                SELECT m.id FROM m JOIN history_conversations c ON c.id = m.conversation WHERE c.node = @node{with}{range} ORDER BY m.id {order} LIMIT @limit
                """;
        // Apart: in the order of the ids it would read the messages of all accounts until there are enough.
        var hits = words is null ? "" : """
            WITH m AS MATERIALIZED (
                SELECT id, conversation FROM history_messages WHERE search @@ CAST(without_accents(@words) AS tsquery))
            """;
        await using var command = Command($"""
            {hits}
            SELECT m.id, m.at, m.mine, c.with_key, m.body FROM ({found}) f
            JOIN history_messages m ON m.id = f.id JOIN history_conversations c ON c.id = m.conversation ORDER BY m.id
            """, ("node", Text, NodeRows.KeyOf(node)), ("with", Text, query.With is { } person ? ArchivedMessage.KeyOf(person) : null),
            ("before", Bigint, query.Before), ("after", Bigint, query.After), ("words", Text, words), ("limit", Bigint, query.Limit + 1L));
        var items = new List<HistoryItem>(query.Limit + 1);
        await using (var row = await command.ExecuteReaderAsync(stop))
            while (await row.ReadAsync(stop)) items.Add(ItemOf(row));
        var hasMore = items.Count > query.Limit;
        if (hasMore) items.RemoveAt(isForward ? items.Count - 1 : 0);
        return new HistoryPage(items, hasMore);
    }

    private IEnumerable<PackedMessage> Messages(string node)
    {
        using var command = Command("""
            SELECT c.with_key, m.mine, m.at, m.other, m.digest, m.body, m.words, m.id <= c.read_until FROM history_messages m
            JOIN history_conversations c ON c.id = m.conversation WHERE c.node = @node ORDER BY m.id DESC
            """, ("node", Text, node));
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            yield return new(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.IsDBNull(3) ? null : row.GetString(3),
                row.IsDBNull(4) ? null : row.GetInt64(4), row.GetFieldValue<byte[]>(5), row.GetString(6), row.GetBoolean(7));
        }
    }

    private NpgsqlCommand Command(string sql, params ReadOnlySpan<(string Name, NpgsqlTypes.NpgsqlDbType Type, object? Value)> parameters)
    {
        var command = database.Source.CreateCommand(sql);
        foreach (var (name, type, value) in parameters) command.Parameters.Add(new NpgsqlParameter(name, type) { Value = value ?? DBNull.Value });
        return command;
    }

    private static HistoryItem ItemOf(NpgsqlDataReader row) =>
        new(row.GetInt64(0), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)), row.GetInt16(2) != 0, row.GetString(3), row.GetFieldValue<byte[]>(4));

    private static T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception failure) when (failure is DbException or TimeoutException)
        {
            throw Failed(failure);
        }
    }

    private static async Task<T> GuardedAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception failure) when (failure is DbException or TimeoutException)
        {
            throw Failed(failure);
        }
    }

    private static StoreException Failed(Exception failure) => new("The history cannot be read: " + PostgresDatabase.OneLine(failure), failure);
}
