using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Rvp.Testing;

/// <summary>
/// A PostgreSQL server of its own on a free port of loopback, with syncs, in a temporary folder. It ends with this process, however that ends: a shell beside
/// it waits for the end of its standard input. Root runs it as the user <c>postgres</c>.
/// </summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>The user that the tests are, no superuser, and an empty database of that user.</summary>
    public const string User = "rvp";

    private const string Missing = "PostgreSQL is not installed: apt-get install postgresql";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string[] Settings =
    [
        "listen_addresses = '127.0.0.1'", "unix_socket_directories = ''", "fsync = on", "max_connections = 200", "shared_buffers = 64MB",
        "log_min_messages = warning", "min_wal_size = 32MB",
    ];

    // Keeps the server until the standard input ends, then stops it and says how it ended.
    private const string Keeper = "\"$1\" -D \"$2\" -p \"$3\" >> \"$2/log\" 2>&1 < /dev/null & read -r _; kill -INT $!; wait $!";

    private readonly TempFolder folder = new();
    private Process? keeper;

    private PostgresServer() => Port = FreePort.Take();

    public int Port { get; }

    /// <summary>Processor time of all its processes so far, user and kernel, also of those that have ended.</summary>
    public TimeSpan ProcessorTime => Signal.FamilyOf(Postmaster).Aggregate(TimeSpan.Zero, (all, process) => all + TimeOf(process));

    private static bool IsRoot => Environment.UserName == "root";

    private string Data => folder.File("data");

    private int Postmaster => int.Parse(File.ReadLines(Path.Combine(Data, "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    /// <summary>Makes one, and starts it.</summary>
    public static async Task<PostgresServer> StartAsync()
    {
        var server = new PostgresServer();
        try
        {
            if (IsRoot) await RunAsync("chown", "postgres", server.folder.Path);
            await RunAsUserAsync(Program("initdb"), "-D", server.Data, "-A", "trust", "-E", "UTF8", "--locale=C", "-U", "postgres", "-N");
            await File.AppendAllLinesAsync(Path.Combine(server.Data, "postgresql.conf"), Settings);
            await server.BeginAsync();
            await server.ExecuteAsync($"CREATE ROLE {User} LOGIN CREATEDB", $"CREATE DATABASE {User} OWNER {User}");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a standby of this one, starts it, and from then on this one's commits wait for it.</summary>
    public async Task<PostgresServer> StartStandbyAsync()
    {
        var standby = new PostgresServer();
        try
        {
            if (IsRoot) await RunAsync("chown", "postgres", standby.folder.Path);
            await RunAsUserAsync(Program("pg_basebackup"), "-R", "-c", "fast", "-D", standby.Data, "-d", $"host=127.0.0.1 port={Port} user=postgres");
            await standby.BeginAsync();
            // Not sooner: the standby would have it as well, and once promoted wait for one of its own.
            await ExecuteAsync("ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()");
            await Deadline.Until(async () => await ReadAsync("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'", "postgres") == 1,
                "a synchronous standby", () => "there is none", Patience);
            return standby;
        }
        catch
        {
            await standby.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a standby the primary; returns when it can be written.</summary>
    public Task PromoteAsync() => ExecuteAsync("SELECT pg_promote()");

    /// <summary>Lets it commit without its standby, the next time that it is started: as somebody does who wants it back at any price.</summary>
    public Task ForgetStandbyAsync() => File.AppendAllTextAsync(Path.Combine(Data, "postgresql.auto.conf"), "synchronous_standby_names = ''\n");

    /// <summary>Statements of its administrator.</summary>
    public Task ExecuteAsync(params IEnumerable<string> statements) => RunAsync(Program("psql"),
        ["-q", "-o", "/dev/null", $"host=127.0.0.1 port={Port} user=postgres dbname=postgres", .. statements.SelectMany(sql => (string[])["-c", sql])]);

    /// <summary>A connection string as an administrator writes it, to the primary of several.</summary>
    public static string ConnectionToAny(params IEnumerable<PostgresServer> servers) =>
        $"Host={string.Join(',', servers.Select(server => $"127.0.0.1:{server.Port}"))};Username={User};Database={User}";

    /// <summary>A connection string to one of its databases; patient, since the machine may be busy.</summary>
    public string ConnectionTo(string database) => $"Host=127.0.0.1;Port={Port};Username={User};Database={database};Timeout=60;Command Timeout=60";

    /// <summary>Starts it, again; returns when it answers.</summary>
    public async Task BeginAsync()
    {
        var start = AsUser("/bin/sh", "-c", Keeper, "keeper", Program("postgres"), Data, Port.ToString(CultureInfo.InvariantCulture));
        start.RedirectStandardInput = true;
        keeper = Process.Start(start)!;
        var began = Stopwatch.GetTimestamp();
        while ((await Ran.OfProcessAsync(new ProcessStartInfo(Program("pg_isready"), ["-q", "-h", "127.0.0.1", "-p", $"{Port}"]))).Code != 0)
        {
            if (keeper.HasExited || Stopwatch.GetElapsedTime(began) > Patience)
                throw new InvalidOperationException("PostgreSQL has not started: " + await File.ReadAllTextAsync(Path.Combine(Data, "log")));
        }
    }

    /// <summary>Stops it as an administrator does: whoever is connected is sent away.</summary>
    public async Task StopAsync()
    {
        if (keeper is null) return;
        keeper.StandardInput.Close();
        await keeper.WaitForExitAsync().WaitAsync(Patience);
        keeper.Dispose();
        keeper = null;
    }

    /// <summary>Ends it as a power failure would, but for what the system has written already.</summary>
    public async Task KillAsync()
    {
        await SignalAsync("KILL");
        await StopAsync();
    }

    /// <summary>A number of the tests' own database.</summary>
    public async Task<long> ReadAsync(string sql, string user = User) => Convert.ToInt64(await ReadAsync<object>(sql, user), CultureInfo.InvariantCulture);

    /// <summary>A value of the tests' own database.</summary>
    public async Task<T?> ReadAsync<T>(string sql, string user = User) where T : class
    {
        await using var connection = new NpgsqlConnection(ConnectionTo(User) + $";Username={user};Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() as T;
    }

    /// <summary>Freezes or goes on with everything that it is.</summary>
    public Task FreezeAsync(bool isFrozen) => SignalAsync(isFrozen ? "STOP" : "CONT");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        folder.Dispose();
    }

    private static string Program(string name)
    {
        // Debian keeps them apart by version, and off the PATH.
        var installed = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [];
        return installed.Select(version => Path.Combine(version, "bin", name)).Where(File.Exists).Order(StringComparer.Ordinal).LastOrDefault()
            ?? throw new InvalidOperationException(Missing);
    }

    // With all its children, which else would go on for a moment.
    private Task SignalAsync(string signal) => Signal.SendAsync(signal, Signal.FamilyOf(Postmaster));

    private static ProcessStartInfo AsUser(string program, params IEnumerable<string> arguments) => IsRoot
        ? new ProcessStartInfo("runuser", ["-u", "postgres", "--", program, .. arguments]) { WorkingDirectory = "/" }
        : new ProcessStartInfo(program, arguments);

    // Hundredths of seconds of proc_pid_stat(5), behind the program's name: its own, and of those of its children that have ended.
    private static TimeSpan TimeOf(int process)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            return 10 * TimeSpan.FromMilliseconds(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[11..15].Sum(long.Parse));
        }
        catch (IOException)
        {
            return TimeSpan.Zero; // It has just ended, and counts with the first.
        }
    }

    private static Task RunAsUserAsync(string program, params IEnumerable<string> arguments) => RunAsync(AsUser(program, arguments));

    private static Task RunAsync(string program, params IEnumerable<string> arguments) => RunAsync(new ProcessStartInfo(program, arguments));

    private static async Task RunAsync(ProcessStartInfo start)
    {
        var ran = await Ran.OfProcessAsync(start);
        if (ran.Code != 0) throw new InvalidOperationException($"{start.FileName} {string.Join(' ', start.ArgumentList)}: {ran.Error.Trim()}");
    }
}
