using Microsoft.Data.Sqlite;

namespace RvpServer.Storage.Sqlite;

/// <summary>Gives what is kept beside a node to that of the account's next name, inside a transaction of the caller.</summary>
internal sealed class InheritedBelongings(SqliteConnection connection) : IDisposable
{
    // What is searched begins with a word that stands for the node.
    private readonly Statement history = new(connection, $"""
        UPDATE history SET node = ?2, words = CASE words WHEN '' THEN '' ELSE ?3 || substr(words, {SearchWords.WordLength + 1}) END WHERE node = ?1
        """);

    private readonly Statement read = new(connection, "UPDATE OR REPLACE history_read SET node = ?2 WHERE node = ?1");
    private readonly Statement picture = new(connection, "UPDATE OR REPLACE pictures SET node = ?2 WHERE node = ?1");

    public void Inherit(string former, string node)
    {
        history.Run(former, node, SearchWords.WordOf(node));
        read.Run(former, node);
        picture.Run(former, node);
    }

    public void Dispose()
    {
        foreach (var statement in (Statement[])[history, read, picture]) statement.Dispose();
    }
}
