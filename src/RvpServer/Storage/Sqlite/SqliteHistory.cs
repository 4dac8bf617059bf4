using Microsoft.Data.Sqlite;
using Rvp.Engine;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace RvpServer.Storage.Sqlite;

/// <summary>Reads the messages of an account, each time on a connection of its own, so that a long search holds up nobody.</summary>
internal sealed class SqliteHistory(SqliteFile file, IStore store) : IHistory
{
    // Some milliseconds, in which nobody else writes.
    private const int MaxTrimmed = 500;
    private const int MaxIndexed = 500;

    /// <inheritdoc/>
    public async Task<HistoryPage> ReadAsync(RvpUrl node, HistoryQuery query, CancellationToken stop)
    {
        string? words = null;
        if (query.Match is { } match && (words = SearchWords.Query(node, match)) is null) return new HistoryPage([], HasMore: false);
        await store.FlushAsync(node);
        if (words is not null) while (await IndexAsync(stop)) stop.ThrowIfCancellationRequested();
        return await Task.Run(() => Guarded(() => Read(node.ToString(), query, words)), stop);
    }

    /// <inheritdoc/>
    public Task<bool> IndexAsync(CancellationToken stop) => Task.Run(() => Guarded(Index), stop);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<HistoryConversation>> ListAsync(RvpUrl node, int limit, CancellationToken stop)
    {
        await store.FlushAsync(node);
        return await Task.Run(() => Guarded(() => List(node.ToString(), limit)), stop);
    }

    /// <inheritdoc/>
    public Task<bool> TrimAsync(DateTimeOffset before, int maxPerNode, CancellationToken stop) => Task.Run(() => Guarded(() => Trim(before, maxPerNode)), stop);

    /// <inheritdoc/>
    public async Task<byte[]?> PackAsync(RvpUrl node, CancellationToken stop)
    {
        await store.FlushAsync(node);
        return await Task.Run(() => Guarded(() => Pack(node.ToString())), stop);
    }

    /// <inheritdoc/>
    public Task UnpackAsync(RvpUrl node, byte[] packed, CancellationToken stop) => Task.Run(() => Guarded(() => Unpack(node.ToString(), packed)), stop);

    /// <inheritdoc/>
    public Task DropAsync(RvpUrl node, CancellationToken stop) => Task.Run(() => Guarded(() => Drop(node.ToString())), stop);

    // First which ones, by an index alone: the bodies of those that are not asked for stay where they are.
    private HistoryPage Read(string node, HistoryQuery query, string? words)
    {
        using var connection = file.Open();
        var (isForward, key) = (query.After is not null, words is null ? "id" : "rowid");
        var conditions = words is null
            ? new List<string> { "conversation IN (SELECT id FROM history_conversations WHERE node = $node AND ($with IS NULL OR with_key = $with))" }
            : ["words MATCH $words"];
        if (query.Before is not null) conditions.Add($"{key} < $before");
        if (query.After is not null) conditions.Add($"{key} > $after");
        // Of one conversation among all that have the words.
        if (words is not null && query.With is not null)
        {
            conditions.Add("""
                history_words.rowid IN (SELECT m.id FROM history_messages m JOIN history_conversations c ON c.id = m.conversation
                    WHERE m.id = history_words.rowid AND c.with_key = $with)
                """);
        }
        var source = words is null ? "history_messages INDEXED BY history_messages_conversation" : "history_words";
        using var command = Command(connection, $"""
            SELECT m.id, m.at, m.mine, c.with_key, m.body
            FROM (SELECT {key} AS id FROM {source} WHERE {string.Join(" AND ", conditions)} ORDER BY {key} {(isForward ? "ASC" : "DESC")} LIMIT $limit) f
            CROSS JOIN history_messages m ON m.id = f.id JOIN history_conversations c ON c.id = m.conversation AND c.node = $node ORDER BY m.id
            """);
        command.Parameters.AddWithValue("$node", node);
        command.Parameters.AddWithValue("$with", query.With is { } with ? ArchivedMessage.KeyOf(with) : DBNull.Value);
        command.Parameters.AddWithValue("$before", (object?)query.Before ?? DBNull.Value);
        command.Parameters.AddWithValue("$after", (object?)query.After ?? DBNull.Value);
        command.Parameters.AddWithValue("$words", (object?)words ?? DBNull.Value);
        command.Parameters.AddWithValue("$limit", query.Limit + 1);
        var items = new List<HistoryItem>(query.Limit + 1);
        using (var row = command.ExecuteReader())
            while (row.Read()) items.Add(ItemOf(row));
        var hasMore = items.Count > query.Limit;
        if (hasMore) items.RemoveAt(isForward ? items.Count - 1 : 0);
        return new HistoryPage(items, hasMore);
    }

