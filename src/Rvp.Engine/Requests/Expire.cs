using Rvp.Protocol;

namespace Rvp.Engine.Requests;

/// <summary>Leases ran out, or polled sign-ins have fallen silent: handled like a verb.</summary>
public sealed record Expire : Request
{
    /// <inheritdoc/>
    public override Admission Admission => Admission.Server;

    /// <inheritdoc/>
    public override Outcome Decide(Node node, DecisionContext context)
    {
        var now = context.Now;
        var lapsed = node.SignIns.Concat(node.Watches).Where(subscription => subscription.ExpiresAt <= now).ToList();
        var silent = node.SignIns.Where(signIn => signIn.SilentAt <= now && signIn.ExpiresAt > now).ToList();
        var changes = SignOff.End(node, lapsed, silent).ToList();
        foreach (var view in node.Views)
            if (!changes.Contains(new Change.ViewEnded(view.Id))) ExpireValues(view, now, changes);
        changes.AddRange(node.WatchedElsewhere.Where(watched => watched.Value <= now).Select(watched => new Change.ContactUnwatched(watched.Key)));
        changes.AddRange(node.Inbox.TooOld(now, context.Rules.Polling).Select(entry => new Change.EntryRemoved(entry.Sequence)));
        return Changing(node, new Answer.Done(), changes);
    }

    // When its lease runs out a value becomes the default value; without a default the property is removed. [white paper] A view ends with its last lease.
    private static void ExpireValues(View view, DateTimeOffset now, List<Change> changes)
    {
        var lapsed = view.Values.Where(entry => entry.Value.ExpiresAt <= now).ToList();
        if (lapsed.Count == 0) return;
        foreach (var (name, value) in lapsed)
        {
            changes.Add(new Change.ViewValueEnded(view.Id, name));
            if (value.Default is null || value.Default == PresenceStates.ElementOf(PresenceState.Offline)) continue;
            changes.Add(new Change.PropertySet(name, value.Default));
        }
        if (lapsed.Count == view.Values.Count) changes.Add(new Change.ViewEnded(view.Id));
    }
}
