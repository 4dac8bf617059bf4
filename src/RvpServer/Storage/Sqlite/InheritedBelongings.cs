using Microsoft.Data.Sqlite;

namespace RvpServer.Storage.Sqlite;

/// <summary>Gives what is kept beside a node to that of the account's next name, inside a transaction of the caller.</summary>
internal sealed class InheritedBelongings(SqliteConnection connection) : IDisposable
{
    // What is searched begins with a word that stands for the node.
    private readonly Statement words = new(connection, $"""
        UPDATE history_messages SET words = ?2 || substr(words, {SearchWords.WordLength + 1})
        WHERE words <> '' AND conversation IN (SELECT id FROM history_conversations WHERE node = ?1)
        """);

    private readonly Statement conversations = new(connection, "UPDATE OR IGNORE history_conversations SET node = ?2 WHERE node = ?1");
    private readonly Statement picture = new(connection, "UPDATE OR REPLACE pictures SET node = ?2 WHERE node = ?1");

    public void Inherit(string former, string node)
    {
        words.Run(former, SearchWords.WordOf(node));
        conversations.Run(former, node);
        picture.Run(former, node);
    }

    public void Dispose()
    {
        foreach (var statement in (Statement[])[words, conversations, picture]) statement.Dispose();
    }
}
