using Npgsql;

namespace RvpServer.Storage.Postgres;

/// <summary>A lock that one process has of all that use a database. It ends with its connection, however that ends.</summary>
internal sealed class AdvisoryLock : IDisposable
{
    /// <summary>Whoever imports accounts; any number that nothing else of ours uses.</summary>
    public const long Import = 0x52565054;

    private readonly NpgsqlConnection connection;
    private readonly long number;

    private AdvisoryLock(NpgsqlConnection connection, long number)
    {
        this.connection = connection;
        this.number = number;
    }

    /// <summary>Takes it; null if another connection has it. Throws <see cref="NpgsqlException"/>.</summary>
    public static AdvisoryLock? TryTake(NpgsqlDataSource source, long number)
    {
        var connection = source.OpenConnection();
        try
        {
            if (Schema.Read(connection, $"SELECT pg_try_advisory_lock({number})") is true) return new AdvisoryLock(connection, number);
            connection.Dispose();
            return null;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // The pool keeps the connection, and the lock with it, until somebody needs one.
    public void Dispose()
    {
        try
        {
            Schema.Read(connection, $"SELECT pg_advisory_unlock({number})");
        }
        catch (NpgsqlException)
        {
            // The connection is broken, and the lock gone with it.
        }
        connection.Dispose();
    }
}
