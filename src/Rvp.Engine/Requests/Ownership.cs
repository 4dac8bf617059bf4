using Rvp.Protocol;

namespace Rvp.Engine.Requests;

/// <summary>Whose a subscription is: its principal's, and the node owner's.</summary>
internal static class Ownership
{
    /// <summary>Finds a subscription that the caller may renew or end. One that is another's is as good as none.</summary>
    public static Refusal? Find(Node node, Caller caller, int id, out Subscription? subscription)
    {
        subscription = node.FindSubscription(id);
        if (caller.IsProvenAs(node.Url)) return subscription is null ? Refusal.NoSuchSubscription : null;
        if (subscription is null || !subscription.Principal.Equals(caller.Principal))
        {
            return caller.IsProven ? Refusal.NoSuchSubscription : Unproven(node, caller);
        }
        return caller.IsProven || subscription.Proof == Credentials.Assertion ? null : Refusal.ProofNeeded;
    }

    // A client that has not shown its password yet must be asked for it, else it takes its session for lost. [client]
    private static Refusal Unproven(Node node, Caller caller) =>
        node.Url.Equals(caller.Principal) ? Refusal.ProofNeeded : Refusal.NoSuchSubscription;
}
