using System.Security.Cryptography;
using Npgsql;

namespace RvpServer.Storage.Postgres;

/// <summary>The tables: numbered files beside this one, each run once.</summary>
internal static class Schema
{
    private const string Prefix = "RvpServer.Storage.Postgres.Migrations.";

    // Any number that is ours: "RVPS".
    private const long UpdateLock = 0x52565053;

    private const int OldestServer = 140000;

    /// <summary>The newest version that this program supports.</summary>
    public static int Newest => Migrations().Count;

    /// <summary>
    /// Brings a database up to a version, in one transaction that no other process runs at the same time. Throws <see cref="StoreException"/>.
    /// </summary>
    public static void Update(NpgsqlConnection connection, string name, int version, int? shards, bool mayUpgrade)
    {
        if (connection.PostgreSqlVersion.Major * 10000 < OldestServer)
            throw new StoreException($"The store {name} is PostgreSQL {connection.PostgreSqlVersion.Major}: version 14 or a newer one is needed.");
        if (Read(connection, "SHOW server_encoding") is not "UTF8") throw new StoreException($"The store {name} is not in UTF-8: make another database.");
        using var transaction = connection.BeginTransaction();
        Read(connection, $"SELECT pg_advisory_xact_lock({UpdateLock})");
        var known = Known(connection, name);
        if (known > version) throw Newer(name, known, version);
        if (known > 0 && known < version && !mayUpgrade)
        {
            throw new StoreException($"The store {name} is of an older version (schema {known}, this one needs {version}): "
                + "the server updates it when it starts.");
        }
        if (known < version) Migrate(connection, known, version);
        if (known == 0) Fill(connection, shards ?? ShardMap.DefaultCount);
        transaction.Commit();
        CheckShards(connection, name, shards);
    }

    /// <summary>The version that a database has, 0 if there is nothing in it. Throws <see cref="StoreException"/> where no server could start.</summary>
    public static int Check(NpgsqlConnection connection, string name, int version, int? shards)
    {
        var known = Known(connection, name);
        if (known > version) throw Newer(name, known, version);
        if (known > 0) CheckShards(connection, name, shards);
        return known;
    }

    /// <summary>The value that a statement gives.</summary>
    public static object Read(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        return command.ExecuteScalar()!;
    }

    private static StoreException Newer(string name, int known, int version) =>
        new($"The store {name} was written by a newer version (schema {known}, this one knows {version}): use that.");

    private static void CheckShards(NpgsqlConnection connection, string name, int? shards)
    {
        if (shards is { } wanted && (long)Read(connection, "SELECT count(*) FROM shards") is var made && made != wanted)
            throw new StoreException($"The store {name} was made with {made} shards, which cannot be changed: set Rvp:Cluster:Shards to {made}.");
    }

    // 0: an empty database.
    private static int Known(NpgsqlConnection connection, string name)
    {
        // Another program may well have a table of this name, but not with this column.
        if ((long)Read(connection, "SELECT count(*) FROM pg_attribute WHERE attrelid = to_regclass('schema_version') AND attname = 'rvpserver'") > 0)
            return (int)Read(connection, "SELECT rvpserver FROM schema_version");
        if ((long)Read(connection, "SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'v')") > 0)
            throw new StoreException($"{name} is a database of another program: give the server an empty one.");
        return 0;
    }

    private static void Migrate(NpgsqlConnection connection, int known, int version)
    {
        if (known == 0) Execute(connection, "CREATE TABLE schema_version (rvpserver integer NOT NULL); INSERT INTO schema_version VALUES (0)");
        foreach (var migration in Migrations().Take(version).Skip(known)) Execute(connection, migration);
        Execute(connection, $"UPDATE schema_version SET rvpserver = {version}");
    }

    private static void Fill(NpgsqlConnection connection, int shards)
    {
        Execute(connection, $"INSERT INTO shards (id) SELECT generate_series(0, {shards} - 1)");
        using var key = new NpgsqlCommand("INSERT INTO id_key (floor, key) VALUES (1, $1)", connection);
        key.Parameters.Add(new NpgsqlParameter { Value = RandomNumberGenerator.GetBytes(32) });
        key.ExecuteNonQuery();
    }

    private static void Execute(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private static List<string> Migrations()
    {
        var assembly = typeof(Schema).Assembly;
        var names = assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        return [.. names.Select(name =>
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            return reader.ReadToEnd();
        })];
    }
}
