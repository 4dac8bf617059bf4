namespace RvpServer.Runtime;

/// <summary>
/// Tells the log of the outage of something, without flooding it: a line when it begins, one a minute with the number of failures while it lasts, one when it
/// is over. It is over with the first success, or when nothing has failed for a minute. What comes and goes within a minute is told at its end. Thread-safe.
/// </summary>
/// <param name="what">What fails, as the beginning of a sentence: <c>The store</c>.</param>
/// <param name="clock">The time.</param>
/// <param name="logger">For the lines.</param>
/// <param name="level">Of all lines but the last, which is Information.</param>
internal sealed partial class OutageLog(string what, TimeProvider clock, ILogger logger, LogLevel level = LogLevel.Warning)
{
    /// <summary>The most frequent line of an outage that lasts.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private volatile bool isOn;
    private bool isReporting;
    private bool hasEnded;
    private DateTimeOffset beganAt;
    private long failures;
    private string lastReason = "";

    /// <summary>Whether the last try failed.</summary>
    public bool IsOn => isOn;

    /// <summary>It failed; the log has the details of the first failure.</summary>
    public void Failed(string reason, Exception? cause = null)
    {
        lock (gate)
        {
            failures++;
            lastReason = reason;
            if (!isOn && !hasEnded) beganAt = clock.GetUtcNow();
            isOn = true;
            if (isReporting) return;
            isReporting = true;
            failures = 0;
        }
        Log.Began(logger, level, cause, what, reason);
        _ = ReportAsync();
    }

    /// <summary>It works; costs nothing while there is no outage.</summary>
    public void Succeeded()
    {
        if (!isOn) return;
        TimeSpan lasted;
        lock (gate)
        {
            if (!isOn) return;
            isOn = false;
            // One that ends again within the same minute is told with its failures.
            if (hasEnded) return;
            hasEnded = true;
            lasted = clock.GetUtcNow() - beganAt;
        }
        Log.Ended(logger, what, lasted);
    }

    private async Task ReportAsync()
    {
        while (true)
        {
            await Task.Delay(Interval, clock);
            if (!Report()) return;
        }
    }

    // False when there is nothing more to tell.
    private bool Report()
    {
        long count;
        string reason;
        bool isOver, isTold;
        TimeSpan lasted;
        lock (gate)
        {
            (count, reason, isTold) = (failures, lastReason, hasEnded);
            (failures, hasEnded) = (0, false);
            if (count == 0) isOn = false;
            isOver = !isOn;
            lasted = clock.GetUtcNow() - beganAt;
            isReporting = !isOver;
        }
        if (count > 0) Log.GoesOn(logger, level, what, count, reason);
        if (isOver && !(isTold && count == 0)) Log.Ended(logger, what, lasted);
        return !isOver;
    }

    private static partial class Log
    {
        [LoggerMessage(EventName = "OutageBegan", Message = "{What} fails: {Reason}")]
        public static partial void Began(ILogger logger, LogLevel level, Exception? cause, string what, string reason);

        [LoggerMessage(EventName = "OutageGoesOn", Message = "{What} failed {Count} more times within a minute: {Reason}")]
        public static partial void GoesOn(ILogger logger, LogLevel level, string what, long count, string reason);

        [LoggerMessage(EventName = "OutageEnded", Level = LogLevel.Information, Message = "{What} works again after {Duration}")]
        public static partial void Ended(ILogger logger, string what, TimeSpan duration);
    }
}
