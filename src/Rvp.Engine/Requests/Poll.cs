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
    /// <summary>How long the caller wants to wait if nothing is there for it; the code that takes the request does the waiting.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>How long somebody else waits for the caller, in another process, who asks again then: it is heard of for as long.</summary>
    public TimeSpan WaitElsewhere { get; init; }

    /// <summary>How many notifications the caller wants at once; never more than 100.</summary>
    public int Limit { get; init; } = MaxEntriesAtOnce;

    /// <summary>See <see cref="Subscriber.PasswordStamp"/>: who waits since before the password was changed gets nothing that came after.</summary>
    public long PasswordStamp { get; init; }

    private const int MaxEntriesAtOnce = 100;
    private const int MaxBytesAtOnce = 512 * 1024;

    /// <inheritdoc/>
    public override Admission Admission => Admission.Owner;

    /// <inheritdoc/>
    public override Outcome Decide(Node node, DecisionContext context)
    {
        var signIns = new List<Subscription>(Ids.Count);
        foreach (var id in Ids)
        {
            if (node.FindSubscription(id) is not { Type: NotificationType.Notify } signIn) return Refusal.NoSuchSubscription;
            if (!signIn.IsOfPassword(PasswordStamp)) return Refusal.NoSuchSubscription;
            if (signIn.Callback is not Callback.Polled) return Refusal.BadRequest("This subscription has a callback and is not polled.");
            signIns.Add(signIn);
        }
        // A cursor that was never given, from a clock that was wrong or a store that was restored, acknowledges nothing: what waits has not been seen.
        var cursor = Cursor <= node.LastPollSequence ? Cursor : null;
        var changes = new List<Change>();
        if (cursor is { } received) changes.AddRange(node.Inbox.Acknowledge(Ids, received));
        var tooOld = node.Inbox.TooOld(context.Now, context.Rules.Polling);
        changes.AddRange(tooOld.Select(entry => new Change.EntryRemoved(entry.Sequence)));
        var waiting = node.Inbox.Entries.Where(entry => !(entry.Sequence <= cursor) && entry.Holders.Any(Ids.Contains) && !tooOld.Contains(entry))
            .Take(Math.Min(Limit, MaxEntriesAtOnce)).ToList();

        var heardAt = waiting.Count == 0 ? context.Now + Wait + WaitElsewhere : context.Now;
        foreach (var signIn in signIns) changes.AddRange(Hearing.Of(signIn, heardAt, isExact: true));
        var answer = waiting.Count == 0 ? new Answer.Done(204) : Give(waiting);
        if (!signIns.Exists(signIn => signIn.IsSilent)) return new Outcome(answer, changes, []);
        changes.AddRange(Hearing.Back(node, changes));
        return Changing(node, answer, changes);
    }

    private static Answer.Done Give(List<InboxEntry> waiting)
    {
        var bytes = 0;
        var taken = waiting.TakeWhile(entry => (bytes += entry.Body.Length) <= MaxBytesAtOnce || bytes == entry.Body.Length).ToList();
        return new Answer.Done { Cursor = taken[^1].Sequence, Body = NotificationsXml.Write(taken.Select(entry => entry.Body)) };
    }
}
