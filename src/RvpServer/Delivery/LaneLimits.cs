namespace RvpServer.Delivery;

/// <summary>How much may wait, and how much silence is borne.</summary>
/// <param name="MaxNotifications">For one receiver, the one under way included.</param>
/// <param name="MaxBytes">Of documents for one receiver.</param>
/// <param name="MaxUnanswered">Notifications in a row that a receiver may leave unanswered; with one more it is given up.</param>
internal sealed record LaneLimits(int MaxNotifications, int MaxBytes, int MaxUnanswered)
{
    /// <summary>Receivers at once: strangers name them.</summary>
    public int MaxLanes { get; init; } = int.MaxValue;

    /// <summary>Bytes of all receivers together.</summary>
    public long MaxTotalBytes { get; init; } = long.MaxValue;
}
