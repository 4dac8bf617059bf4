namespace RvpServer.Runtime;

/// <summary>Ends the server when going on would break promises: one line in the log, and an exit code that is an error.</summary>
internal sealed partial class EmergencyStop(IHostApplicationLifetime lifetime, ILogger<EmergencyStop> logger)
{
    private int isPulled;
    private volatile bool isTaken;

    /// <summary>Whether the server ends, or has ended, for such a reason.</summary>
    public bool IsPulled => Volatile.Read(ref isPulled) != 0;

    /// <summary>Whether that is because another process has taken the store, and has it.</summary>
    public bool IsTaken => isTaken;

    /// <summary>Stops serving, once; returns at once.</summary>
    /// <param name="reason">For the log.</param>
    /// <param name="isTaken">See <see cref="IsTaken"/>.</param>
    public void Pull(string reason, bool isTaken = false)
    {
        if (Interlocked.Exchange(ref isPulled, 1) != 0) return;
        this.isTaken = isTaken;
        Log.Stopped(logger, reason);
        lifetime.StopApplication();
    }

    private static partial class Log
    {
        [LoggerMessage(EventName = "EmergencyStop", Level = LogLevel.Critical, Message = "The server stops: {Reason}")]
        public static partial void Stopped(ILogger logger, string reason);
    }
}
