using Npgsql;
using NpgsqlTypes;

namespace RvpServer.Storage.Postgres;

/// <summary>What becomes of one table's rows by a group of changes: of each key the last change counts, since one statement takes no row twice.</summary>
internal sealed class RowSet<TKey>(Table table)
    where TKey : notnull
{
    private readonly Dictionary<TKey, object?[]> set = [];
    private readonly List<object?[]> gone = [];
    private readonly List<object?[]> goneOfNode = [];

    /// <summary>A row as it is from now on, in the order of the table's columns.</summary>
    public void Set(TKey key, params object?[] row) => set[key] = row;

    /// <summary>The row if the group sets it: may be changed.</summary>
    public object?[]? Find(TKey key) => set.GetValueOrDefault(key);

    /// <summary>A row ends, by the columns of its key.</summary>
    public void Remove(TKey key, params object?[] columns)
    {
        set.Remove(key);
        gone.Add(columns);
    }

    /// <summary>A row ends if it is a node's: another one may have it by now. Where the group sets it, <paramref name="isOfNode"/> says that.</summary>
    public void RemoveOfNode(TKey key, Func<object?[], bool> isOfNode, params object?[] columns)
    {
        if (set.TryGetValue(key, out var row) && isOfNode(row)) set.Remove(key);
        goneOfNode.Add(columns);
    }

    /// <summary>Forgets rows that the group sets.</summary>
    public void Forget(Func<object?[], bool> which)
    {
        if (set.Count == 0) return;
        foreach (var (key, _) in set.Where(row => which(row.Value)).ToList()) set.Remove(key);
    }

    /// <summary>The statements that delete; they come before all that insert.</summary>
    public void DeleteIn(NpgsqlBatch batch, Column? node = null)
    {
        if (gone.Count > 0) Batches.Add(batch, table.Delete, gone, table.Keys);
        if (goneOfNode.Count > 0) Batches.Add(batch, table.DeleteOfNode, goneOfNode, [.. table.Keys, node!.Value]);
    }

    /// <summary>The statement that inserts and replaces.</summary>
    public void UpsertIn(NpgsqlBatch batch)
    {
        if (set.Count > 0) Batches.Add(batch, table.Upsert, set.Values, table.Columns);
    }
}

/// <summary>Statements over arrays.</summary>
internal static class Batches
{
    /// <summary>Adds a statement whose parameters are the columns of these rows.</summary>
    public static void Add(NpgsqlBatch batch, string sql, IReadOnlyCollection<object?[]> rows, ReadOnlySpan<Column> columns)
    {
        var command = new NpgsqlBatchCommand(sql);
        for (var i = 0; i < columns.Length; i++)
            command.Parameters.Add(new NpgsqlParameter { Value = ArrayOf(rows, i, columns[i].Type), NpgsqlDbType = NpgsqlDbType.Array | columns[i].Type });
        batch.BatchCommands.Add(command);
    }

    /// <summary>Adds a statement with these parameters.</summary>
    public static void Add(NpgsqlBatch batch, string sql, params ReadOnlySpan<(object? Value, NpgsqlDbType Type)> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var (value, type) in values) command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value, NpgsqlDbType = type });
        batch.BatchCommands.Add(command);
    }

    private static Array ArrayOf(IReadOnlyCollection<object?[]> rows, int column, NpgsqlDbType type) => type switch
    {
        NpgsqlDbType.Smallint => ArrayOf<short?>(rows, column),
        NpgsqlDbType.Integer => ArrayOf<int?>(rows, column),
        NpgsqlDbType.Bigint => ArrayOf<long?>(rows, column),
        NpgsqlDbType.Bytea => ArrayOf<byte[]?>(rows, column),
        _ => ArrayOf<string?>(rows, column),
    };

    private static T[] ArrayOf<T>(IReadOnlyCollection<object?[]> rows, int column)
    {
        var (array, i) = (new T[rows.Count], 0);
        foreach (var row in rows) array[i++] = (T)row[column]!;
        return array;
    }
}
