using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace RvpServer.Storage.Sqlite;

/// <summary>
/// A statement with parameters ?1, ?2, …, prepared once and reused: for what is run for every request, or for millions of rows. By SQLite's own functions,
/// since a command of the driver makes several objects for each value and looks its parameters up by name each time.
/// </summary>
internal sealed class Statement(SqliteConnection connection, string sql) : IRows
{
    private const int MaxOnStack = 512;

    private sqlite3_stmt? prepared;

    /// <summary>Runs it with these values to its end. Throws <see cref="SqliteException"/>.</summary>
    public void Run(params ReadOnlySpan<SqlValue> values)
    {
        var statement = Prepared();
        try
        {
            for (var i = 0; i < values.Length; i++) Check(Bind(statement, i + 1, values[i]));
            while (Step())
            {
                // Rows are of no interest here.
            }
        }
        finally
        {
            // What went wrong it has told already.
            _ = raw.sqlite3_reset(statement);
        }
    }

    /// <summary>Whether it gives a row for these values. Throws <see cref="SqliteException"/>.</summary>
    public bool Finds(params ReadOnlySpan<SqlValue> values)
    {
        var statement = Prepared();
        try
        {
            for (var i = 0; i < values.Length; i++) Check(Bind(statement, i + 1, values[i]));
            return Step();
        }
        finally
        {
            _ = raw.sqlite3_reset(statement);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="SqliteException">The store cannot be read, or what the statement asks for cannot be done.</exception>
    public bool Step()
    {
        var result = raw.sqlite3_step(Prepared());
        if (result == raw.SQLITE_ROW) return true;
        if (result != raw.SQLITE_DONE) Check(result);
        return false;
    }

    /// <inheritdoc/>
    public long Number(int column) => raw.sqlite3_column_int64(prepared, column);

    /// <inheritdoc/>
    public bool IsNull(int column) => raw.sqlite3_column_type(prepared, column) == raw.SQLITE_NULL;

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(prepared, column);

    /// <inheritdoc/>
    public string? Text(int column) => IsNull(column) ? null : Encoding.UTF8.GetString(Bytes(column));

    /// <inheritdoc/>
    public void Dispose() => prepared?.Dispose();

    private static int Bind(sqlite3_stmt statement, int index, SqlValue value) => value switch
    {
        { IsNumber: true } => raw.sqlite3_bind_int64(statement, index, value.Number),
        // Of an empty span SQLite would make NULL.
        { Object: string { Length: 0 } } => raw.sqlite3_bind_text(statement, index, ""),
        { Object: string text } => BindText(statement, index, text),
        { Object: byte[] { Length: 0 } } => raw.sqlite3_bind_zeroblob(statement, index, 0),
        { Object: byte[] bytes } => raw.sqlite3_bind_blob(statement, index, bytes),
        _ => raw.sqlite3_bind_null(statement, index),
    };

    private static int BindText(sqlite3_stmt statement, int index, string text)
    {
        Span<byte> buffer = stackalloc byte[MaxOnStack];
        return Encoding.UTF8.TryGetBytes(text, buffer, out var length)
            ? raw.sqlite3_bind_text(statement, index, buffer[..length])
            : raw.sqlite3_bind_text(statement, index, Encoding.UTF8.GetBytes(text));
    }

    private sqlite3_stmt Prepared()
    {
        if (prepared is null) Check(raw.sqlite3_prepare_v2(connection.Handle, sql, out prepared));
        return prepared!;
    }

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(result, connection.Handle);
    }
}
