using Rvp.Protocol;

namespace Rvp.Engine.Requests;

/// <summary>To whom a subscription belongs: to its principal and to the node's owner.</summary>
internal static class Ownership
{
    /// <summary>Finds a subscription that the caller may renew or end. One that belongs to somebody else is treated as missing.</summary>
    public static Refusal? Find(Node node, Caller caller, int id, out Subscription subscription)
    {
        var found = node.FindSubscription(id);
        subscription = found.GetValueOrDefault();
        if (caller.IsProvenAs(node.Url)) return found is null ? Refusal.NoSuchSubscription : null;
        if (found is null || !subscription.Principal.Equals(caller.Principal))
        {
            return caller.IsProven ? Refusal.NoSuchSubscription : Unproven(node, caller);
        }
        return caller.IsProven || subscription.Proof == Credentials.Assertion ? null : Refusal.ProofNeeded;
    }

    // A client that has not sent its password yet must be challenged; with 412 it would believe that its session is lost. [client]
    private static Refusal Unproven(Node node, Caller caller) =>
        node.Url.Equals(caller.Principal) ? Refusal.ProofNeeded : Refusal.NoSuchSubscription;
}
