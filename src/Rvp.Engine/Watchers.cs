using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Engine;

/// <summary>Finds the watchers to notify of a change.</summary>
internal static class Watchers
{
    private const int FirstHop = 2;

    /// <summary>
    /// One notification for each watcher and callback for which the node looks different now, even with several subscriptions (Decision); in the watcher's own
    /// spelling.
    /// </summary>
    public static IReadOnlyList<Notification> Tell(Node node, NodeAppearance before, NodeAppearance after)
    {
        if (node.Watches.Count == 0 || after.LooksLike(before)) return [];
        var notifications = new List<Notification>(node.Watches.Count);
        var told = new HashSet<(RvpUrl, Callback)>(node.Watches.Count);
        for (var i = node.Watches.Count - 1; i >= 0; i--)
        {
            var watch = node.Watches[i];
            if (!told.Add((watch.Principal, watch.Callback))) continue;
            var changes = after.ChangesFor(watch.Caller, before);
            if (changes.Count > 0) notifications.Add(Of(node, watch, changes));
        }
        notifications.Reverse();
        return notifications;
    }

    /// <summary>The same for watchers whose picture may be false: all that they see now, whether it has changed or not.</summary>
    /// <param name="node">The node.</param>
    /// <param name="timesOwed">The watches, with how often each was owed the news already; null: all of them, for the first time.</param>
    public static IReadOnlyList<Notification> TellAll(Node node, IReadOnlyDictionary<int, int>? timesOwed)
    {
        var now = NodeAppearance.Of(node);
        var notifications = new List<Notification>();
        var told = new HashSet<(RvpUrl, Callback)>();
        for (var i = node.Watches.Count - 1; i >= 0; i--)
        {
            var watch = node.Watches[i];
            var times = 0;
            if (timesOwed?.TryGetValue(watch.Id, out times) == false || !told.Add((watch.Principal, watch.Callback))) continue;
            notifications.Add(Of(node, watch, now.AllFor(watch.Caller)) with { TimesOwed = times });
        }
        notifications.Reverse();
        return notifications;
    }

    private static Notification Of(Node node, Subscription watch, IReadOnlyList<Property> changes)
    {
        var news = new News(watch.NodeAsWritten.Spelling, watch.Principal.Spelling, changes);
        var body = NotificationXml.WritePropertyChange(news.From, news.To, changes);
        return new Notification(watch.Callback, watch.Id, node.Url, news.From, FirstHop, body) { News = news };
    }
}
