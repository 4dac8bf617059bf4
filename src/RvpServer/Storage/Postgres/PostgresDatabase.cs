using System.Data.Common;
using System.Diagnostics;
using Npgsql;

namespace RvpServer.Storage.Postgres;

/// <summary>A database of a PostgreSQL server, with its schema up to date; a small pool of connections, for one process of ours.</summary>
internal sealed class PostgresDatabase : IDatabase, IAsyncDisposable
{
    /// <summary>How every connection of this server's programs is called, before the process's id.</summary>
    public const string ApplicationName = "rvpserver";

    /// <summary>The name of the library, for others that use it by name.</summary>
    public const string Library = "Npgsql";

    // What the connection string may say otherwise. One connection writes the nodes' changes; the others are for accounts, histories and pages. Silent servers
    // are noticed by the system: Npgsql's own way takes a thread for each idle connection. Times are seconds.
    private const string Defaults = "Timeout=5;Command Timeout=15;Maximum Pool Size=12;Max Auto Prepare=100;Auto Prepare Min Usages=2;"
        + "Tcp Keepalive=true;Tcp Keepalive Time=5;Tcp Keepalive Interval=2;";

    // Of several hosts only the one that can be written is of use. Whoever connects may first have to find out that another one is dead.
    private const string DefaultsOfSeveral = "Timeout=2;Target Session Attributes=read-write;";

    private static readonly TimeSpan Respite = TimeSpan.FromSeconds(1);

    private Tuple<long, NpgsqlException>? away;

    private PostgresDatabase(NpgsqlDataSource source, Guid process, string name)
    {
        Source = source;
        Process = process;
        Name = name;
    }

    /// <summary>The connections.</summary>
    public NpgsqlDataSource Source { get; }

    /// <summary>This process, as the store knows it. Part of the name of each of its connections, so that another can end them.</summary>
    public Guid Process { get; }

    /// <summary>How its connections are called.</summary>
    public string ConnectionName => NameOf(Process);

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool IsShared => true;

    /// <summary>The number of shards that the store was made with.</summary>
    public int Shards { get; private init; }

    /// <summary>Whether commits are on disk when they are answered; false if the database was told not to wait (<c>synchronous_commit = off</c>).</summary>
    public bool IsDurable { get; private init; }

    /// <summary>A connection string for another part of this server, with connections of its own.</summary>
    public static string ConnectionOf(string connectionString, string part, int connections) =>
        new NpgsqlConnectionStringBuilder(SettingsOf(connectionString, Guid.Empty).ToString())
        {
            ApplicationName = $"{ApplicationName} {part}",
            MaxPoolSize = connections,
        }.ToString();

    /// <summary>
    /// Makes the schema if the database is empty, and updates an older one. Throws <see cref="StoreException"/>, in one line, if the server is away, refuses
    /// the user, or the database is not ours.
    /// </summary>
    /// <param name="connectionString">As Npgsql understands it.</param>
    /// <param name="shards">The number of shards, 1 to 1,024; null: what the store has, or <see cref="ShardMap.DefaultCount"/> if it is made now.</param>
    /// <param name="mayUpgrade">False for commands beside a server, which may be of an older version.</param>
    public static PostgresDatabase Prepare(string connectionString, int? shards = null, bool mayUpgrade = true) =>
        Prepare(connectionString, Schema.Newest, shards, mayUpgrade);

    /// <summary>
    /// The database as it is; null if nothing is in it yet, or if the next start updates it. Throws <see cref="StoreException"/> for what no server could start
    /// with.
    /// </summary>
    public static PostgresDatabase? Find(string connectionString, int? shards)
    {
        var (source, process, name) = SourceOf(connectionString);
        return Using(source, name, connection =>
        {
            if (Schema.Check(connection, name, Schema.Newest, shards) == Schema.Newest) return new PostgresDatabase(source, process, name);
            source.Dispose();
            return null;
        });
    }

