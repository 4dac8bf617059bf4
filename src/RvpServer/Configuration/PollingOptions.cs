using System.ComponentModel.DataAnnotations;

namespace RvpServer.Configuration;

/// <summary>Queues for clients that poll instead of being called.</summary>
internal sealed record PollingOptions
{
    /// <summary>Notifications in one queue; the oldest is dropped first.</summary>
    // Enough for a busy evening of one person; at a few kB each it stays within megabytes.
    [Range(1, 100_000)]
    public int MaxQueuedNotifications { get; init; } = 1000;

    /// <summary>How long a notification waits to be fetched.</summary>
    // The standard lifetime of a subscription.
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromHours(4);
}
