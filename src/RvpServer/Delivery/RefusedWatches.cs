using Rvp.Engine;
using RvpServer.Collections;

namespace RvpServer.Delivery;

/// <summary>
/// Ends watches whose callback answers twice in a row that nobody there wants the changes: strangers can name other people's servers. (Decision)
/// </summary>
internal sealed class RefusedWatches(DeadCallbacks dead)
{
    // Losing one for lack of room is harmless: the watch ends one change later.
    private const int MaxSuspects = 10_000;

    private readonly Lock gate = new();
    private readonly LruMap<int, bool> suspects = new(MaxSuspects);
    private volatile bool hasSuspects;

    /// <summary>A callback answered; whether the notification was for a watch or a sign-in, which stays, its node knows.</summary>
    public void Answered(Notification notification, int status)
    {
        var isRefused = notification.IsPropertyChange
            && status is StatusCodes.Status403Forbidden or StatusCodes.Status404NotFound or StatusCodes.Status410Gone;
        if (!isRefused && !hasSuspects) return;
        var id = notification.SubscriptionId;
        bool isSecond;
        lock (gate)
        {
            isSecond = suspects.TryGet(id, out _);
            suspects.Remove(id);
            if (isRefused && !isSecond) suspects.Set(id, true);
            hasSuspects = suspects.Count > 0;
        }
        if (isRefused && isSecond) dead.ReportRefused(id, notification.Node);
    }
}
