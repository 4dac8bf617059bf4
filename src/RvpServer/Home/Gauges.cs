using Rvp.Engine;
using RvpServer.Admin;
using RvpServer.Delivery;

namespace RvpServer.Home;

/// <summary>What administrators look at, and the count of notifications.</summary>
internal static class Gauges
{
    public static void Add(Metrics metrics, Nodes nodes, Deliverer deliverer)
    {
        deliverer.NotificationDone += metrics.NotificationDone;
        metrics.AddGauge("rvp_signed_in", "Accounts that are signed in.", () => nodes.All.Count(slot => !slot.Node.SignIns.IsEmpty));
        metrics.AddGauge("rvp_subscriptions", "Sign-ins and watches.", () => nodes.All.Sum(slot => (long)slot.Node.SignIns.Length + slot.Node.Watches.Count));
        metrics.AddGauge("rvp_queued_callbacks", "Callbacks that have something waiting.", () => deliverer.ActiveCallbacks);
        metrics.AddGauge("rvp_queued_notifications", "Notifications that wait for a POLL.",
            () => nodes.All.Sum(slot => slot.Node.SignIns.Where(signIn => signIn.Callback is Callback.Polled).Sum(signIn => (long)(slot.Node.FindPollQueue(signIn.Id)?.Entries.Count ?? 0))));
    }
}
