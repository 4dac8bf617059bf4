using Rvp.Engine;

namespace RvpServer.Delivery;

/// <summary>A notification and the task for its result. Changed only by its queue.</summary>
/// <param name="notification">What to deliver.</param>
/// <param name="enqueuedAt">Timestamp of the clock.</param>
internal sealed class QueuedNotification(Notification notification, long enqueuedAt) : TaskCompletionSource<DeliveryResult>
{
    private QueuedNotification? older;

    /// <summary>What to deliver: news that came later are added to it until it is on its way.</summary>
    public Notification Notification { get; private set; } = notification;

    public long EnqueuedAt { get; } = enqueuedAt;

    /// <summary>True while it is the head and an attempt is made: then nothing changes it.</summary>
    public bool IsUnderWay { get; set; }

    /// <summary>Adds newer news of the same contact.</summary>
    public void Add(Notification newer) => Notification = newer.After(Notification);

    /// <summary>Tells also what an older one tells, which was sent and not answered; that one gets the same result.</summary>
    public void TakeOver(QueuedNotification unanswered)
    {
        Notification = Notification.After(unanswered.Notification);
        older = unanswered;
    }

    /// <summary>Gives the result to all who wait for it, who go on at once, on this thread.</summary>
    public void Finish(DeliveryResult result)
    {
        for (var item = this; item is not null; item = item.older) item.SetResult(result);
    }
}
