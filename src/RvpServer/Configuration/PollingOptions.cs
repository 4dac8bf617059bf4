using System.ComponentModel.DataAnnotations;

namespace RvpServer.Configuration;

/// <summary>Queues for clients that poll instead of being called.</summary>
internal sealed record PollingOptions
{
    /// <summary>Messages that wait for one account; one more is refused.</summary>
    // Enough for a busy evening of one person; at a few kB each it stays within megabytes.
    [Range(1, 100_000)]
    public int MaxQueuedNotifications { get; init; } = 1000;

    /// <summary>MiB of all that waits, for all accounts together; null: an eighth of the memory that the process may use, between 64 and 1024.</summary>
    [Range(1, 1_048_576)]
    public int? MaxTotalMebibytes { get; init; }

    /// <summary>How long a notification waits to be fetched.</summary>
    // The standard lifetime of a subscription.
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromHours(4);
}
