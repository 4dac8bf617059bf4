using NpgsqlTypes;

namespace RvpServer.Storage.Postgres;

/// <summary>A column of a table that is written in groups.</summary>
internal readonly record struct Column(string Name, NpgsqlDbType Type);

/// <summary>
/// A table that is written in groups, and its statements over arrays: one inserts or replaces any number of rows, one deletes them. Their text is always the
/// same, so they are prepared once.
/// </summary>
internal sealed class Table
{
    /// <param name="name">The name.</param>
    /// <param name="keys">How many of the columns are the key.</param>
    /// <param name="columns">The columns, those of the key first.</param>
    /// <param name="isKept">Whether a row stays as it is once it is there.</param>
    public Table(string name, int keys, Column[] columns, bool isKept = false)
    {
        Columns = columns;
        Keys = columns[..keys];
        var key = string.Join(", ", Keys.Select(column => column.Name));
        var all = string.Join(", ", columns.Select(column => column.Name));
        var updates = string.Join(", ", columns[keys..].Select(column => $"{column.Name} = excluded.{column.Name}"));
        Upsert = $"INSERT INTO {name} ({all}) SELECT * FROM unnest({Places(columns.Length)}) ON CONFLICT ({key}) DO "
            + (isKept ? "NOTHING" : "UPDATE SET " + updates);
        Delete = $"DELETE FROM {name} t USING unnest({Places(keys)}) AS gone ({key}) WHERE "
            + string.Join(" AND ", Keys.Select(column => $"t.{column.Name} = gone.{column.Name}"));
        DeleteOfNode = $"DELETE FROM {name} t USING unnest({Places(keys + 1)}) AS gone ({key}, node) WHERE t.node = gone.node AND "
            + string.Join(" AND ", Keys.Select(column => $"t.{column.Name} = gone.{column.Name}"));
    }

    public Column[] Columns { get; }

    public Column[] Keys { get; }

    /// <summary>Inserts rows, or replaces those with the same key.</summary>
    public string Upsert { get; }

    /// <summary>Deletes rows by their keys.</summary>
    public string Delete { get; }

    /// <summary>Deletes rows by their keys if they are a node's.</summary>
    public string DeleteOfNode { get; }

    private static string Places(int count) => string.Join(", ", Enumerable.Range(1, count).Select(i => "$" + i));
}
