namespace RvpServer.Configuration;

internal enum StorageProvider
{
    /// <summary>Embedded, a file in the data directory.</summary>
    Sqlite,

    /// <summary>A PostgreSQL server, which several processes may share.</summary>
    Postgres,
}

/// <summary>Where state is kept.</summary>
internal sealed record StorageOptions
{
    // Works without installing anything else.
    public StorageProvider Provider { get; init; } = StorageProvider.Sqlite;

    /// <summary>File whose only line is the connection string; PostgreSQL only.</summary>
    // A file, since the string contains a password.
    public string? ConnectionStringFile { get; init; }
}
