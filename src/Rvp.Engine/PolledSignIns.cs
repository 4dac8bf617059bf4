using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Engine;

/// <summary>Handles a notification to a node's owner: sends it to callbacks and queues it for polled sign-ins.</summary>
internal static class PolledSignIns
{
    /// <summary>
    /// The changes that queue it for every polled sign-in; <paramref name="full"/> counts the sign-ins whose queue has no room, at least not for this sender.
    /// </summary>
    /// <param name="node">Whose sign-ins.</param>
    /// <param name="body">The document.</param>
    /// <param name="contact">The person that a property change is about; null for a message.</param>
    /// <param name="sender">The sender of a message; null for a property change, which gives way to messages.</param>
    /// <param name="context">Time and rules.</param>
    /// <param name="queued">How many sign-ins get it.</param>
    /// <param name="full">How many do not.</param>
    public static List<Change> Queue(
        Node node, ReadOnlyMemory<byte> body, string? contact, RvpUrl? sender, DecisionContext context, out int queued, out int full)
    {
        queued = 0;
        full = 0;
        var changes = new List<Change>();
        var canQueue = body.Length <= context.Rules.Polling.MaxBytes && NotificationsXml.CanContain(body.Span);
        // Based on the clock, so that a cursor stays valid after a restart that finds all earlier entries acknowledged and deleted.
        var sequence = Math.Max(node.LastPollSequence, context.Now.ToUnixTimeMilliseconds());
        foreach (var signIn in node.SignIns)
        {
            if (signIn.Callback is not Callback.Polled) continue;
            var queue = node.FindPollQueue(signIn.Id);
            var hasShare = sender is null || queue is null || queue.HasShareFor(sender, node.Url, body.Length, context.Rules.Polling);
            var dropped = !canQueue || !hasShare ? null : queue is null ? [] : queue.PlanRoom(body.Length, contact, context.Rules.Polling);
            if (dropped is null)
            {
                full++;
                continue;
            }
            changes.AddRange(dropped.Select(entry => new Change.PollEntryDropped(signIn.Id, entry.Sequence)));
            changes.Add(new Change.PollEntryQueued(signIn.Id, new PollEntry(++sequence, body, contact, context.Now, sender?.ToString())));
            queued++;
        }
        return changes;
    }
}
