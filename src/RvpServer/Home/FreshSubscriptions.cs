using Rvp.Engine;
using Rvp.Protocol;

namespace RvpServer.Home;

/// <summary>
/// Subscriptions that were just made with a password, to be looked at once more: the password may have been changed between the proof and the node's turn, and
/// a client can make that time long, by the name of its callback.
/// </summary>
internal sealed class FreshSubscriptions
{
    // More than a server makes in the time between two looks; what does not fit has everybody looked at.
    private const int Capacity = 20_000;

    private readonly HashSet<RvpUrl> subscribers = [];
    private readonly Lock gate = new();
    private Dictionary<int, Fresh> made = [];
    private bool isOverfull;

    /// <summary>Whoever has made a subscription with a password, accounts of this organisation alone; some have no node in memory.</summary>
    public IReadOnlyCollection<RvpUrl> Subscribers
    {
        get
        {
            lock (gate) return subscribers.ToArray();
        }
    }

    /// <summary>A node has a new subscription; in its turn.</summary>
    public void Add(NodeSlot slot, Subscription subscription)
    {
        Restore(subscription);
        lock (gate)
        {
            if (made.Count < Capacity) made[subscription.Id] = new Fresh(slot, subscription.Id, subscription.Subscriber);
            else isOverfull = true;
        }
    }

    /// <summary>A node had this subscription when the server started.</summary>
    public void Restore(Subscription subscription)
    {
        lock (gate) subscribers.Add(subscription.Principal);
    }

    /// <summary>Nodes came from another process: what it had still to look at is not known.</summary>
    public void LookAtAll()
    {
        lock (gate) isOverfull = true;
    }

    /// <summary>This account is gone.</summary>
    public void Forget(RvpUrl subscriber)
    {
        lock (gate) subscribers.Remove(subscriber);
    }

    /// <summary>Those since the last time; <paramref name="isComplete"/> is false if there were too many.</summary>
    public IReadOnlyCollection<Fresh> Take(out bool isComplete)
    {
        lock (gate)
        {
            var taken = made;
            isComplete = !isOverfull;
            (made, isOverfull) = ([], false);
            return taken.Values;
        }
    }

    /// <summary>Whether a subscription was made after the last <see cref="Take"/>; true for all if there were too many to tell.</summary>
    public bool IsWaiting(int id)
    {
        lock (gate) return isOverfull || made.ContainsKey(id);
    }
}

/// <summary>A subscription that was just made.</summary>
/// <param name="Slot">The node that it is to.</param>
/// <param name="Id">Its id.</param>
/// <param name="Subscriber">Whose it is.</param>
internal readonly record struct Fresh(NodeSlot Slot, int Id, Subscriber Subscriber);
