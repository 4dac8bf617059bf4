using System.Diagnostics;

namespace RvpServer.Bench;

/// <summary>Waits until a server has done what it has to do by itself.</summary>
internal static class Quiet
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Ends when the server has used less than this for a second; throws if it never does.</summary>
    public static async Task ComesAsync(Func<TimeSpan> processorTime, double cores, CancellationToken stop)
    {
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < Patience)
        {
            var before = processorTime();
            await Task.Delay(Look, stop);
            if ((processorTime() - before) / Look < cores) return;
        }
        throw new InvalidOperationException("The server does not come to rest.");
    }
}
