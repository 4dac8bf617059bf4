using System.Net;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Engine.Requests;

/// <summary>SUBSCRIBE update/propchange: watches the node for changes. [white paper, scenario 2]</summary>
public sealed record Watch(Caller Caller, RvpUrl NodeAsWritten, Callback Callback, TimeSpan? Lifetime, IPAddress Address) : Request
{
    /// <summary>See <see cref="Subscription.PasswordStamp"/>.</summary>
    public long PasswordStamp { get; init; }

    /// <inheritdoc/>
    public override Admission Admission => Admission.Principal;

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
        var earlier = node.Watches.Where(watch => watch.Principal.Equals(Caller.Principal)).ToList();
        if (earlier.Count >= context.Rules.MaxWatchesPerWatcher) changes.AddRange(SignOff.End(node, earlier[0]));
        else if (node.Watches.Count >= context.Rules.MaxWatches) return Refusal.NodeFull;

        var lifetime = context.Rules.Grant(Lifetime);
        var subscription = new Subscription(context.Now + lifetime)
        {
            Id = context.FreshId(),
            Type = NotificationType.PropertyChange,
            Principal = Caller.Principal!,
            Proof = Caller.Proof,
            NodeAsWritten = NodeAsWritten,
            Callback = Callback,
            Address = Address,
            PasswordStamp = PasswordStamp,
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

    // A direct callback was checked against the caller's address before; an unproven caller must use its node.
    private bool IsOwnCallback => Callback is Callback.Logical logical ? logical.Node.Equals(Caller.Principal) : Caller.IsProven;
}
