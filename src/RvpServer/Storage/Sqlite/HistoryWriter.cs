using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Rvp.Engine;
using SQLitePCL;

namespace RvpServer.Storage.Sqlite;

/// <summary>Writes an account's messages, inside a transaction of the caller.</summary>
internal sealed class HistoryWriter(SqliteConnection connection) : IDisposable
{
    // To several people the same is sent within moments.
    private const long TogetherMillis = 60_000;

    private readonly Statement add = new(connection, """
        INSERT INTO history_messages (conversation, mine, at, body, words)
        SELECT id, ?3, ?4, ?5, ?6 FROM history_conversations WHERE node = ?1 AND with_key = ?2
        """);

    private readonly Statement addToSeveral = new(connection, """
        INSERT INTO history_messages (conversation, mine, at, body, words, other, digest)
        SELECT id, ?3, ?4, ?5, ?6, ?7, ?8 FROM history_conversations WHERE node = ?1 AND with_key = ?2
        """);

    // The same body again is a copy only if it is for somebody else.
    private readonly Statement findCopy = new(connection, $"""
        SELECT 1 FROM (SELECT other, at, digest FROM history_messages
            WHERE conversation = (SELECT id FROM history_conversations WHERE node = ?1 AND with_key = ?2) ORDER BY id DESC LIMIT 300)
        WHERE digest = ?3 AND other <> ?4 AND at > ?5 - {TogetherMillis}
        """);

    private readonly Statement begin = new(connection, "INSERT INTO history_conversations (node, with_key, read_until) VALUES (?1, ?2, 0)");

    private readonly Statement read = new(connection, """
        UPDATE history_conversations SET read_until = max(read_until, ifnull((
            SELECT min(ifnull(?3, max(m.id)), max(m.id)) FROM history_messages m WHERE m.conversation = history_conversations.id), 0))
        WHERE node = ?1 AND with_key = ?2
        """);

    private readonly Statement forget = new(connection, """
        DELETE FROM history_messages WHERE conversation IN (SELECT id FROM history_conversations WHERE node = ?1 AND (?2 IS NULL OR with_key = ?2))
            AND (?3 IS NULL OR id <= ?3)
        """);

    public void Add(string node, ArchivedMessage message)
    {
        var (body, words, at) = (message.Body.ToArray(), SearchWords.Of(node, message.Text), message.At.ToUnixTimeMilliseconds());
        // A session: see ArchivedMessage.
        if (message.IsMine && !message.With.StartsWith("http", StringComparison.Ordinal))
        {
            var digest = BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(body));
            if (findCopy.Finds(node, message.With, digest, message.Other, at)) return;
            Run(addToSeveral, node, message.With, [node, message.With, message.IsMine, at, body, words, message.Other, digest]);
        }
        else
        {
            Run(add, node, message.With, [node, message.With, message.IsMine, at, body, words]);
        }
    }

    public void MarkRead(string node, Change.HistoryRead mark) => read.Run(node, mark.With, mark.Until);

    public void Forget(string node, Change.HistoryForgotten forgotten) => forget.Run(node, forgotten.With, forgotten.Until);

    public void Dispose()
    {
        foreach (var statement in (Statement[])[add, addToSeveral, findCopy, begin, read, forget]) statement.Dispose();
    }

    private void Run(Statement statement, string node, string with, ReadOnlySpan<SqlValue> values)
    {
        statement.Run(values);
        if (raw.sqlite3_changes(connection.Handle) > 0) return;
        begin.Run(node, with);
        statement.Run(values);
    }
}
