using System.IO.Compression;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace RvpServer.Storage.Sqlite;

/// <summary>Reads the messages of an account, each time on a connection of its own, so that a long search holds up nobody.</summary>
internal sealed class SqliteHistory(SqliteFile file, IStore store) : IHistory
{
    // About as much as one message between home servers may hold.
    private const int MaxPacked = 8 * 1024 * 1024;
    private const int MaxTrimmed = 500;

    private const string Columns = "id, at, mine, with_key, body";

    /// <inheritdoc/>
    public async Task<HistoryPage> ReadAsync(RvpUrl node, HistoryQuery query, CancellationToken stop)
    {
        string? words = null;
        if (query.Match is { } match && (words = SearchWords.Query(node, match)) is null) return new HistoryPage([], HasMore: false);
        await store.FlushAsync(node);
        return await Task.Run(() => Guarded(() => Read(node.ToString(), query, words)), stop);
    }

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

    // One conversation, or all of a node, by its index and never past the limit; a search by the words, newest first.
    private HistoryPage Read(string node, HistoryQuery query, string? words)
    {
        using var connection = file.Open();
        using var command = connection.CreateCommand();
        var conditions = new List<string> { "h.node = $node" };
        if (query.With is not null) conditions.Add("h.with_key = $with");
        if (query.Before is not null) conditions.Add("h.id < $before");
        if (query.After is not null) conditions.Add("h.id > $after");
        // The others are as many as anybody has written: the index of words has to lead.
        var source = words is null ? "history h" : "history_words w CROSS JOIN history h ON h.id = w.rowid";
        if (words is not null) conditions.Add("w.words MATCH $words");
        var isForward = query.After is not null;
        var key = words is null ? "h.id" : "w.rowid";
        var columns = string.Join(", ", Columns.Split(", ").Select(column => "h." + column));
        var order = isForward ? "" : " DESC";
        command.CommandText = $"SELECT {columns} FROM {source} WHERE {string.Join(" AND ", conditions)} ORDER BY {key}{order} LIMIT $limit";
        command.Parameters.AddWithValue("$node", node);
        command.Parameters.AddWithValue("$with", KeyOf(query.With));
        command.Parameters.AddWithValue("$before", (object?)query.Before ?? DBNull.Value);
        command.Parameters.AddWithValue("$after", (object?)query.After ?? DBNull.Value);
        command.Parameters.AddWithValue("$words", (object?)words ?? DBNull.Value);
        command.Parameters.AddWithValue("$limit", query.Limit + 1);
        var items = new List<HistoryItem>(query.Limit);
        using (var row = command.ExecuteReader())
            while (row.Read()) items.Add(ItemOf(row));
        var hasMore = items.Count > query.Limit;
        if (hasMore) items.RemoveAt(items.Count - 1);
        if (!isForward) items.Reverse();
        return new HistoryPage(items, hasMore);
    }

