using Rvp.Protocol;

namespace Rvp.Engine.Requests;

/// <summary>
/// A watcher's callback refused changes again and again, so nobody there wants them: the watch ends, and with it those of the same watcher with the same
/// callback. Sign-ins stay whatever their callback answers: it is alive. [client]
/// </summary>
/// <param name="Id">The subscription for which the changes were.</param>
public sealed record EndWatch(int Id) : Request
{
    /// <inheritdoc/>
    public override Admission Admission => Admission.Server;

    /// <inheritdoc/>
    public override Outcome Decide(Node node, DecisionContext context)
    {
        if (node.FindSubscription(Id) is not { Type: NotificationType.PropertyChange } refused) return new Answer.Done();
        var same = node.Watches.Where(watch => watch.Principal.Equals(refused.Principal) && watch.Callback.Equals(refused.Callback)).ToList();
        return Changing(node, new Answer.Done(), [.. SignOff.End(node, same)]);
    }
}
