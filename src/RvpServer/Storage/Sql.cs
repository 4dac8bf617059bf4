using System.Data.Common;
using System.Text;

namespace RvpServer.Storage;

/// <summary>SQL that is not specific to one engine, over ADO.NET. Parameters begin with <c>@</c>.</summary>
internal static class Sql
{
    /// <summary>A command with parameters; null values become NULL.</summary>
    public static DbCommand Command(DbConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value is string text ? Storable(text) : value ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }
        return command;
    }

    /// <summary>Runs statements; gives the number of rows that they changed.</summary>
    public static async Task<int> ExecuteAsync(
        DbConnection connection, string sql, CancellationToken stop, params (string Name, object? Value)[] parameters)
    {
        await using var command = Command(connection, sql, parameters);
        return await command.ExecuteNonQueryAsync(stop);
    }

    // PostgreSQL has no NUL in a text, and no database half of a surrogate pair. Somebody may ask for a name with either.
    private static string Storable(string text)
    {
        var whole = text.AsSpan().ContainsAnyInRange('\ud800', '\udfff') ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) : text;
        return whole.Replace('\0', '\ufffd');
    }
}