    private List<HistoryConversation> List(string node, int limit)
    {
        using var connection = file.Open();
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT h.id, h.at, h.mine, h.with_key, h.body, ifnull(r.until, 0),
                (SELECT count(*) FROM history n WHERE n.node = $node AND n.with_key = h.with_key AND n.id > ifnull(r.until, 0) AND NOT n.mine)
            FROM (SELECT max(id) AS last FROM history WHERE node = $node GROUP BY with_key ORDER BY last DESC LIMIT $limit) c
            CROSS JOIN history h ON h.id = c.last LEFT JOIN history_read r ON r.node = $node AND r.with_key = h.with_key ORDER BY h.id DESC
            """;
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

    // In the order of the numbers, which is that of the times but for what came along with somebody from another server: that stays a little longer.
    private bool Trim(DateTimeOffset before, int maxPerNode)
    {
        using var connection = file.Open();
        using var old = Command(connection, "DELETE FROM history WHERE id IN (SELECT id FROM history ORDER BY id LIMIT $count) AND at < $before");
        old.Parameters.AddWithValue("$count", MaxTrimmed);
        old.Parameters.AddWithValue("$before", before.ToUnixTimeMilliseconds());
        if (old.ExecuteNonQuery() == MaxTrimmed) return true;
        using var tooMuch = Command(connection, "SELECT node, count(*) - $max FROM history GROUP BY node HAVING count(*) > $max LIMIT 1");
        tooMuch.Parameters.AddWithValue("$max", maxPerNode);
        string node;
        long excess;
        using (var row = tooMuch.ExecuteReader())
        {
            if (!row.Read()) return false;
            (node, excess) = (row.GetString(0), row.GetInt64(1));
        }
        using var most = Command(connection, "DELETE FROM history WHERE id IN (SELECT id FROM history WHERE node = $node ORDER BY id LIMIT $count)");
        most.Parameters.AddWithValue("$node", node);
        most.Parameters.AddWithValue("$count", Math.Min(excess, MaxTrimmed));
        most.ExecuteNonQuery();
        return true;
    }

    private byte[]? Pack(string node)
    {
        using var connection = file.Open();
        var kept = new PackedHistory();
        using (var command = Command(connection, "SELECT with_key, other, mine, at, digest, body, words FROM history WHERE node = $node ORDER BY id DESC"))
        {
            command.Parameters.AddWithValue("$node", node);
            var bytes = 0;
            using var row = command.ExecuteReader();
            while (row.Read())
            {
                var body = (byte[])row.GetValue(5);
                if ((bytes += body.Length) > MaxPacked) break;
                kept.Messages.Add(new(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), body, row.GetString(6)));
            }
        }
        if (kept.Messages.Count == 0) return null;
        kept.Messages.Reverse();
        using (var command = Command(connection, """
            SELECT r.with_key, (SELECT count(*) FROM history h WHERE h.node = $node AND h.with_key = r.with_key AND h.id > r.until)
            FROM history_read r WHERE r.node = $node
            """))
        {
            command.Parameters.AddWithValue("$node", node);
            using var row = command.ExecuteReader();
            while (row.Read()) kept.After[row.GetString(0)] = row.GetInt64(1);
        }
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) JsonSerializer.Serialize(gzip, kept);
        return packed.ToArray();
    }

    private bool Unpack(string node, byte[] packed)
    {
        using var gzip = new GZipStream(new MemoryStream(packed, writable: false), CompressionMode.Decompress);
        var kept = JsonSerializer.Deserialize<PackedHistory>(gzip) ?? new PackedHistory();
        using var connection = file.Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        Delete(connection, node);
        var after = kept.Messages.GroupBy(message => message.With).ToDictionary(group => group.Key, group => group.Count());
        using (var add = new Statement(connection, """
            INSERT INTO history (node, with_key, other, mine, at, digest, body, words) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            """))
        using (var mark = new Statement(connection, """
            INSERT INTO history_read (node, with_key, until) VALUES (?1, ?2, (SELECT max(id) FROM history WHERE node = ?1 AND with_key = ?2))
            """))
        {
            foreach (var message in kept.Messages)
            {
                add.Run(node, message.With, message.Other, message.IsMine, message.At, message.Digest, message.Body, message.Words);
                // Numbers are others here: the marker is where as many follow it.
                if (kept.After.TryGetValue(message.With, out var unread) && --after[message.With] == unread) mark.Run(node, message.With);
            }
        }
        transaction.Commit();
        return true;
    }

    private bool Drop(string node)
    {
        using var connection = file.Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        Delete(connection, node);
        transaction.Commit();
        return true;
    }

    private static void Delete(SqliteConnection connection, string node)
    {
        foreach (var table in (string[])["history", "history_read"])
        {
            using var delete = Command(connection, $"DELETE FROM {table} WHERE node = $node");
            delete.Parameters.AddWithValue("$node", node);
            delete.ExecuteNonQuery();
        }
    }

    private static HistoryItem ItemOf(SqliteDataReader row) =>
        new(row.GetInt64(0), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)), row.GetInt64(2) != 0, row.GetString(3), (byte[])row.GetValue(4));

    // As ArchivedMessage names a conversation.
    private static string KeyOf(string? with) =>
        with is null ? "" : RvpUrl.TryParseIdentity(with, out var url) ? url.ToString() : with.ToLowerInvariant();

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

    /// <summary>A history as it travels.</summary>
    private sealed record PackedHistory
    {
        public List<PackedMessage> Messages { get; init; } = [];

        /// <summary>Messages after the read marker, by conversation.</summary>
        public Dictionary<string, long> After { get; init; } = [];
    }

    private sealed record PackedMessage(string With, string Other, long IsMine, long At, long Digest, byte[] Body, string Words);
}
