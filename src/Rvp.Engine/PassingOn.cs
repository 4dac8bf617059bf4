using System.Collections.Immutable;

namespace Rvp.Engine;

/// <summary>What reaches a node's owner goes to every callback of the owner's sign-ins; <see cref="Inbox"/> sees to the polled ones.</summary>
public static class PassingOn
{
    /// <summary>One notification for each callback of the node's sign-ins, newest sign-in for each callback. May be called outside the node's turn.</summary>
    public static IReadOnlyList<Notification> PassOn(this Node node, string from, int hopCount, ReadOnlyMemory<byte> body, string contentType, bool isPropertyChange)
    {
        var signIns = node.SignIns;
        var notifications = new List<Notification>(signIns.Length);
        for (var i = 0; i < signIns.Length; i++)
        {
            var signIn = signIns[i];
            if (signIn.Callback is Callback.Polled || HasNewer(signIns, i)) continue;
            notifications.Add(new Notification(signIn.Callback, signIn.Id, node.Url, from, hopCount, body, contentType, isPropertyChange));
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
