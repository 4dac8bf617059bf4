namespace Rvp.Engine;

/// <summary>
/// A polled sign-in is there while it is heard of, since a client that is gone says nothing. Its lease tells when that was: this costs no field, no timer and
/// hardly a write. A sign-in that falls silent keeps its lease, but is not shown and receives no messages until it is heard of again.
/// </summary>
internal static class Hearing
{
    // After a restart everybody is given more time than this.
    private static readonly TimeSpan BetweenWrites = TimeSpan.FromMinutes(5);

    /// <summary>The changes when something is heard of a sign-in.</summary>
    /// <param name="signIn">The sign-in; for one that has a callback there are none.</param>
    /// <param name="at">When; later than now while a POLL waits.</param>
    /// <param name="isExact">True if it may have been expected to be heard of until later: a POLL has ended before its time.</param>
    public static IEnumerable<Change> Of(Subscription signIn, DateTimeOffset at, bool isExact = false)
    {
        if (signIn.Callback is not Callback.Polled) yield break;
        var end = at + Rules.PolledLifetime;
        if (end > signIn.ExpiresAt && end.UtcTicks / BetweenWrites.Ticks > signIn.ExpiresAt.UtcTicks / BetweenWrites.Ticks)
        {
            yield return new Change.SubscriptionRenewed(signIn.Id, end);
        }
        else if (isExact ? end != signIn.ExpiresAt : end > signIn.ExpiresAt)
        {
            yield return new Change.SubscriptionHeard(signIn.Id, end);
        }
        if (signIn.IsSilent) yield return new Change.SubscriptionSilenced(signIn.Id, IsSilent: false);
    }

    /// <summary>The changes when a sign-in is to fall silent at a time, unless something is heard of it; none if it is to anyway, or is silent.</summary>
    public static IReadOnlyList<Change> Until(Subscription signIn, DateTimeOffset end) =>
        signIn.SilentAt is { } silentAt && end < silentAt ? [new Change.SubscriptionHeard(signIn.Id, signIn.ExpiresAt - (silentAt - end))] : [];

    /// <summary>The further changes when some were silent: the last of them gets the messages that nobody has.</summary>
    public static IEnumerable<Change> Back(Node node, IReadOnlyList<Change> changes) =>
        changes.LastOrDefault(change => change is Change.SubscriptionSilenced { IsSilent: false }) is Change.SubscriptionSilenced back
            ? SignOff.Bequeath(node, [], [], back.Id)
            : [];
}
