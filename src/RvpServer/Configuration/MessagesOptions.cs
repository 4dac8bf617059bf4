using System.ComponentModel.DataAnnotations;

namespace RvpServer.Configuration;

/// <summary>What happens to messages for people who are not there.</summary>
internal sealed record MessagesOptions
{
    /// <summary>Keep what no client takes for the next sign-in; without, its sender is told that nobody is there.</summary>
    // Off: Exchange kept nothing, and clients of that time tell their people that it was not delivered.
    public bool Offline { get; init; }

    /// <summary>How long a message is kept.</summary>
    // A holiday.
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan OfflineLifetime { get; init; } = TimeSpan.FromDays(30);
}
