using System.ComponentModel.DataAnnotations;

namespace RvpServer.Configuration;

/// <summary>What happens to messages for people who are not there.</summary>
internal sealed record MessagesOptions
{
    /// <summary>Keep what no client takes for the next sign-in; without, its sender is told that nobody is there.</summary>
    // On: a message that is lost because nobody was there is what people forgive least. Exchange kept nothing.
    public bool Offline { get; init; } = true;

    /// <summary>How long a message is kept.</summary>
    // A holiday.
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan OfflineLifetime { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Keep the messages of both sides as the history of each account, which its owner alone can read.</summary>
    // Off: an organisation decides whether it keeps what its people say.
    public bool Archive { get; init; }

    /// <summary>How long a message is kept in a history.</summary>
    // A year: "what was it that we said last summer".
    [Range(typeof(TimeSpan), "1.00:00:00", "36500.00:00:00")]
    public TimeSpan ArchiveLifetime { get; init; } = TimeSpan.FromDays(365);

    /// <summary>Messages that one account keeps at most; then the oldest go.</summary>
    // A stranger who writes all day must not fill the disk: at 1 KB each these are 200 MB.
    [Range(100, 100_000_000)]
    public int ArchiveMaxMessages { get; init; } = 200_000;
}
