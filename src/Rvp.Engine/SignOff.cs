using System.Collections.Immutable;
using Rvp.Protocol;

namespace Rvp.Engine;

/// <summary>What ends together with subscriptions, and who inherits the messages.</summary>
internal static class SignOff
{
    /// <summary>
    /// Ends some subscriptions. A sign-in also ends its view and a state left by an earlier lease. The last sign-in also ends a state that was set without any
    /// sign-in, or the owner would stay online.
    /// </summary>
    /// <param name="node">Whose subscriptions.</param>
    /// <param name="ended">Those that end.</param>
    /// <param name="silent">Sign-ins that fall silent at the same time.</param>
    /// <param name="heir">See <see cref="Bequeath"/>.</param>
    public static IEnumerable<Change> End(
        Node node, IReadOnlyCollection<Subscription> ended, IReadOnlyCollection<Subscription>? silent = null, int? heir = null)
    {
        silent ??= [];
        foreach (var subscription in ended)
        {
            yield return new Change.SubscriptionEnded(subscription.Id);
            if (subscription.Type == NotificationType.Notify && node.FindViewOf(subscription.Id) is { } view) yield return new Change.ViewEnded(view.Id);
        }
        foreach (var signIn in silent) yield return new Change.SubscriptionSilenced(signIn.Id, IsSilent: true);
        foreach (var change in Bequeath(node, ended, silent, heir)) yield return change;
        var signIns = ended.Count(subscription => subscription.Type == NotificationType.Notify);
        if (signIns > 0 && node.Properties.ContainsKey(PropertyName.State)) yield return new Change.PropertyRemoved(PropertyName.State);
        if (signIns == 0 || signIns < node.SignIns.Length) yield break;
        foreach (var view in node.Views)
            if (view.SignIn is null) yield return new Change.ViewEnded(view.Id);
    }

    /// <summary>
    /// Passes on the messages that were accepted for sign-ins which end or are silent, and which no other has: to a sign-in that is heard of; if there is none,
    /// they are kept for the next one.
    /// </summary>
    /// <param name="node">Whose messages.</param>
    /// <param name="ended">Subscriptions that end.</param>
    /// <param name="silent">Sign-ins that fall silent: they keep their copies.</param>
    /// <param name="heir">A sign-in that begins, or is heard of again; null: the newest of the others.</param>
    public static IEnumerable<Change> Bequeath(
        Node node, IReadOnlyCollection<Subscription> ended, IReadOnlyCollection<Subscription> silent, int? heir)
    {
        if (node.Inbox.Entries.Count == 0) yield break;
        var gone = ended.Select(subscription => subscription.Id).ToHashSet();
        var left = node.SignIns.Where(signIn => !signIn.IsSilent && !silent.Contains(signIn) && !gone.Contains(signIn.Id));
        var heard = left.Select(signIn => signIn.Id).ToList();
        if (heir is null && heard.Count > 0) heir = heard[^1];
        foreach (var entry in node.Inbox.Entries)
        {
            var holders = entry.Holders.RemoveAll(gone.Contains);
            if (entry.IsOwed && heir is { } next && !holders.Contains(next) && !holders.Any(heard.Contains)) holders = holders.Add(next);
            if (holders.IsEmpty && !entry.IsOwed) yield return new Change.EntryRemoved(entry.Sequence);
            else if (!holders.SequenceEqual(entry.Holders)) yield return new Change.EntryHeld(entry.Sequence, holders, entry.IsOwed);
        }
    }
}
