using System.Buffers.Binary;
using System.Security.Cryptography;
using Npgsql;
using Rvp.Engine;
using static NpgsqlTypes.NpgsqlDbType;

namespace RvpServer.Storage.Postgres;

/// <summary>What a group changes of histories and pictures, in the order in which it came; messages that follow each other are one statement.</summary>
internal sealed class HistoryRows
{
    // To several people the same is sent within moments.
    private const long TogetherMillis = 60_000;

    private const string BeginSql = """
        INSERT INTO history_conversations (node, with_key, read_until) SELECT DISTINCT ON (node, lower(with_key COLLATE "C")) node, with_key, 0
        FROM unnest($1, $2) AS new (node, with_key) ON CONFLICT (node, lower(with_key)) DO NOTHING
        """;

    // The same body again is a copy only if it is for somebody else.
    private static readonly string AddSql = $"""
        INSERT INTO history_messages (conversation, mine, at, other, digest, body, words, search)
        SELECT c.id, m.mine, m.at, m.other, m.digest, m.body, m.words, CAST(without_accents(m.search) AS tsvector)
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) WITH ORDINALITY AS m (node, with_key, mine, at, other, digest, body, words, search, place)
        JOIN history_conversations c ON c.node = m.node AND lower(c.with_key) = lower(m.with_key COLLATE "C")
        WHERE m.digest IS NULL OR NOT EXISTS (
            SELECT FROM (SELECT other, at, digest FROM history_messages WHERE conversation = c.id ORDER BY id DESC LIMIT 300) l
            WHERE l.digest = m.digest AND l.other <> m.other AND l.at > m.at - {TogetherMillis})
        ORDER BY m.place
        """;

    // Numbers are others here.
    private const string AddPackedSql = """
        WITH new AS (
            SELECT nextval(pg_get_serial_sequence('history_messages', 'id')) AS id, o.* FROM (
                SELECT c.id AS conversation, m.* FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                    WITH ORDINALITY AS m (node, with_key, mine, at, other, digest, body, words, search, read, place)
                JOIN history_conversations c ON c.node = m.node AND lower(c.with_key) = lower(m.with_key COLLATE "C") ORDER BY m.place) o),
        added AS (
            INSERT INTO history_messages (id, conversation, mine, at, other, digest, body, words, search)
            SELECT id, conversation, mine, at, other, digest, body, words, CAST(without_accents(search) AS tsvector) FROM new)
        UPDATE history_conversations c SET read_until = r.until
        FROM (SELECT conversation, max(id) AS until FROM new WHERE read = 1 GROUP BY conversation) r WHERE c.id = r.conversation
        """;

    private const string ReadSql = """
        UPDATE history_conversations c SET read_until = greatest(c.read_until, coalesce(CASE WHEN $3 < l.last THEN $3 ELSE l.last END, 0))
        FROM (SELECT h.id, (SELECT max(m.id) FROM history_messages m WHERE m.conversation = h.id) AS last FROM history_conversations h
            WHERE h.node = $1 AND lower(h.with_key) = lower($2 COLLATE "C")) l
        WHERE c.id = l.id
        """;

    private const string ForgetSql = """
        DELETE FROM history_messages WHERE ($3 IS NULL OR id <= $3)
            AND conversation IN (SELECT id FROM history_conversations WHERE node = $1 AND ($2 IS NULL OR lower(with_key) = lower($2 COLLATE "C")))
        """;

    // What is searched begins with what stands for the node.
    private static readonly string[] InheritSql =
    [
        $"""
        UPDATE history_messages SET words = $3 || substr(words, {SearchWords.WordLength + 1}), search = CAST(replace(CAST(search AS text), $4, $5) AS tsvector)
        WHERE words <> '' AND conversation IN (SELECT id FROM history_conversations WHERE node = $1)
        """,
        """
        UPDATE history_conversations c SET node = $2 WHERE node = $1
            AND NOT EXISTS (SELECT FROM history_conversations o WHERE o.node = $2 AND lower(o.with_key) = lower(c.with_key))
        """,
        "DELETE FROM pictures WHERE node = $2 AND EXISTS (SELECT FROM pictures WHERE node = $1)",
        "UPDATE pictures SET node = $2 WHERE node = $1",
    ];

