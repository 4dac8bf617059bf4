using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Engine.Requests;

/// <summary>
/// NOTIFY: a message, or another server's property change of someone whom the owner watches; the body is passed on unchanged. [white paper, scenario 4]
/// </summary>
public sealed record Notify(Caller Caller, AckType AckType, int HopCount, NotificationHead Head, ReadOnlyMemory<byte> Body, string ContentType) : Request
{
    /// <inheritdoc/>
    public override Admission Admission => Admission.Principal;

    /// <inheritdoc/>
    public override Outcome Decide(Node node, DecisionContext context)
    {
        if (HopCount > context.Rules.MaxHops) return Refusal.Loop;
        if (!SpeaksForItself()) return Refusal.ForeignSender;
        if (!node.Access.Allows(Caller, Rights.SendTo))
        {
            if (node.Access.WouldAllowProven(Caller, Rights.SendTo)) return Refusal.ProofNeeded;
            return context.Rules.IsBlockingPolite ? Refusal.NotAvailable : Refusal.NotAllowed;
        }
        if (node.SignIns.IsEmpty) return Refusal.NotAvailable;
        var contact = Head.IsPropertyChange ? Head.From.ToString() : null;
        var changes = PolledSignIns.Queue(node, Body, contact, Head.IsPropertyChange ? null : Caller.Principal, context, out var queued, out var full);
        DeliveryResult[] known =
        [
            .. Enumerable.Repeat(new DeliveryResult(DeliveryOutcome.Delivered), queued),
            .. Enumerable.Repeat(new DeliveryResult(DeliveryOutcome.Unreachable), full),
        ];
        var notifications = MessageForwarding.ToSignIns(node, Caller.Principal!.Spelling, HopCount + 1, Body, ContentType, Head.IsPropertyChange);
        // No client waits for its own callback: some do not answer it while their own request is running. [client]
        var ackType = node.Url.Equals(Caller.Principal) ? AckType.SingleHop : AckType;
        return new Outcome(new Answer.AsDelivered(ackType, known), changes, notifications);
    }

    // A server may speak for the nodes of its own domain. [spec]
    private bool SpeaksForItself() =>
        Head.From.Equals(Caller.Principal)
        || (Head.IsPropertyChange && Caller.Principal is { IsBareHost: true } server && server.Host == Head.From.Host);
}