    /// <summary>Only up to a version: the state that an older program would have left.</summary>
    internal static PostgresDatabase Prepare(string connectionString, int version, int? shards, bool mayUpgrade)
    {
        var (source, process, name) = SourceOf(connectionString);
        return Using(source, name, connection =>
        {
            Schema.Update(connection, name, version, shards, mayUpgrade);
            return new PostgresDatabase(source, process, name)
            {
                Shards = (int)(long)Schema.Read(connection, "SELECT count(*) FROM shards"),
                IsDurable = Schema.Read(connection, "SHOW synchronous_commit") is not "off",
            };
        });
    }

    private static (NpgsqlDataSource Source, Guid Process, string Name) SourceOf(string connectionString)
    {
        var process = Guid.NewGuid();
        var settings = SettingsOf(connectionString, process);
        var name = $"{settings.Host}:{settings.Port}/{settings.Database ?? settings.Username}";
        var timelines = new Timelines();
        timelines.LookAround(settings);
        var source = new NpgsqlDataSourceBuilder(settings.ToString());
        source.UsePhysicalConnectionInitializer(timelines.Check, timelines.CheckAsync);
        return (source.Build(), process, name);
    }

    private static T Using<T>(NpgsqlDataSource source, string name, Func<NpgsqlConnection, T> work)
    {
        try
        {
            using var connection = source.OpenConnection();
            return work(connection);
        }
        catch (Exception failure) when (failure is DbException or TimeoutException)
        {
            source.Dispose();
            throw new StoreException($"The store {name} cannot be opened: {OneLine(failure)}", failure);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public DbConnection Open() => Source.OpenConnection();

    /// <inheritdoc/>
    /// <remarks>Where nobody answers one caller finds out, and the others need not wait as long, one after the other.</remarks>
    public async ValueTask<DbConnection> OpenAsync(CancellationToken stop)
    {
        if (away is (var since, var known) && Stopwatch.GetElapsedTime(since) < Respite) throw new NpgsqlException(known.Message, known);
        try
        {
            var connection = await Source.OpenConnectionAsync(stop);
            away = null;
            return connection;
        }
        catch (NpgsqlException failure)
        {
            away = Tuple.Create(Stopwatch.GetTimestamp(), failure);
            throw;
        }
    }

    /// <inheritdoc/>
    public IDisposable? TryLockForImport() => AdvisoryLock.TryTake(Source, AdvisoryLock.Import);

    /// <summary>Takes no connection that was open until now: where one is broken the others are no better, and another host may be the primary.</summary>
    public void Forget()
    {
        Source.Clear();
        if (Source is NpgsqlMultiHostDataSource hosts) hosts.ClearDatabaseStates();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Source.DisposeAsync();

    /// <summary>Whether a statement was refused, and undone, by a server that is as well as before; a standby is not.</summary>
    public static bool IsRefusal(Exception failure) =>
        failure is PostgresException { InvariantSeverity: "ERROR", SqlState: not PostgresErrorCodes.ReadOnlySqlTransaction };

    /// <summary>What went wrong, without what Npgsql adds in further lines.</summary>
    public static string OneLine(Exception failure)
    {
        var text = failure is PostgresException refusal ? refusal.MessageText
            : failure.InnerException is { } cause and not PostgresException ? $"{failure.Message} ({cause.Message})" : failure.Message;
        return text.ReplaceLineEndings(" ");
    }

    private static string NameOf(Guid process) => $"{ApplicationName} {process:N}";

    private static NpgsqlConnectionStringBuilder SettingsOf(string connectionString, Guid process)
    {
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(Defaults + connectionString);
            if (settings.Host?.Contains(',') is true) settings = new NpgsqlConnectionStringBuilder(Defaults + DefaultsOfSeveral + connectionString);
            (settings.ApplicationName, settings.Enlist) = (NameOf(process), false);
            // A commit that waits for the synchronous standby in vain, and is told to stop waiting, says that all is well.
            settings.CancellationTimeout = -1;
            return settings;
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException)
        {
            throw new StoreException("The connection string is not understood: " + failure.Message.ReplaceLineEndings(" "), failure);
        }
    }
}
