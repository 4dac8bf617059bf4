using System.Data.Common;
using System.Globalization;

namespace RvpServer.Storage;

/// <summary>
/// The numbers of ids, which go round: from the floor to the largest that clients can parse, then from the floor again, so that those come first that were
/// given the longest time ago. Left out are numbers that are in use, and those that rest: their subscription ended when the counter was near already, so
/// somebody may still name it. The table <c>resting_ids</c> has them, filled by triggers.
/// </summary>
internal static class IdCounter
{
    /// <summary>
    /// Reserves at least <paramref name="count"/> numbers; inside a transaction of the caller. Throws <see cref="StoreException"/> if all are in use.
    /// </summary>
    public static IReadOnlyList<IdRange> Reserve(DbConnection connection, int count)
    {
        // Where several may write at once, the others wait here.
        Execute(connection, "UPDATE counters SET value = value WHERE name = 'next_id'");
        var floor = ReadNumber(connection, "SELECT floor FROM id_key");
        var next = ReadNumber(connection, "SELECT value FROM counters WHERE name = 'next_id'");
        var free = new List<IdRange>();
        var seen = 0L;
        for (var left = count; left > 0;)
        {
            // Past the end also after a restore, which takes a step.
            if (next > int.MaxValue) next = floor + ((next - floor) % (int.MaxValue + 1L - floor));
            var end = Math.Min(next + count, int.MaxValue + 1L);
            var found = FreeIn(connection, next, end);
            free.AddRange(found);
            left -= found.Sum(range => range.Count);
            seen += end - next;
            if (left > 0 && seen > int.MaxValue - floor) throw new StoreException("All ids of subscriptions are in use.");
            next = end;
        }
        Execute(connection, "UPDATE counters SET value = @first WHERE name = 'next_id'", next);
        return free;
    }

    // What rests is passed over once.
    private static List<IdRange> FreeIn(DbConnection connection, long first, long end)
    {
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT id FROM subscriptions WHERE id >= @first AND id < @end UNION SELECT id FROM views WHERE id >= @first AND id < @end
            UNION SELECT id FROM resting_ids WHERE id >= @first AND id < @end ORDER BY id
            """;
        Bind(command, first, end);
        var (free, start) = (new List<IdRange>(), first);
        using (var taken = command.ExecuteReader())
        {
            while (taken.Read())
            {
                Add(free, first, taken.GetInt64(0));
                first = taken.GetInt64(0) + 1;
            }
        }
        Add(free, first, end);
        Execute(connection, "DELETE FROM resting_ids WHERE id >= @first AND id < @end", start, end);
        return free;
    }

    private static void Add(List<IdRange> free, long first, long end)
    {
        if (first < end) free.Add(new IdRange(first, end));
    }

    private static void Execute(DbConnection connection, string sql, params long[] values)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        Bind(command, values);
        command.ExecuteNonQuery();
    }

    private static long ReadNumber(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static void Bind(DbCommand command, params ReadOnlySpan<long> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (i == 0 ? "@first" : "@end", values[i]);
            command.Parameters.Add(parameter);
        }
    }
}
