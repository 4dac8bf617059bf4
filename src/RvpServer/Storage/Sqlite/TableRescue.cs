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
    private readonly string? keyInsteadOfNumber;
    private readonly Statement insert;
    private readonly List<(long First, long Last)> lost = [];
    private long saved;
    private int tries;

    public TableRescue(SqliteConnection source, SqliteConnection target, string table)
    {
        this.source = source;
        this.table = table;
        keyInsteadOfNumber = ReadTexts(target, $"""
            SELECT c.name FROM pragma_table_list t, pragma_table_info(t.name) c WHERE t.name = '{table}' AND t.wr = 1 AND c.pk = 1
            """).FirstOrDefault();
        // With the number of the row, which keeps the order in which they were written; a column that is that number comes with it.
        columns = keyInsteadOfNumber is not null
            ? ReadTexts(target, $"SELECT name FROM pragma_table_info('{table}')")
            : [
                "rowid", .. ReadTexts(target, $"""
                    SELECT name FROM pragma_table_info('{table}')
                    WHERE NOT (pk = 1 AND type = 'INTEGER' AND (SELECT COUNT(*) FROM pragma_table_info('{table}') WHERE pk > 0) = 1)
                    """),
            ];
        var values = string.Join(", ", Enumerable.Range(1, columns.Length).Select(i => string.Create(CultureInfo.InvariantCulture, $"?{i}")));
        insert = new Statement(target, $"INSERT OR IGNORE INTO {table} ({string.Join(", ", columns)}) VALUES ({values})");
        // What the schema has put there.
        SqliteFile.Execute(target, $"DELETE FROM {table}");
    }

    /// <summary>Copies; tells what was saved and what not.</summary>
    public string Run()
    {
        var isRestLost = keyInsteadOfNumber is { } key && !TryRead($"ORDER BY {key}", _ => { }) && !TryRead($"ORDER BY {key} DESC", _ => { });
        if (keyInsteadOfNumber is null) Save(-1, long.MaxValue);
        var text = string.Create(CultureInfo.InvariantCulture, $"{table}: {saved} rows saved{(isRestLost ? ", not all" : "")}");
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
        var last = from;
        var isComplete = TryRead(
            string.Create(CultureInfo.InvariantCulture, $"NOT INDEXED WHERE rowid > {Math.Min(from, to)} AND rowid < {Math.Max(from, to)} ORDER BY {order}"),
            row => last = row.GetInt64(0));
        from = last;
        return isComplete;
    }

    private bool TryRead(string which, Action<SqliteDataReader> onRead)
    {
        try
        {
            using var command = source.CreateCommand();
            command.CommandText = $"SELECT {string.Join(", ", columns)} FROM {table} {which}";
            using var rows = command.ExecuteReader();
            var values = new SqlValue[columns.Length];
            while (rows.Read())
            {
                for (var i = 0; i < values.Length; i++) values[i] = SqlValue.Of(rows.GetValue(i));
                insert.Run(values);
                saved++;
                onRead(rows);
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

    private static string[] ReadTexts(SqliteConnection target, string sql)
    {
        using var command = target.CreateCommand();
        command.CommandText = sql;
        using var rows = command.ExecuteReader();
        var texts = new List<string>();
        while (rows.Read()) texts.Add(rows.GetString(0));
        return [.. texts];
    }
}
