using System.Collections.Immutable;
using Rvp.Engine.Requests;
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

    /// <summary>
    /// The changes that queue a message, of which the last does, with the time at which it came where messages are kept for long; none if there is no room, at
    /// least not for this sender.
    /// </summary>
    /// <param name="node">Whose inbox.</param>
    /// <param name="message">The message.</param>
    /// <param name="takers">The sign-ins that it is for; none: the next one.</param>
    /// <param name="context">Time and rules.</param>
    public static IReadOnlyList<Change> Message(Node node, Notify message, ImmutableArray<int> takers, DecisionContext context)
    {
        var (limits, sender) = (context.Rules.Polling, message.Caller.Principal!);
        if (!NotificationsXml.CanContain(message.Body.Span)) return [];
        var tooOld = node.Inbox.TooOld(context.Now, limits);
        var body = context.Rules.KeepsMessages ? MessageDate.Stamp(message.Body, context.Now) : message.Body;
        if (!node.Inbox.HasRoomForMessage(body.Length, limits, tooOld) || !node.Inbox.HasShareFor(sender, node.Url, body.Length, limits, tooOld)) return [];
        var entry = new InboxEntry(NextSequence(node, context), body, null, context.Now, sender.ToString())
        {
            Holders = takers,
            IsOwed = !message.Head.IsFleeting,
        };
        if (!context.TakeRoom(node.Url, entry)) return [];
        return [.. tooOld.Select(old => new Change.EntryRemoved(old.Sequence)), new Change.EntryQueued(entry)];
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
