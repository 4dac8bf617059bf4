using System.Data.Common;

namespace RvpServer.Storage;

/// <summary>The ids that nodes brought along, as the store keeps them.</summary>
internal static class ForeignIds
{
    /// <summary>Reads them into <paramref name="ids"/>.</summary>
    public static void Load(DbConnection connection, StoredIds ids)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT number, node, id FROM foreign_ids ORDER BY number";
        using var row = command.ExecuteReader();
        while (row.Read()) ids.Add(row.GetString(1), row.GetInt32(2), row.GetInt32(0));
    }
}
