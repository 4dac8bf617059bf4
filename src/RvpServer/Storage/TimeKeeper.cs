using System.Data.Common;
using RvpServer.Runtime;

namespace RvpServer.Storage;

/// <summary>
/// Keeps in the store how the server's time and the wall clock differ, so that the server's time goes on after a restart where it was, even if the wall clock
/// was put right before, while or after the server stopped. It never goes back.
/// </summary>
internal sealed class TimeKeeper(IDatabase database, WallClock wall, LoopMetrics metrics, TimeProvider time, ILogger<TimeKeeper> logger)
    : LoopService("time", metrics, time, logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WorthKeeping = TimeSpan.FromMinutes(1);

    // Clocks that are adjusted slowly differ by less in a minute.
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    private readonly TimeProvider time = time;
    private DateTimeOffset keptAt;
    private TimeSpan kept;

    /// <summary>The server's time, which continues that of the last start. Throws <see cref="StoreException"/>.</summary>
    public static SteadyTime Continue(IDatabase database, WallClock wall, TimeProvider clock)
    {
        try
        {
            using var connection = database.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT (SELECT value FROM counters WHERE name = 'time'), (SELECT value FROM counters WHERE name = 'time_ahead')";
            using var row = command.ExecuteReader();
            var isKept = row.Read() && !row.IsDBNull(0) && !row.IsDBNull(1);
            var last = isKept ? DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(0)) : DateTimeOffset.MinValue;
            var ahead = TimeSpan.FromMilliseconds(isKept ? row.GetInt64(1) : 0);
            var now = wall.Now + ahead;
            return new SteadyTime(clock, now > last ? now : last, isPaused: clock == WallClock.OfMachine);
        }
        catch (DbException failure)
        {
            throw new StoreException($"The store {database.Name} cannot be read: {failure.Message}", failure);
        }
    }

    /// <inheritdoc/>
    protected override async Task StepAsync(CancellationToken stop)
    {
        var now = time.GetUtcNow();
        if (now - keptAt >= WorthKeeping || (now - wall.Now - kept).Duration() > Step) await KeepAsync(now, stop);
        await Task.Delay(Interval, time, stop);
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryAsync(() => KeepAsync(time.GetUtcNow(), CancellationToken.None), CancellationToken.None);
    }

    private async Task KeepAsync(DateTimeOffset now, CancellationToken stop)
    {
        (keptAt, kept) = (now, now - wall.Now);
        try
        {
            await using var connection = await database.OpenAsync(stop);
            await Sql.ExecuteAsync(connection, """
                INSERT INTO counters (name, value) VALUES ('time', @time), ('time_ahead', @ahead) ON CONFLICT (name) DO UPDATE SET value = excluded.value
                """, stop, ("@time", now.ToUnixTimeMilliseconds()), ("@ahead", (long)kept.TotalMilliseconds));
        }
        catch (DbException failure)
        {
            throw new StoreException("The time cannot be kept: " + failure.Message, failure);
        }
    }
}
