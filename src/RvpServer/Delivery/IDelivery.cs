using Rvp.Engine;
using Rvp.Protocol;

namespace RvpServer.Delivery;

/// <summary>Takes notifications to direct callbacks: in order per callback, bounded, with attempts and back-off.</summary>
internal interface IDelivery
{
    /// <summary>
    /// Puts a notification for a <see cref="Callback.Direct"/> behind what that callback still has to get; returns at once and never blocks.
    /// The task ends with how it fared; it never faults. A property change may be merged into nothing but is never reordered.
    /// </summary>
    Task<DeliveryResult> Enqueue(Notification notification);

    /// <summary>Waits until the queues are empty or <paramref name="stop"/> says it is enough: at shutdown.</summary>
    Task DrainAsync(CancellationToken stop);
}

/// <summary>Hears of callbacks that stayed dead through all attempts.</summary>
/// <param name="callback">The callback.</param>
/// <param name="node">The node whose subscription named it.</param>
internal delegate void CallbackDied(Callback.Direct callback, RvpUrl node);
