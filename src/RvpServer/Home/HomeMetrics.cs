using System.Diagnostics.Metrics;
using Rvp.Engine;

namespace RvpServer.Home;

/// <summary>What one node adds to the metrics.</summary>
internal readonly record struct NodeCounts(int SignIns, int Watches, int Queued)
{
    /// <summary>The counts of a node; in its turn.</summary>
    public static NodeCounts Of(Node node) => new(node.SignIns.Length, node.Watches.Count, node.Inbox.Entries.Count);
}

/// <summary>Sums over all nodes, updated in their turns, so that reading them disturbs no node and iterates over nothing.</summary>
internal sealed class HomeMetrics
{
    private long signedIn;
    private long subscriptions;
    private long queued;

    public HomeMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("RvpServer.Home");
        meter.CreateObservableGauge("rvp_signed_in", () => Interlocked.Read(ref signedIn), description: "Accounts that are signed in.");
        meter.CreateObservableGauge("rvp_subscriptions", () => Interlocked.Read(ref subscriptions), description: "Sign-ins and watches.");
        meter.CreateObservableGauge(
            "rvp_queued_notifications", () => Interlocked.Read(ref queued), description: "Notifications that wait for a POLL or for the next sign-in.");
    }

    /// <summary>Replaces a node's counts <paramref name="before"/> by <paramref name="now"/>.</summary>
    public void Changed(NodeCounts before, NodeCounts now)
    {
        if (before == now) return;
        Interlocked.Add(ref signedIn, Math.Sign(now.SignIns) - Math.Sign(before.SignIns));
        Interlocked.Add(ref subscriptions, now.SignIns + now.Watches - before.SignIns - before.Watches);
        Interlocked.Add(ref queued, now.Queued - before.Queued);
    }
}
