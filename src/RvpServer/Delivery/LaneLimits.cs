using RvpServer.Runtime;

namespace RvpServer.Delivery;

/// <summary>How much may wait, and how many unanswered notifications are tolerated.</summary>
/// <param name="MaxMessages">Per receiver, including the one being sent; of news there are never more than it has contacts.</param>
/// <param name="MaxBytes">Total size of the documents for one receiver, of messages and of news each.</param>
/// <param name="MaxUnanswered">Notifications in a row that a receiver may leave unanswered; after one more it is given up.</param>
internal sealed record LaneLimits(int MaxMessages, int MaxBytes, int MaxUnanswered)
{
    /// <summary>Receivers at a time: strangers name them. Where receivers have shares, those of one sharer have a share of this.</summary>
    public int MaxLanes { get; init; } = int.MaxValue;

    /// <summary>Bytes of all receivers together, shared likewise.</summary>
    public long MaxTotalBytes { get; init; } = long.MaxValue;
}

/// <summary>What all lanes share.</summary>
internal sealed record LaneParts(OutboxMetrics Metrics, OwedNews Owed, Stalls Stalls, TimeProvider Clock);
