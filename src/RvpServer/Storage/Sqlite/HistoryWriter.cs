using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Rvp.Engine;

namespace RvpServer.Storage.Sqlite;

/// <summary>Writes an account's messages, inside a transaction of the caller.</summary>
internal sealed class HistoryWriter(SqliteConnection connection) : IDisposable
{
    // To several people the same is sent within moments.
    private const long TogetherMillis = 60_000;

    private readonly Statement add = new(connection, """
        INSERT INTO history (node, with_key, other, mine, at, digest, body, words) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        """);

    // What is sent to several is kept once: the same body again is a copy only if it is for somebody else.
    private readonly Statement addOwnToSeveral = new(connection, $"""
        INSERT INTO history (node, with_key, other, mine, at, digest, body, words) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
        WHERE NOT EXISTS (SELECT 1 FROM (SELECT other, mine, at, digest FROM history WHERE node = ?1 AND with_key = ?2 ORDER BY id DESC LIMIT 300)
            WHERE mine AND digest = ?6 AND other <> ?3 AND at > ?5 - {TogetherMillis})
        """);

    private readonly Statement read = new(connection, """
        INSERT INTO history_read (node, with_key, until)
        SELECT ?1, ?2, min(ifnull(?3, max(id)), max(id)) FROM history WHERE node = ?1 AND with_key = ?2 HAVING count(*) > 0
        ON CONFLICT (node, with_key) DO UPDATE SET until = max(until, excluded.until)
        """);

    private readonly Statement forget = new(connection, """
        DELETE FROM history WHERE node = ?1 AND (?2 IS NULL OR with_key = ?2) AND (?3 IS NULL OR id <= ?3)
        """);

    public void Add(string node, ArchivedMessage message)
    {
        var body = message.Body.ToArray();
        // A name with braces is a session: see ArchivedMessage.
        var statement = message.IsMine && !message.With.StartsWith("http", StringComparison.Ordinal) ? addOwnToSeveral : add;
        statement.Run(node, message.With, message.Other, message.IsMine, message.At.ToUnixTimeMilliseconds(),
            BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(body)), body, SearchWords.Of(node, message.Text));
    }

    public void MarkRead(string node, Change.HistoryRead mark) => read.Run(node, mark.With, mark.Until);

    public void Forget(string node, Change.HistoryForgotten forgotten) => forget.Run(node, forgotten.With, forgotten.Until);

    public void Dispose()
    {
        foreach (var statement in (Statement[])[add, addOwnToSeveral, read, forget]) statement.Dispose();
    }
}
