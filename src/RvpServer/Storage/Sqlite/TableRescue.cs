using System.Globalization;
using Microsoft.Data.Sqlite;

namespace RvpServer.Storage.Sqlite;

/// <summary>
/// Copies the rows of one table that can be read. Reading from the beginning ends at the first damaged page, reading from the end at the last; what lies
/// between is divided and tried again, until it is one row or enough was tried.
/// </summary>
internal sealed class TableRescue : IDisposable
{
    // Each ends at a page that cannot be read, within microseconds.
    private const int MaxTries = 20_000;

    private readonly SqliteConnection source;
    private readonly string table;
    private readonly string[] columns;
    private readonly Statement insert;
    private readonly List<(long First, long Last)> lost = [];
    private long saved;
    private int tries;

    public TableRescue(SqliteConnection source, SqliteConnection target, string table)
    {
        this.source = source;
        this.table = table;
        columns = ReadColumns(target);
        // By the number of the row, which keeps the order in which they were written.
        var names = string.Join(", ", columns.Prepend("rowid"));
        var values = string.Join(", ", Enumerable.Range(1, columns.Length + 1).Select(i => string.Create(CultureInfo.InvariantCulture, $"?{i}")));
        insert = new Statement(target, $"INSERT OR IGNORE INTO {table} ({names}) VALUES ({values})");
        // What the schema has put there.
        SqliteFile.Execute(target, $"DELETE FROM {table}");
    }

    /// <summary>Copies; tells what was saved and what not.</summary>
    public string Run()
    {
        Save(-1, long.MaxValue);
        var text = string.Create(CultureInfo.InvariantCulture, $"{table}: {saved} rows saved");
        return lost.Count == 0 ? text : $"{text}, not {string.Join(", ", lost.Select(Describe))}";
    }

    /// <inheritdoc/>
    public void Dispose() => insert.Dispose();

    // Both ends are outside.
    private void Save(long low, long high)
    {
        if (Read(ref low, high, "rowid") || Read(ref high, low, "rowid DESC")) return;
        if (high - low <= 2 || tries >= MaxTries)
        {
            Lose(low + 1, high - 1);
            return;
        }
        var middle = low + ((high - low) / 2);
        Save(low, middle + 1);
        Save(middle, high);
    }

    // True if all rows were read; otherwise the bound has moved to the last that could be.
    private bool Read(ref long from, long to, string order)
    {
        tries++;
        try
        {
            using var command = source.CreateCommand();
            command.CommandText = string.Create(CultureInfo.InvariantCulture, $"""
                SELECT {string.Join(", ", columns.Prepend("rowid"))} FROM {table} NOT INDEXED
                WHERE rowid > {Math.Min(from, to)} AND rowid < {Math.Max(from, to)} ORDER BY {order}
                """);
            using var rows = command.ExecuteReader();
            var values = new object?[columns.Length + 1];
            while (rows.Read())
            {
                for (var i = 0; i < values.Length; i++) values[i] = rows.GetValue(i);
                insert.Run(values);
                saved++;
                from = rows.GetInt64(0);
            }
            return true;
        }
        catch (SqliteException failure) when (SqliteFile.IsDamage(failure) || failure.SqliteErrorCode == SQLitePCL.raw.SQLITE_IOERR)
        {
            return false;
        }
    }

    private void Lose(long first, long last)
    {
        if (first > last) return;
        if (lost.Count > 0 && lost[^1].Last + 1 >= first) lost[^1] = (lost[^1].First, last);
        else lost.Add((first, last));
    }

    private static string Describe((long First, long Last) rows) => string.Create(
        CultureInfo.InvariantCulture, $"{rows.First}{(rows.Last == rows.First ? "" : rows.Last >= long.MaxValue - 1 ? " and later" : $" to {rows.Last}")}");

    // A column that is the number of the row comes with it.
    private string[] ReadColumns(SqliteConnection target)
    {
        using var command = target.CreateCommand();
        command.CommandText = $"""
            SELECT name FROM pragma_table_info('{table}')
            WHERE NOT (pk = 1 AND type = 'INTEGER' AND (SELECT COUNT(*) FROM pragma_table_info('{table}') WHERE pk > 0) = 1)
            """;
        using var rows = command.ExecuteReader();
        var names = new List<string>();
        while (rows.Read()) names.Add(rows.GetString(0));
        return [.. names];
    }
}
