using System.ComponentModel.DataAnnotations;

namespace RvpServer.Configuration;

/// <summary>Queues of clients that come and ask instead of being called.</summary>
internal sealed record PollingOptions
{
    /// <summary>Notifications one queue holds; the oldest goes first.</summary>
    // A lively evening's worth for one person; at a few kB each it stays within megabytes.
    [Range(1, 100_000)]
    public int MaxQueuedNotifications { get; init; } = 1000;

    /// <summary>How long a notification waits to be fetched.</summary>
    // The standard lifetime of the sign-in it belongs to.
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromHours(4);
}
