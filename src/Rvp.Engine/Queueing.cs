using System.Collections.Immutable;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Engine;

/// <summary>Puts what is for a node's owner into the <see cref="Inbox"/>, for the sign-ins that fetch it.</summary>
internal static class Queueing
{
    /// <summary>Who would get a message from the inbox: those that poll and are heard of, and callbacks that are still being handed what came before.</summary>
    public static ImmutableArray<int> TakersOfMessages(Node node)
    {
        var takers = ImmutableArray<int>.Empty;
        foreach (var signIn in node.SignIns)
            if (signIn.Callback is Callback.Polled ? !signIn.IsSilent : node.Inbox.Has(signIn.Id)) takers = takers.Add(signIn.Id);
        return takers;
    }

    /// <summary>The change that queues a message; null if there is no room, at least not for this sender.</summary>
    /// <param name="node">Whose inbox.</param>
    /// <param name="body">The document.</param>
    /// <param name="sender">Whose share it counts against.</param>
    /// <param name="isFleeting">True if it is of no use later.</param>
    /// <param name="takers">The sign-ins that it is for.</param>
    /// <param name="context">Time and rules.</param>
    public static Change? Message(
        Node node, ReadOnlyMemory<byte> body, RvpUrl sender, bool isFleeting, ImmutableArray<int> takers, DecisionContext context)
    {
        var limits = context.Rules.Polling;
        if (!NotificationsXml.CanContain(body.Span)) return null;
        if (!node.Inbox.HasRoomForMessage(body.Length, limits) || !node.Inbox.HasShareFor(sender, node.Url, body.Length, limits)) return null;
        var entry = new InboxEntry(NextSequence(node, context), body, null, context.Now, sender.ToString()) { Holders = takers, IsOwed = !isFleeting };
        return context.TakeRoom(node.Url, entry) ? new Change.EntryQueued(entry) : null;
    }

    /// <summary>
    /// The changes that queue a property change for all that poll: it replaces the one of the same contact that waits. If there is no room, those that poll are
    /// signed off, so that their clients sign in and ask for everything again: nobody keeps a picture that is no longer true.
    /// </summary>
    public static IReadOnlyList<Change> PropertyChange(Node node, ReadOnlyMemory<byte> body, string contact, DecisionContext context)
    {
        var polled = node.SignIns.Where(signIn => signIn.Callback is Callback.Polled).ToList();
        if (polled.Count == 0) return [];
        var changes = new List<Change>(2);
        var waiting = node.Inbox.FindChange(contact);
        if (waiting is not null)
        {
            changes.Add(new Change.EntryRemoved(waiting.Sequence));
            body = NotificationXml.MergePropertyChanges(waiting.Body, body);
        }
        var entry = new InboxEntry(NextSequence(node, context), body, contact, context.Now) { Holders = [.. polled.Select(signIn => signIn.Id)] };
        var bytes = (long)node.Inbox.ChangeBytes - (waiting?.Body.Length ?? 0) + body.Length;
        if (bytes > context.Rules.Polling.MaxBytes || !context.TakeRoom(node.Url, entry)) return [.. SignOff.End(node, polled)];
        changes.Add(new Change.EntryQueued(entry));
        return changes;
    }

    // Higher than any before, whatever the clock says. Based on the clock as well, so that a store that was restored does not give a cursor again.
    private static long NextSequence(Node node, DecisionContext context) =>
        1 + Math.Max(node.LastPollSequence, Math.Max(context.LastPollSequence, context.Now.ToUnixTimeMilliseconds()));
}
