using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using RvpServer.Delivery;
using RvpServer.Directories;
using RvpServer.Domains;

namespace RvpServer.Home;

/// <summary>
/// Brings property changes to nodes of this organisation where that takes a wait: for the node's own turn, since somebody polls there, or for the
/// directory, since nobody is signed in here and the node's home may be another server.
/// </summary>
internal sealed class NodeCarrier(NodeTurns turns, NodeLocator locator, Outbox outbox) : ICarrier<RvpUrl>
{
    /// <summary>What lanes of this carrier are called.</summary>
    public const string Name = "node";

    /// <summary>One lane is one watcher's, so there are as many at once as a change has watchers of this kind; what does not fit is told by the
    /// next change.</summary>
    public static readonly LaneLimits Limits =
        new(MaxNotifications: 10_000, MaxBytes: 16 * 1024 * 1024, MaxUnanswered: int.MaxValue) { MaxLanes = 100_000, MaxTotalBytes = 128 * 1024 * 1024 };

    /// <inheritdoc/>
    public RetrySchedule Schedule => RetrySchedule.Once;

    /// <inheritdoc/>
    public async Task<Attempt> TryAsync(RvpUrl node, Notification notification, TimeSpan elapsed, CancellationToken stop)
    {
        try
        {
            if (turns.Find(node) is { Node.SignIns.IsEmpty: false } slot)
            {
                await turns.TakeOwnAsync(slot, new Receive(notification), stop);
                return new Attempt(new DeliveryResult(DeliveryOutcome.Delivered));
            }
            // Nobody is signed in here, and nobody need be: then there is no receiver, which is no failure.
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
    public void GiveUp(RvpUrl node, Notification head)
    {
        // One attempt is all there is; the next change is told afresh.
    }
}
