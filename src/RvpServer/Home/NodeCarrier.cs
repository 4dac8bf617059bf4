using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using RvpServer.Delivery;
using RvpServer.Directories;
using RvpServer.Domains;

namespace RvpServer.Home;

/// <summary>
/// Delivers property changes to nodes of this organisation when that takes time: for the node's turn, if somebody polls there, or for the directory, if nobody
/// is signed in here and the node's home server may be another.
/// </summary>
internal sealed class NodeCarrier(NodeTurns turns, NodeLocator locator, Outbox outbox) : ICarrier<RvpUrl>
{
    /// <summary>The name of this carrier's lanes.</summary>
    public const string Name = "node";

    /// <summary>
    /// One lane per watcher, so there are as many at a time as a change has watchers of this kind; those of a change that does not fit are owed the state.
    /// </summary>
    public static readonly LaneLimits Limits =
        new(MaxMessages: 10_000, MaxBytes: 16 * 1024 * 1024, MaxUnanswered: int.MaxValue) { MaxLanes = 100_000, MaxTotalBytes = 128 * 1024 * 1024 };

    /// <inheritdoc/>
    public RetrySchedule Schedule => RetrySchedule.Once;

    /// <inheritdoc/>
    public async Task<Attempt> TryAsync(RvpUrl node, Notification notification, TimeSpan elapsed, CancellationToken stop)
    {
        try
        {
            if (turns.Find(node) is { Node.SignIns.IsEmpty: false } slot)
            {
                if (slot.IsLeaving) return new Attempt(new DeliveryResult(DeliveryOutcome.Unreachable), "it is moving to another home server");
                await turns.TakeOwnAsync(slot, new Receive(notification), stop);
                return new Attempt(new DeliveryResult(DeliveryOutcome.Delivered));
            }
            // It has just gone to another process.
            if (!turns.Has(node)) return new Attempt(new DeliveryResult(DeliveryOutcome.Unreachable), "its shard is another process's");
            // Nobody is signed in here: then there is no receiver, which is not a failure.
            var found = await locator.LocateAsync(node, stop);
            return new Attempt(found.Location is NodeLocation.AtHome away
                ? await outbox.SendToServer(notification, away.Host)
                : new DeliveryResult(DeliveryOutcome.Delivered));
        }
        catch (Runtime.UnavailableException failure)
        {
            return new Attempt(new DeliveryResult(DeliveryOutcome.Unreachable), failure.Message);
        }
    }

    /// <inheritdoc/>
    public void GiveUp(RvpUrl node, Notification unsent)
    {
        // There is only one attempt. The watchers are owed the state.
    }
}
