using System.Net;
using Rvp.Protocol;

namespace Rvp.Engine.Requests;

/// <summary>SUBSCRIBE pragma/notify: the owner signs in. [white paper, scenario 1]</summary>
public sealed record SignIn(Caller Caller, RvpUrl NodeAsWritten, Callback Callback, TimeSpan? Lifetime, IPAddress Address) : Request
{
    /// <summary>See <see cref="Subscription.PasswordStamp"/>.</summary>
    public long PasswordStamp { get; init; }

    /// <inheritdoc/>
    public override Admission Admission => Admission.Owner;

    /// <inheritdoc/>
    public override bool TakesIds => true;

    /// <inheritdoc/>
    public override Outcome Decide(Node node, DecisionContext context)
    {
        var lifetime = Callback is Callback.Polled ? Rules.PolledLifetime : context.Rules.Grant(Lifetime);
        var subscription = new Subscription(context.Now + lifetime)
        {
            Id = context.FreshId(),
            Type = NotificationType.Notify,
            Principal = Caller.Principal!,
            Proof = Caller.Proof,
            NodeAsWritten = NodeAsWritten,
            Callback = Callback,
            Address = Address,
            PasswordStamp = PasswordStamp,
        };
        var changes = new List<Change>();
        if (node.SignIns.Length >= context.Rules.MaxSignIns) changes.AddRange(SignOff.End(node, node.SignIns[0]));
        changes.Add(new Change.SubscriptionMade(subscription));
        return Changing(node, new Answer.Done { SubscriptionId = subscription.Id, Lifetime = lifetime }, changes);
    }
}
