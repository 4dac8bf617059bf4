using Npgsql;

namespace RvpServer.Storage.Postgres;

/// <summary>The rows of a statement, on a connection that does nothing else meanwhile.</summary>
internal sealed class PostgresRows : IRows
{
    private readonly NpgsqlCommand command;
    private readonly NpgsqlDataReader reader;

    public PostgresRows(NpgsqlConnection connection, string sql)
    {
        // It may be millions.
        command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        reader = command.ExecuteReader();
    }

    /// <inheritdoc/>
    public bool Step() => reader.Read();

    /// <inheritdoc/>
    public long Number(int column) => reader.IsDBNull(column) ? 0 : reader.GetInt64(column);

    /// <inheritdoc/>
    public bool IsNull(int column) => reader.IsDBNull(column);

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Bytes(int column) => reader.IsDBNull(column) ? default : reader.GetFieldValue<byte[]>(column);

    /// <inheritdoc/>
    public string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    /// <inheritdoc/>
    public void Dispose()
    {
        reader.Dispose();
        command.Dispose();
    }
}
