using System.Globalization;
using Microsoft.Data.Sqlite;

namespace RvpServer.Storage.Sqlite;

/// <summary>Removes from a repaired store what means nothing without rows that were lost, and makes what a store must have.</summary>
internal static class RepairedReferences
{
    private static readonly (string Table, string Lost)[] Orphans =
    [
        ("accounts", "id NOT IN (SELECT account FROM addresses WHERE position = 0)"),
        ("addresses", "account NOT IN (SELECT id FROM accounts)"),
        ("secrets", "account NOT IN (SELECT id FROM accounts)"),
        // Nobody could end it.
        ("views", "sign_in IS NOT NULL AND sign_in NOT IN (SELECT id FROM subscriptions)"),
        ("view_values", "view NOT IN (SELECT id FROM views)"),
        ("poll_entries", "subscription NOT IN (SELECT id FROM subscriptions)"),
    ];

    /// <summary>Does it, inside the caller's transaction; tells what is missing now.</summary>
    public static IReadOnlyList<string> Mend(SqliteConnection store)
    {
        var lines = new List<string>();
        if (!Has(store, "id_key") || SqliteFile.ReadNumber(store, "SELECT COUNT(*) FROM id_key") == 0) ForgetSignIns(store, lines);
        string[] counters = Has(store, "inbox") ? ["next_id", "accounts", "poll_sequence"] : ["next_id", "accounts"];
        foreach (var name in counters)
            SqliteFile.Execute(store, $"INSERT OR IGNORE INTO counters (name, value) VALUES ('{name}', 1)");
        // The counter may be lost, and ids that were given must not become somebody else's.
        SqliteFile.Execute(store, string.Create(CultureInfo.InvariantCulture, $"""
            UPDATE counters SET value = {SqliteBackup.IdStep}
                + max(value, (SELECT ifnull(max(id), 0) FROM subscriptions), (SELECT ifnull(max(id), 0) FROM views))
            WHERE name = 'next_id'
            """));
        foreach (var (table, which) in Orphans.Where(orphans => Has(store, orphans.Table)))
        {
            if (table == "accounts") lines.AddRange(Names(store, which).Select(name => $"The account {name} is lost: add it again."));
            SqliteFile.Execute(store, $"DELETE FROM {table} WHERE {which}");
        }
        if (Has(store, "secrets"))
            lines.AddRange(Names(store, "id NOT IN (SELECT account FROM secrets)").Select(name => $"The account {name} has no password any more: set it."));
        return lines;
    }

    // Ids are numbers under a key: with another key nobody's would be the right one.
    private static void ForgetSignIns(SqliteConnection store, List<string> lines)
    {
        lines.Add("The key of the ids is lost: everybody must sign in again.");
        SqliteFile.Execute(store, "DELETE FROM subscriptions; DELETE FROM views; INSERT INTO id_key (floor, key) VALUES (1, randomblob(32))");
    }

    private static List<string> Names(SqliteConnection store, string which)
    {
        if (!Has(store, "accounts")) return [];
        using var command = store.CreateCommand();
        command.CommandText = $"SELECT name || ' of ' || domain FROM accounts WHERE {which} ORDER BY domain, name_key";
        using var rows = command.ExecuteReader();
        var names = new List<string>();
        while (rows.Read()) names.Add(rows.GetString(0));
        return names;
    }

    private static bool Has(SqliteConnection store, string table) =>
        SqliteFile.ReadNumber(store, $"SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = '{table}'") > 0;
}
