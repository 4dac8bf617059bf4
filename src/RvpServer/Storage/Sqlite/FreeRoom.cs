using System.Globalization;
using Microsoft.Data.Sqlite;

namespace RvpServer.Storage.Sqlite;

/// <summary>
/// Gives room in the file back that a flood has needed and nothing needs any more: in small steps, each a short transaction, beside those of the server.
/// </summary>
internal static class FreeRoom
{
    /// <summary>Free pages that stay for what comes next, 16 MB: a little more than a busy hour frees and fills again.</summary>
    internal const int Kept = 4096;

    // 1 MB: some milliseconds.
    private const int PagesPerStep = 256;

    /// <summary>Gives back one step's worth if there is much; true if there is still much.</summary>
    public static bool GiveBack(SqliteFile file)
    {
        using var connection = file.Open();
        if (!HasMuch(connection)) return false;
        using var command = connection.CreateCommand();
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"PRAGMA incremental_vacuum({PagesPerStep})");
        using (var rows = command.ExecuteReader())
        {
            // A row for each page.
            while (rows.Read())
            {
            }
        }
        return HasMuch(connection);
    }

    private static bool HasMuch(SqliteConnection connection) => SqliteFile.ReadNumber(connection, "PRAGMA freelist_count") > Kept;
}
