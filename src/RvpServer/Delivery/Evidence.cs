using Rvp.Engine;
using RvpServer.Collections;
using RvpServer.Runtime;

namespace RvpServer.Delivery;

/// <summary>
/// Judges whether a receiver is dead, the only place that does. Evidence is, each alone:
/// <list type="number">
/// <item>all attempts with one notification were made, and none reached it;</item>
/// <item>it took several notifications in a row, over some seconds, and answered none;</item>
/// <item>it left one unanswered, nothing else was sent to it, and none of three connections a little later came about.</item>
/// </list>
/// No evidence is what this server or its machine did: an attempt that was never made, for want of a place, of DNS or by a rule, and one during which the
/// process stood still.
/// </summary>
/// <param name="carrier">Knocks at receivers.</param>
/// <param name="maxUnanswered">Notifications in a row that a receiver may leave unanswered; with that many it is dead.</param>
/// <param name="stalls">Tell when the process stood still.</param>
/// <param name="clock">The time.</param>
/// <param name="comparer">Compares receivers.</param>
internal sealed class Evidence<TKey>(ICarrier<TKey> carrier, int maxUnanswered, Stalls stalls, TimeProvider clock, IEqualityComparer<TKey>? comparer)
    where TKey : notnull
{
    // Losing one for lack of room is harmless: a dead receiver is detected one notification later.
    private const int MaxSuspects = 10_000;

    /// <summary>Before each knock. With a slow answer and connections that take their time it is over within 45 s of the notification. Decision.</summary>
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(8)];

    /// <summary>How long answers must be missing until their number is evidence: longer than a way is bad for a moment. Decision.</summary>
    private static readonly TimeSpan ShortestDeath = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly LruMap<TKey, Suspicion> suspects = new(MaxSuspects, comparer);
    private volatile bool hasSuspects;

    /// <summary>How long the process stood still so far: an attempt counts only if this is the same before and after it.</summary>
    public TimeSpan Lost => stalls.Lost;

    /// <summary>The result of a notification that reached the receiver is known. True if it is dead now.</summary>
    public bool IsLast(TKey receiver, DeliveryOutcome outcome)
    {
        if (outcome == DeliveryOutcome.Unreachable || (outcome != DeliveryOutcome.Unanswered && !hasSuspects)) return false;
        lock (gate)
        {
            suspects.TryGet(receiver, out var suspicion);
            if (outcome != DeliveryOutcome.Unanswered)
            {
                suspects.Remove(receiver);
                hasSuspects = suspects.Count > 0;
                return false;
            }
            suspicion ??= new Suspicion { Since = clock.GetTimestamp() };
            hasSuspects = true;
            // Connections that break at once prove nothing yet: it is the way that is bad, and the next may hold.
            if (++suspicion.Unanswered < maxUnanswered || clock.GetElapsedTime(suspicion.Since) < ShortestDeath)
            {
                suspects.Set(receiver, suspicion);
                return false;
            }
            suspects.Remove(receiver);
            return true;
        }
    }

    /// <summary>Knocks at a receiver that has left a notification unanswered. True if it is dead; false if it is not, or something else will show.</summary>
    public async Task<bool> KnockAsync(TKey receiver, CancellationToken stop)
    {
        if (Find(receiver) is not { IsKnockedAt: false } suspicion) return false;
        suspicion.IsKnockedAt = true;
        foreach (var pause in Pauses)
        {
            await Task.Delay(pause, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // It has answered something since, or was given up.
            if (stop.IsCancellationRequested || Find(receiver) != suspicion) return false;
            var lost = stalls.Lost;
            var knock = await carrier.KnockAsync(receiver, stop);
            if (knock.Result is not null || !knock.IsTried || stalls.Lost != lost) break;
            if (pause != Pauses[^1]) continue;
            lock (gate) suspects.Remove(receiver);
            return true;
        }
        suspicion.IsKnockedAt = false;
        return false;
    }

    private Suspicion? Find(TKey receiver)
    {
        lock (gate) return suspects.TryGet(receiver, out var suspicion) ? suspicion : null;
    }

    private sealed class Suspicion
    {
        public long Since { get; init; }

        public int Unanswered { get; set; }

        public bool IsKnockedAt { get; set; }
    }
}
