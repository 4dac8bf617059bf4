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
            if (changes.Count == 0) continue;
            var from = watch.NodeAsWritten.Spelling;
            var body = NotificationXml.WritePropertyChange(from, watch.Principal.Spelling, changes);
            notifications.Add(new Notification(watch.Callback, watch.Id, node.Url, from, FirstHop, body, IsPropertyChange: true));
        }
        notifications.Reverse();
        return notifications;
    }
}