    private static readonly Column[] MessageColumns =
    [
        new("node", Text), new("with_key", Text), new("mine", Smallint), new("at", Bigint), new("other", Text), new("digest", Bigint), new("body", Bytea),
        new("words", Text), new("search", Text),
    ];

    private readonly List<Action<NpgsqlBatch>> steps = [];
    private List<object?[]> messages = [];

    // Those to several that the statement will not find in the table, by what makes them copies.
    private Dictionary<(string Node, string With, long Digest), (string Other, long At)> together = [];

    public void Add(string node, ArchivedMessage message)
    {
        var (body, at, digest) = (message.Body.ToArray(), message.At.ToUnixTimeMilliseconds(), default(long?));
        // A session: see ArchivedMessage.
        if (message.IsMine && !message.With.StartsWith("http", StringComparison.Ordinal))
        {
            digest = BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(body));
            var key = (node, message.With.ToLowerInvariant(), digest.Value);
            if (together.TryGetValue(key, out var first) && first.Other != message.Other && first.At > at - TogetherMillis) return;
            together[key] = (message.Other, at);
        }
        // No text of PostgreSQL has this character.
        var words = SearchWords.Of(node, message.Text.Replace('\0', ' '));
        messages.Add([node, message.With, message.IsMine ? (short)1 : (short)0, at, digest is null ? null : message.Other, digest, body, words,
            SearchWords.Vector(node, words)]);
    }

    public void MarkRead(string node, Change.HistoryRead mark) =>
        Then(batch => Batches.Add(batch, ReadSql, (node, Text), (mark.With, Text), (mark.Until, Bigint)));

    public void Forget(string node, Change.HistoryForgotten forgotten) =>
        Then(batch => Batches.Add(batch, ForgetSql, (node, Text), (forgotten.With, Text), (forgotten.Until, Bigint)));

    /// <summary>All that is kept beside a node ends with it.</summary>
    public void Drop(string node) => Then(batch =>
    {
        foreach (var table in NodeRows.Belongings) Batches.Add(batch, $"DELETE FROM {table} WHERE node = $1", (node, Text));
    });

    /// <summary>What is kept beside a node is another's, which is the account's next name.</summary>
    public void Inherit(string former, string node) => Then(batch =>
    {
        foreach (var sql in InheritSql)
        {
            Batches.Add(batch, sql, (former, Text), (node, Text), (SearchWords.WordOf(node), Text), (SearchWords.PrefixOf(former), Text),
                (SearchWords.PrefixOf(node), Text));
        }
    });

    /// <summary>Adds statements that write what another server has packed, where nothing is.</summary>
    public static void AddPacked(NpgsqlBatch batch, string node, IReadOnlyList<PackedMessage> messages)
    {
        if (messages.Count == 0) return;
        Batches.Add(batch, BeginSql, [.. messages.Select(message => new object?[] { node, message.With })], MessageColumns.AsSpan(0, 2));
        Batches.Add(batch, AddPackedSql, [.. messages.Select(message => new object?[]
        {
            node, message.With, message.IsMine != 0 ? (short)1 : (short)0, message.At, message.Other, message.Digest, message.Body, message.Words,
            SearchWords.Vector(node, message.Words), message.IsRead ? (short)1 : (short)0,
        })], [.. MessageColumns, new("read", Smallint)]);
    }

    public void AddTo(NpgsqlBatch batch)
    {
        Finish();
        foreach (var step in steps) step(batch);
    }

    private void Then(Action<NpgsqlBatch> step)
    {
        Finish();
        steps.Add(step);
    }

    private void Finish()
    {
        if (messages.Count == 0) return;
        var rows = messages;
        (messages, together) = ([], []);
        steps.Add(batch =>
        {
            Batches.Add(batch, BeginSql, rows, MessageColumns.AsSpan(0, 2));
            Batches.Add(batch, AddSql, rows, MessageColumns);
        });
    }
}
