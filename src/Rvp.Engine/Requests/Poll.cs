using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Engine.Requests;

/// <summary>
/// POLL: fetches what waits for the owner's polled sign-ins, at least once; a later POLL acknowledges with the cursor. Renews the leases. (Decision)
/// </summary>
/// <param name="Ids">The polled subscriptions.</param>
/// <param name="Cursor">Up to where the client has received; null: nothing to acknowledge.</param>
public sealed record Poll(IReadOnlyList<int> Ids, long? Cursor) : Request
{
    /// <summary>How long the caller wants to wait if its queues are empty; the code that takes the request does the waiting.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>See <see cref="Subscription.PasswordStamp"/>: who waits since before the password was changed gets nothing that came after.</summary>
    public long PasswordStamp { get; init; }

    private const int MaxEntriesAtOnce = 100;
    private const int MaxBytesAtOnce = 512 * 1024;
    private static readonly TimeSpan WorthRenewing = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    public override Admission Admission => Admission.Owner;

    /// <inheritdoc/>
    public override Outcome Decide(Node node, DecisionContext context)
    {
        if (Cursor > Math.Max(node.LastPollSequence, context.Now.ToUnixTimeMilliseconds())) return Refusal.BadRequest("RVP-Poll-Cursor was never given.");
        var changes = new List<Change>();
        var waiting = new List<PollEntry>();
        foreach (var id in Ids)
        {
            if (node.FindSubscription(id) is not { Type: NotificationType.Notify } signIn) return Refusal.NoSuchSubscription;
            if (!signIn.IsOfPassword(PasswordStamp)) return Refusal.NoSuchSubscription;
            if (signIn.Callback is not Callback.Polled) return Refusal.BadRequest("This subscription has a callback and is not polled.");
            var end = context.Now + Rules.PolledLifetime;
            if (end - signIn.ExpiresAt >= WorthRenewing) changes.Add(new Change.SubscriptionRenewed(id, end));
            if (node.FindPollQueue(id) is not { } queue) continue;
            if (Cursor is { } cursor && queue.Entries.FirstOrDefault()?.Sequence <= cursor) changes.Add(new Change.PollAcknowledged(id, cursor));
            var tooOld = queue.TooOld(context.Now, context.Rules.Polling).ToList();
            changes.AddRange(tooOld.Select(entry => new Change.PollEntryDropped(id, entry.Sequence)));
            waiting.AddRange(queue.Entries.Skip(tooOld.Count).SkipWhile(entry => entry.Sequence <= Cursor));
        }
        if (waiting.Count == 0) return new Outcome(new Answer.Done(204), changes, []);

        if (Ids.Count > 1) waiting.Sort((one, other) => one.Sequence.CompareTo(other.Sequence));
        var bytes = 0;
        var taken = waiting.Take(MaxEntriesAtOnce).TakeWhile(entry => (bytes += entry.Body.Length) <= MaxBytesAtOnce || bytes == entry.Body.Length).ToList();
        var answer = new Answer.Done { Cursor = taken[^1].Sequence, Body = NotificationsXml.Write(taken.Select(entry => entry.Body)) };
        return new Outcome(answer, changes, []);
    }
}
