using System.Collections.Immutable;
using Rvp.Protocol;

namespace Rvp.Engine;

/// <summary>What reaches a node's owner goes to the callbacks of all the owner's sign-ins; polled sign-ins have the <see cref="Inbox"/>.</summary>
public static class MessageForwarding
{
    /// <summary>One notification per callback of the node's sign-ins; of several sign-ins with one callback the newest.</summary>
    public static IReadOnlyList<Notification> ToSignIns(
        Node node, string from, int hopCount, ReadOnlyMemory<byte> body, bool isPropertyChange) =>
        ToSignIns(node.Url, node.SignIns, from, hopCount, body, isPropertyChange);

    /// <summary>The same for a notification that came through the owner's node; may be called outside the node's turn.</summary>
    /// <param name="node">The node.</param>
    /// <param name="signIns">Its sign-ins, read once.</param>
    /// <param name="notification">The notification that came.</param>
    public static IReadOnlyList<Notification> ToSignIns(RvpUrl node, ImmutableArray<Subscription> signIns, Notification notification) =>
        ToSignIns(node, signIns, notification.From, notification.HopCount + 1, notification.Body, notification.IsPropertyChange);

    private static List<Notification> ToSignIns(
        RvpUrl node, ImmutableArray<Subscription> signIns, string from, int hopCount, ReadOnlyMemory<byte> body, bool isPropertyChange)
    {
        var notifications = new List<Notification>(signIns.Length);
        for (var i = 0; i < signIns.Length; i++)
        {
            var signIn = signIns[i];
            if (signIn.Callback is Callback.Polled || HasNewer(signIns, i)) continue;
            notifications.Add(new Notification(signIn.Callback, signIn.Id, node, from, hopCount, body, isPropertyChange));
        }
        return notifications;
    }

    private static bool HasNewer(ImmutableArray<Subscription> signIns, int index)
    {
        for (var i = index + 1; i < signIns.Length; i++)
            if (signIns[i].Callback.Equals(signIns[index].Callback)) return true;
        return false;
    }
}
