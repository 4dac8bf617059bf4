using System.Collections.Immutable;
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

    /// <summary>True if a program says it in the sender's name: no client of the sender's waits for the answer.</summary>
    public bool IsByProgram { get; init; }

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
            if (!context.Rules.IsBlockingPolite) return Refusal.NotAllowed;
            // What somebody who is not signed in would be told.
            if (!CanBeKept(context)) return Refusal.NotAvailable;
            return new Answer.AsDelivered(AckType, [new DeliveryResult(DeliveryOutcome.Kept)]) { CanBeKept = true };
        }
        // Acknowledged all the same: whoever sends it need not learn whom the owner watches.
        if (Head.IsPropertyChange && (Head.Changes!.Count == 0 || !IsAwaited(node, context.Now))) return new Answer.Done();
        var news = Head.IsPropertyChange ? new News(Head.From.Spelling, RecipientAsWritten ?? node.Url.Spelling, Head.Changes!) : null;
        var forwarded = MessageForwarding.ToSignIns(node, Caller.Principal!.Spelling, HopCount + 1, Body, news);
        // No client waits for its own callback: some do not answer it while their own request is running. [client]
        var ackType = node.Url.Equals(Caller.Principal) && !IsByProgram ? AckType.SingleHop : AckType;
        return Head.IsPropertyChange ? PassOnChange(node, context, forwarded, ackType) : PassOnMessage(node, context, forwarded, ackType);
    }

    private Outcome PassOnChange(Node node, DecisionContext context, IReadOnlyList<Notification> forwarded, AckType ackType)
    {
        if (node.SignIns.IsEmpty) return Refusal.NotAvailable;
        var changes = Queueing.PropertyChange(node, Body, Head.From.ToString(), context);
        DeliveryResult[] known = changes.Count == 0 ? [] : [new DeliveryResult(DeliveryOutcome.Delivered)];
        return Forwarding(node, new Answer.AsDelivered(ackType, known), changes, forwarded);
    }

    private Outcome PassOnMessage(Node node, DecisionContext context, IReadOnlyList<Notification> forwarded, AckType ackType)
    {
        var takers = Queueing.TakersOfMessages(node);
        // Nobody is there, or only clients of which nothing is heard.
        if (takers.IsEmpty && forwarded.Count == 0)
        {
            if (!CanBeKept(context)) return Refusal.NotAvailable;
            var kept = Keep(node, [], context);
            return kept.Changes.Count == 0 ? kept : kept with { Changes = [.. Archiving(node, context), .. kept.Changes] };
        }
        if (takers.IsEmpty) return new Outcome(new Answer.AsDelivered(ackType, []) { CanBeKept = CanBeKept(context) }, Archiving(node, context), forwarded);
        var changes = Queueing.Message(node, this, takers, context);
        // Whoever is still being handed what came before gets this one after it.
        forwarded = [.. forwarded.Where(notification => !takers.Any(id => node.FindSubscription(id)!.Value.Callback.Equals(notification.Callback)))];
        if (changes.Count > 0 || forwarded.Count > 0) changes = [.. Archiving(node, context), .. changes];
        var isQueued = changes.Any(change => change is Change.EntryQueued);
        DeliveryResult[] known = [isQueued ? new DeliveryResult(DeliveryOutcome.Delivered) : DeliveryResult.QueueFull];
        return new Outcome(new Answer.AsDelivered(ackType, known) { CanBeKept = CanBeKept(context) }, changes, forwarded);
    }

    /// <summary>Keeps a message that no client has taken.</summary>
    /// <param name="node">The node.</param>
    /// <param name="holders">Sign-ins that are to have it before the next one.</param>
    /// <param name="context">Time and rules.</param>
    internal Outcome Keep(Node node, ImmutableArray<int> holders, DecisionContext context)
    {
        var changes = Queueing.Message(node, this, holders, context);
        var result = changes.Count == 0 ? DeliveryResult.QueueFull : new DeliveryResult(DeliveryOutcome.Kept);
        return new Outcome(new Answer.AsDelivered(AckType, [result]) { CanBeKept = true }, changes, []);
    }

    // What a callback does not take is kept instead: it has arrived either way.
    private IReadOnlyList<Change> Archiving(Node node, DecisionContext context) =>
        context.KeepsHistory && ArchivedMessage.Of(node.Url, this, node.Url, context.Now) is { } message ? [new Change.MessageArchived(message)] : [];

    private bool CanBeKept(DecisionContext context) => context.Rules.KeepsMessages && !Head.IsFleeting && !Head.IsPropertyChange;

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
