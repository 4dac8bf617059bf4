using System.Data.Common;

namespace RvpServer.Storage;

/// <summary>The ids that nodes brought along, as the store keeps them.</summary>
internal static class ForeignIds
{
    /// <summary>Reads them into <paramref name="ids"/>, all or those that a WHERE leaves.</summary>
    public static void Load(DbConnection connection, StoredIds ids, string rows = "")
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT number, node, id FROM foreign_ids {rows} ORDER BY number";
        using var row = command.ExecuteReader();
        while (row.Read()) ids.Add(row.GetString(1), row.GetInt32(2), row.GetInt32(0));
    }
}
