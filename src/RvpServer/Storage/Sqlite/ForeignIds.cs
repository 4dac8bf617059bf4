using Microsoft.Data.Sqlite;

namespace RvpServer.Storage.Sqlite;

/// <summary>The ids that nodes brought along, as the store keeps them.</summary>
internal static class ForeignIds
{
    /// <summary>Reads them into <paramref name="ids"/>.</summary>
    public static void Load(SqliteConnection connection, StoredIds ids)
    {
        using var row = new Statement(connection, "SELECT number, node, id FROM foreign_ids ORDER BY number");
        while (row.Step()) ids.Add(row.Text(1)!, row.Int(2), row.Int(0));
    }
}
