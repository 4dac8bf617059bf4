using Rvp.Engine;
using RvpServer.Delivery;
using RvpServer.Domains;
using RvpServer.Federation;

namespace RvpServer.Home;

/// <summary>Where notifications go: a client's callback, or by way of the watcher's node, here or on another server, to all of that one's callbacks.</summary>
internal sealed class Dispatcher(IDelivery delivery, FellowDelivery fellows, PeerDelivery peers, ImDomains domains)
{
    /// <summary>Enqueues in order and returns at once; a task for each final destination.</summary>
    public IReadOnlyList<Task<DeliveryResult>> Send(IReadOnlyList<Notification> notifications, Nodes nodes)
    {
        if (notifications.Count == 0) return [];
        var deliveries = new List<Task<DeliveryResult>>(notifications.Count);
        foreach (var notification in notifications)
        {
            if (notification.Callback is Callback.Logical logical) SendThrough(logical, notification, nodes, deliveries);
            else deliveries.Add(delivery.Enqueue(notification));
        }
        return deliveries;
    }

    // Another node's sign-ins are read without its turn: the array is replaced, never changed.
    private void SendThrough(Callback.Logical logical, Notification notification, Nodes nodes, List<Task<DeliveryResult>> deliveries)
    {
        if (!domains.IsLocal(logical.Node.Host))
        {
            deliveries.Add(peers.Enqueue(notification, homeServer: null));
            return;
        }
        if (nodes.Find(domains.Canonical(logical.Node)) is not { Node.SignIns.IsEmpty: false } slot)
        {
            fellows.Post(notification);
            return;
        }
        if (slot.Node.SignIns.Any(signIn => signIn.Callback is Callback.Polled))
        {
            nodes.Post(slot, notification);
            return;
        }
        foreach (var passedOn in slot.Node.PassOn(notification.From, notification.HopCount + 1, notification.Body, notification.ContentType, notification.IsPropertyChange))
            deliveries.Add(delivery.Enqueue(passedOn));
    }
}
