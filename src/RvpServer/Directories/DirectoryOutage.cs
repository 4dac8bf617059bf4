namespace RvpServer.Directories;

/// <summary>Whether the directory is down, according to the look-ups. Logs only the start and the end of an outage. Thread-safe.</summary>
internal sealed partial class DirectoryOutage(TimeProvider time, ILogger logger)
{
    private readonly Lock gate = new();
    private DateTimeOffset? beganAt;
    private int isProbing;

    /// <summary>Whether the last look-up failed.</summary>
    public bool IsOn
    {
        get
        {
            lock (gate) return beganAt is not null;
        }
    }

    /// <summary>A look-up failed.</summary>
    public void Begin(Exception reason)
    {
        lock (gate)
        {
            if (beganAt is not null) return;
            beganAt = time.GetUtcNow();
        }
        Log.Began(logger, reason.Message);
    }

    /// <summary>A look-up was answered.</summary>
    public void End()
    {
        TimeSpan duration;
        lock (gate)
        {
            if (beganAt is not { } began) return;
            duration = time.GetUtcNow() - began;
            beganAt = null;
        }
        Log.Ended(logger, duration);
    }

    /// <summary>Whether the caller may try the directory now; if so, it must call <see cref="EndProbe"/>.</summary>
    public bool TryProbe() => Interlocked.CompareExchange(ref isProbing, 1, 0) == 0;

    /// <summary>The try is over.</summary>
    public void EndProbe() => Volatile.Write(ref isProbing, 0);

    private static partial class Log
    {
        [LoggerMessage(EventName = "DirectoryOutageBegan", Level = LogLevel.Warning,
            Message = "The directory cannot be asked; what is cached stays good meanwhile: {Reason}")]
        public static partial void Began(ILogger logger, string reason);

        [LoggerMessage(EventName = "DirectoryOutageEnded", Level = LogLevel.Information, Message = "The directory answers again after {Duration}")]
        public static partial void Ended(ILogger logger, TimeSpan duration);
    }
}
