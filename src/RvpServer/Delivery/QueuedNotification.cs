using Rvp.Engine;

namespace RvpServer.Delivery;

/// <summary>A notification and the task for its result.</summary>
/// <param name="notification">What to deliver.</param>
/// <param name="enqueuedAt">Timestamp of the clock.</param>
internal sealed class QueuedNotification(Notification notification, long enqueuedAt)
    : TaskCompletionSource<DeliveryResult>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public Notification Notification { get; } = notification;

    public long EnqueuedAt { get; } = enqueuedAt;
}
