using System.Net;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Engine.Requests;

/// <summary>SUBSCRIBE update/propchange: watches the node for changes. [white paper, scenario 2]</summary>
public sealed record Watch(Caller Caller, RvpUrl NodeAsWritten, Callback Callback, TimeSpan? Lifetime, IPAddress Address) : Request
{
    /// <summary>See <see cref="Subscriber.PasswordStamp"/>.</summary>
    public long PasswordStamp { get; init; }

    /// <inheritdoc/>
    public override Admission Admission => Admission.Principal;

    /// <inheritdoc/>
    public override bool TakesIds => true;

    /// <inheritdoc/>
    public override Outcome Decide(Node node, DecisionContext context)
    {
        if (!node.Access.Allows(Caller, Rights.Presence))
        {
            if (node.Access.WouldAllowProven(Caller, Rights.Presence)) return Refusal.ProofNeeded;
            if (!context.Rules.IsBlockingPolite) return Refusal.NotAllowed;
        }
        if (!IsOwnCallback && !node.Access.Allows(Caller, Rights.SubscribeOthers)) return Refusal.ForeignCallback;

        var changes = new List<Change>();
        if (OldestOfTooMany(node, context.Rules) is { } earlier) changes.AddRange(SignOff.End(node, [earlier]));
        else if (!HasRoom(node, context.Rules)) return Refusal.NodeFull;

        var lifetime = context.Rules.Grant(Lifetime);
        var subscription = new Subscription
        {
            Id = context.FreshId(),
            Type = NotificationType.PropertyChange,
            Subscriber = new Subscriber(Caller.Principal!, Callback, Address, PasswordStamp),
            Proof = Caller.Proof,
            // The caller's own spelling, if other servers take it for an identity.
            NodeAsWritten = NodeAsWritten.AsIdentity(),
            ExpiresAt = context.Now + lifetime,
        };
        changes.Add(new Change.SubscriptionMade(subscription));
        var seen = new PropStat(200, "Successful", NodeAppearance.Of(node).SeenBy(Caller));
        var answer = new Answer.Done(207)
        {
            SubscriptionId = subscription.Id,
            Lifetime = lifetime,
            Body = MultiStatusXml.Write(NodeAsWritten.Spelling, [seen]),
        };
        return new Outcome(answer, changes, []);
    }

    // The watcher's first one, if no more are allowed.
    private Subscription? OldestOfTooMany(Node node, Rules rules)
    {
        var (count, first) = (0, -1);
        for (var i = 0; i < node.Watches.Count; i++)
        {
            if (!node.Watches[i].Principal.Equals(Caller.Principal)) continue;
            if (count++ == 0) first = i;
        }
        return count >= rules.MaxWatchesPerWatcher ? node.Watches[first] : null;
    }

    // Others' domains have half of the watches together, and one of them a fair share of that: colleagues always find room.
    private bool HasRoom(Node node, Rules rules)
    {
        if (node.Watches.Count >= rules.MaxWatches) return false;
        var host = Caller.Principal!.Host;
        if (host == node.Url.Host) return true;
        var zone = HostZone.Of(host);
        var (own, all) = (0, 0);
        foreach (var watch in node.Watches)
        {
            var other = watch.Principal.Host;
            if (other == node.Url.Host) continue;
            all++;
            if (other == host || HostZone.Of(other) == zone) own++;
        }
        return FairShare.Allows(own, 1, (rules.MaxWatches / 2) - all);
    }

    // A direct callback was checked against the caller's address before; an unproven caller must use its node.
    private bool IsOwnCallback => Callback is Callback.Logical logical ? logical.Node.Equals(Caller.Principal) : Caller.IsProven;
}
