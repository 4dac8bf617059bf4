using RvpServer.Runtime;

namespace RvpServer.Directories;

/// <summary>Whether the directory is down, according to the look-ups. Thread-safe.</summary>
internal sealed class DirectoryOutage(TimeProvider time, ILogger logger)
{
    private readonly OutageLog log = new("The directory", time, logger);
    private volatile bool isOn;
    private int isProbing;

    /// <summary>Whether the last look-up failed.</summary>
    public bool IsOn => isOn;

    /// <summary>A look-up failed.</summary>
    public void Begin(Exception reason)
    {
        isOn = true;
        log.Failed(reason.Message);
    }

    /// <summary>A look-up was answered.</summary>
    public void End()
    {
        isOn = false;
        log.Succeeded();
    }

    /// <summary>Whether the caller may try the directory now; if so, it must call <see cref="EndProbe"/>.</summary>
    public bool TryProbe() => Interlocked.CompareExchange(ref isProbing, 1, 0) == 0;

    /// <summary>The try is over.</summary>
    public void EndProbe() => Volatile.Write(ref isProbing, 0);
}
