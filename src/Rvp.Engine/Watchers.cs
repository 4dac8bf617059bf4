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
        // All who saw the same state and now see the same one are told the same.
        var tellings = new Dictionary<(PresenceState Seen, PresenceState Shown), Telling>();
        for (var i = node.Watches.Count - 1; i >= 0; i--)
        {
            var watch = node.Watches[i];
            if (!told.Add((watch.Principal, watch.Callback))) continue;
            var caller = watch.Caller;
            var (seen, shown) = (before.StateFor(caller), after.StateFor(caller));
            if (!tellings.TryGetValue((seen, shown), out var telling))
                tellings[(seen, shown)] = telling = new Telling(after.ChangesFrom(before, seen, shown));
            if (telling.Changes.Count > 0) notifications.Add(telling.To(node, watch));
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
            notifications.Add(new Telling(now.AllFor(watch.Caller)).To(node, watch) with { TimesOwed = times });
        }
        notifications.Reverse();
        return notifications;
    }

    /// <summary>What is told, to whomever.</summary>
    private sealed class Telling(IReadOnlyList<Property> changes)
    {
        private readonly PropertyChangeDocument document = new(changes);

        public IReadOnlyList<Property> Changes => changes;

        public Notification To(Node node, Subscription watch)
        {
            var news = new News(watch.NodeAsWritten.Spelling, watch.Principal.Spelling, changes);
            return new Notification(watch.Callback, watch.Id, node.Url, news.From, FirstHop, document.Write(news.From, news.To)) { News = news };
        }
    }
}
