using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Engine.Requests;

/// <summary>
/// NOTIFY: a message, or another server's property change of someone whom the owner watches. [white paper, scenario 4]
/// </summary>
/// <param name="Caller">The sender, or who speaks for it.</param>
/// <param name="AckType">What the answer depends on.</param>
/// <param name="HopCount">How many servers it has passed.</param>
/// <param name="Head">What it says.</param>
/// <param name="Body">The document to pass on.</param>
public sealed record Notify(Caller Caller, AckType AckType, int HopCount, NotificationHead Head, ReadOnlyMemory<byte> Body) : Request
{
    /// <summary>True for a property change of a node that is known to be watched by the owner: that node itself, or its home server, said so.</summary>
    public bool IsWatched { get; init; }

    /// <summary>The owner as <see cref="Body"/> spells it; null: as the node itself.</summary>
    public string? RecipientAsWritten { get; init; }

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
        // Acknowledged all the same: whoever sends it need not learn whom the owner watches.
        if (Head.IsPropertyChange && (Head.Changes!.Count == 0 || !IsAwaited(node, context.Now))) return new Answer.Done();
        if (node.SignIns.IsEmpty) return Refusal.NotAvailable;
        var contact = Head.IsPropertyChange ? Head.From.ToString() : null;
        var changes = PolledSignIns.Queue(node, Body, contact, Head.IsPropertyChange ? null : Caller.Principal, context, out var queued, out var full);
        DeliveryResult[] known =
        [
            .. Enumerable.Repeat(new DeliveryResult(DeliveryOutcome.Delivered), queued),
            .. Enumerable.Repeat(DeliveryResult.QueueFull, full),
        ];
        var news = Head.IsPropertyChange ? new News(Head.From.Spelling, RecipientAsWritten ?? node.Url.Spelling, Head.Changes!) : null;
        var notifications = MessageForwarding.ToSignIns(node, Caller.Principal!.Spelling, HopCount + 1, Body, news);
        // No client waits for its own callback: some do not answer it while their own request is running. [client]
        var ackType = node.Url.Equals(Caller.Principal) ? AckType.SingleHop : AckType;
        return new Outcome(new Answer.AsDelivered(ackType, known), changes, notifications);
    }

    // Some clients watch people elsewhere at their servers, not through this one. What they leave here is an entry that lets the contact see or write.
    // [client: pidgin-librvp]
    private bool IsAwaited(Node node, DateTimeOffset now) =>
        IsWatched
        || (node.WatchedElsewhere.TryGetValue(Head.From, out var until) && until > now)
        || (node.Access.Find(Head.From) is { } entry && (entry.Grant & ~entry.Deny & (Rights.Presence | Rights.SendTo)) != 0);

    // A server may speak for the nodes of its own domain. [spec]
    private bool SpeaksForItself() =>
        Head.From.Equals(Caller.Principal)
        || (Head.IsPropertyChange && Caller.Principal is { IsBareHost: true } server && server.Host == Head.From.Host);
}
