using System.Globalization;
using Microsoft.Data.Sqlite;
using RvpServer.Runtime;

namespace RvpServer.Storage.Sqlite;

/// <summary>
/// Keeps in the store how the server's time and the wall clock differ, so that the server's time goes on after a restart where it was, even if the wall clock
/// was put right before, while or after the server stopped. It never goes back.
/// </summary>
internal sealed class TimeKeeper(SqliteFile file, WallClock wall, LoopMetrics metrics, TimeProvider time, ILogger<TimeKeeper> logger)
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
    public static SteadyTime Continue(SqliteFile file, WallClock wall, TimeProvider clock)
    {
        try
        {
            using var connection = file.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT (SELECT value FROM counters WHERE name = 'time'), (SELECT value FROM counters WHERE name = 'time_ahead')";
            using var row = command.ExecuteReader();
            var isKept = row.Read() && !row.IsDBNull(0) && !row.IsDBNull(1);
            var last = isKept ? DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(0)) : DateTimeOffset.MinValue;
            var ahead = TimeSpan.FromMilliseconds(isKept ? row.GetInt64(1) : 0);
            var now = wall.Now + ahead;
            return new SteadyTime(clock, now > last ? now : last, isPaused: clock == WallClock.OfMachine);
        }
        catch (SqliteException failure)
        {
            throw new StoreException($"The store {file.Path} cannot be read: {failure.Message}", failure);
        }
    }

    /// <inheritdoc/>
    protected override async Task StepAsync(CancellationToken stop)
    {
        var now = time.GetUtcNow();
        if (now - keptAt >= WorthKeeping || (now - wall.Now - kept).Duration() > Step) Keep(now);
        await Task.Delay(Interval, time, stop);
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryAsync(() => Task.Run(() => Keep(time.GetUtcNow()), CancellationToken.None), CancellationToken.None);
    }

    private void Keep(DateTimeOffset now)
    {
        (keptAt, kept) = (now, now - wall.Now);
        try
        {
            using var connection = file.Open();
            SqliteFile.Execute(connection, string.Create(CultureInfo.InvariantCulture, $"""
                INSERT INTO counters (name, value) VALUES ('time', {now.ToUnixTimeMilliseconds()}), ('time_ahead', {(long)kept.TotalMilliseconds})
                    ON CONFLICT (name) DO UPDATE SET value = excluded.value
                """));
        }
        catch (SqliteException failure)
        {
            throw new StoreException("The time cannot be kept: " + failure.Message, failure);
        }
    }
}