    private List<HistoryConversation> List(string node, int limit)
    {
        using var connection = file.Open();
        using var command = Command(connection, """
            SELECT m.id, m.at, m.mine, c.with_key, m.body, c.read_until,
                (SELECT count(*) FROM history_messages u WHERE u.conversation = c.id AND u.id > c.read_until AND NOT u.mine)
            FROM (SELECT id, with_key, read_until, (SELECT max(l.id) FROM history_messages l WHERE l.conversation = history_conversations.id) AS last
                FROM history_conversations WHERE node = $node) c
            CROSS JOIN history_messages m ON m.id = c.last ORDER BY m.id DESC LIMIT $limit
            """);
        command.Parameters.AddWithValue("$node", node);
        command.Parameters.AddWithValue("$limit", limit);
        var found = new List<HistoryConversation>();
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            var last = ItemOf(row);
            found.Add(new HistoryConversation(last.With, row.GetInt64(5), row.GetInt32(6), last));
        }
        return found;
    }

    private bool Index()
    {
        using var connection = file.Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        using var add = Command(connection, """
            INSERT INTO history_words (rowid, words) SELECT id, words FROM history_messages
            WHERE id > (SELECT id FROM history_words_until) ORDER BY id LIMIT $count
            """);
        add.Parameters.AddWithValue("$count", MaxIndexed);
        var count = add.ExecuteNonQuery();
        using var note = Command(connection, """
            UPDATE history_words_until SET id = ifnull((SELECT max(id) FROM (SELECT m.id FROM history_messages m WHERE m.id > history_words_until.id
                ORDER BY m.id LIMIT $count)), id)
            """);
        note.Parameters.AddWithValue("$count", MaxIndexed);
        if (count > 0) note.ExecuteNonQuery();
        transaction.Commit();
        return count == MaxIndexed;
    }

    // In the order of the numbers, which is that of the times but for what came along with somebody from another server: that stays a little longer.
    private bool Trim(DateTimeOffset before, int maxPerNode)
    {
        using var connection = file.Open();
        using var old = Command(
            connection, "DELETE FROM history_messages WHERE id IN (SELECT id FROM history_messages ORDER BY id LIMIT $count) AND at < $before");
        old.Parameters.AddWithValue("$count", MaxTrimmed);
        old.Parameters.AddWithValue("$before", before.ToUnixTimeMilliseconds());
        if (old.ExecuteNonQuery() == MaxTrimmed) return true;
        using var tooMuch = Command(connection, """
            SELECT node, sum((SELECT count(*) FROM history_messages m WHERE m.conversation = c.id)) - $max AS excess
            FROM history_conversations c GROUP BY node HAVING excess > 0 LIMIT 1
            """);
        tooMuch.Parameters.AddWithValue("$max", maxPerNode);
        string node;
        long excess;
        using (var row = tooMuch.ExecuteReader())
        {
            if (!row.Read()) return false;
            (node, excess) = (row.GetString(0), row.GetInt64(1));
        }
        using var most = Command(connection, """
            DELETE FROM history_messages WHERE id IN (SELECT id FROM history_messages INDEXED BY history_messages_conversation
                WHERE conversation IN (SELECT id FROM history_conversations WHERE node = $node) ORDER BY id LIMIT $count)
            """);
        most.Parameters.AddWithValue("$node", node);
        most.Parameters.AddWithValue("$count", Math.Min(excess, MaxTrimmed));
        most.ExecuteNonQuery();
        return true;
    }

    private byte[]? Pack(string node)
    {
        using var connection = file.Open();
        using var command = Command(connection, """
            SELECT c.with_key, m.mine, m.at, m.other, m.digest, m.body, m.words, m.id <= c.read_until FROM history_messages m
            JOIN history_conversations c ON c.id = m.conversation WHERE c.node = $node ORDER BY m.id DESC
            """);
        command.Parameters.AddWithValue("$node", node);
        using var row = command.ExecuteReader();
        return PackedHistory.Pack(Messages());

        IEnumerable<PackedMessage> Messages()
        {
            while (row.Read())
            {
                yield return new(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.IsDBNull(3) ? null : row.GetString(3),
                    row.IsDBNull(4) ? null : row.GetInt64(4), (byte[])row.GetValue(5), row.GetString(6), row.GetInt64(7) != 0);
            }
        }
    }

    private bool Unpack(string node, byte[] packed)
    {
        var messages = PackedHistory.Unpack(packed);
        using var connection = file.Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        Delete(connection, node);
        using var begin = new Statement(connection, "INSERT OR IGNORE INTO history_conversations (node, with_key, read_until) VALUES (?1, ?2, 0)");
        using var add = new Statement(connection, """
            INSERT INTO history_messages (conversation, mine, at, other, digest, body, words)
            SELECT id, ?3, ?4, ?5, ?6, ?7, ?8 FROM history_conversations WHERE node = ?1 AND with_key = ?2
            """);
        // Numbers are others here.
        using var mark = new Statement(connection, "UPDATE history_conversations SET read_until = last_insert_rowid() WHERE node = ?1 AND with_key = ?2");
        foreach (var message in messages)
        {
            begin.Run(node, message.With);
            add.Run(node, message.With, message.IsMine, message.At, message.Other, message.Digest, message.Body, message.Words);
            if (message.IsRead) mark.Run(node, message.With);
        }
        transaction.Commit();
        return true;
    }

    private bool Drop(string node)
    {
        using var connection = file.Open();
        Delete(connection, node);
        return true;
    }

    private static void Delete(SqliteConnection connection, string node)
    {
        using var delete = Command(connection, "DELETE FROM history_conversations WHERE node = $node");
        delete.Parameters.AddWithValue("$node", node);
        delete.ExecuteNonQuery();
    }

    private static HistoryItem ItemOf(SqliteDataReader row) =>
        new(row.GetInt64(0), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)), row.GetInt64(2) != 0, row.GetString(3), (byte[])row.GetValue(4));

    private static SqliteCommand Command(SqliteConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    private static T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException failure)
        {
            throw new StoreException("The history cannot be read: " + failure.Message, failure);
        }
    }
}
