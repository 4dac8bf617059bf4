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

    private readonly Counter<long> signIns;
    private readonly Counter<long> signOuts;
    private readonly Counter<long> messages;

    public HomeMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("RvpServer.Home");
        signIns = meter.CreateCounter<long>("rvp_sign_ins_total", description: "Sign-ins that began, by domain.");
        signOuts = meter.CreateCounter<long>("rvp_sign_outs_total", description: "Sign-ins that ended, by domain and what ended them.");
        messages = meter.CreateCounter<long>(
            "rvp_messages_total", description: "Messages for accounts here, by domain and whether they were accepted, refused, or fetched by a POLL.");
        meter.CreateObservableGauge("rvp_signed_in", () => Interlocked.Read(ref signedIn), description: "Accounts that are signed in.");
        meter.CreateObservableGauge("rvp_subscriptions", () => Interlocked.Read(ref subscriptions), description: "Sign-ins and watches.");
        meter.CreateObservableGauge(
            "rvp_queued_notifications", () => Interlocked.Read(ref queued), description: "Notifications that wait for a POLL or for the next sign-in.");
    }

    /// <summary>Somebody of a domain of this process has signed in.</summary>
    public void SignedIn(string domain) => signIns.Add(1, new KeyValuePair<string, object?>("domain", domain));

    /// <summary>A sign-in has ended.</summary>
    public void SignedOut(string domain, string reason) => signOuts.Add(1, new("domain", domain), new("reason", reason));

    /// <summary>A message has come for an account.</summary>
    public void MessageCame(string domain, bool isAccepted) => messages.Add(1, new("domain", domain), new("outcome", isAccepted ? "accepted" : "refused"));

    /// <summary>A message that waited was fetched by a POLL.</summary>
    public void MessageFetched(string domain) => messages.Add(1, new("domain", domain), new("outcome", "fetched"));

    /// <summary>Replaces a node's counts <paramref name="before"/> by <paramref name="now"/>.</summary>
    public void Changed(NodeCounts before, NodeCounts now)
    {
        if (before == now) return;
        Interlocked.Add(ref signedIn, Math.Sign(now.SignIns) - Math.Sign(before.SignIns));
        Interlocked.Add(ref subscriptions, now.SignIns + now.Watches - before.SignIns - before.Watches);
        Interlocked.Add(ref queued, now.Queued - before.Queued);
    }
}
