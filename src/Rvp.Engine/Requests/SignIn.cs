using System.Net;
using Rvp.Protocol;

namespace Rvp.Engine.Requests;

/// <summary>SUBSCRIBE pragma/notify: the owner signs in. [white paper, scenario 1]</summary>
public sealed record SignIn(Caller Caller, RvpUrl NodeAsWritten, Callback Callback, TimeSpan? Lifetime, IPAddress Address) : Request
{
    /// <summary>See <see cref="Subscriber.PasswordStamp"/>.</summary>
    public long PasswordStamp { get; init; }

    /// <inheritdoc/>
    public override Admission Admission => Admission.Owner;

    /// <inheritdoc/>
    public override bool TakesIds => true;

    /// <inheritdoc/>
    public override Outcome Decide(Node node, DecisionContext context)
    {
        var lifetime = Callback is Callback.Polled ? Rules.PolledLifetime : context.Rules.Grant(Lifetime);
        var subscription = new Subscription
        {
            Id = context.FreshId(),
            Type = NotificationType.Notify,
            Subscriber = new Subscriber(Caller.Principal!, Callback, Address, PasswordStamp),
            Proof = Caller.Proof,
            NodeAsWritten = NodeAsWritten,
            ExpiresAt = context.Now + lifetime,
        };
        var changes = SignOff.End(node, Replaced(node, context.Rules), heir: subscription.Id).ToList();
        changes.Add(new Change.SubscriptionMade(subscription));
        return Changing(node, new Answer.Done { SubscriptionId = subscription.Id, Lifetime = lifetime }, changes);
    }

    // A client that signs in again has often left a sign-in behind: one from the same address of which nothing is heard. Its messages go to the new one.
    private List<Subscription> Replaced(Node node, Rules rules)
    {
        var replaced = node.SignIns.Where(signIn => signIn.IsSilent && signIn.Address.Equals(Address)).ToList();
        if (replaced.Count == 0 && node.SignIns.Length >= rules.MaxSignIns)
            replaced.Add(node.SignIns.FirstOrDefault(signIn => signIn.IsSilent, node.SignIns[0]));
        return replaced;
    }
}
