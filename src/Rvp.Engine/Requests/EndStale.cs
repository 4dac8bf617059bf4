using Rvp.Protocol;

namespace Rvp.Engine.Requests;

/// <summary>Accounts have other passwords: what was made with the earlier ones ends, their own sign-ins and their watches of others.</summary>
/// <param name="Stamps">The stamp of each account's password; 0: the account is not served any more.</param>
/// <param name="IsMeant">False for the ids of subscriptions that may have been made after the stamps were read: of those the stamps say nothing.</param>
public sealed record EndStale(IReadOnlyDictionary<RvpUrl, long> Stamps, Predicate<int> IsMeant) : Request
{
    /// <inheritdoc/>
    public override Admission Admission => Admission.Server;

    /// <inheritdoc/>
    public override Outcome Decide(Node node, DecisionContext context)
    {
        var stale = node.SignIns.Concat(node.Watches).Where(IsStale).ToList();
        return stale.Count == 0 ? new Answer.Done() : Changing(node, new Answer.Done(), [.. SignOff.End(node, stale)]);
    }

    private bool IsStale(Subscription subscription) =>
        subscription.PasswordStamp != 0 && IsMeant(subscription.Id)
        && Stamps.TryGetValue(subscription.Principal, out var stamp) && stamp != subscription.PasswordStamp;
}
