using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Federation;

namespace RvpServer.Delivery;

/// <summary>The lane of a property change for a watcher on another server: each server has a few lanes, and each watcher always uses the same one.</summary>
/// <param name="Host">The server: a home server of our own domain, or the watcher's own domain.</param>
/// <param name="IsHome">True if our own directory names it as the watcher's home server.</param>
/// <param name="Number">The number of the lane.</param>
internal readonly record struct PeerLane(HostAndPort Host, bool IsHome, int Number)
{
    /// <summary>Per host. Decision: one lane could send only one change per round trip.</summary>
    private const int LanesPerHost = 8;

    /// <summary>The lane of a watcher.</summary>
    public static PeerLane Of(RvpUrl watcher, HostAndPort? home) =>
        new(home ?? new HostAndPort(watcher.Host, watcher.Port), home is not null, (watcher.GetHashCode() & int.MaxValue) % LanesPerHost);

    /// <inheritdoc/>
    public override string ToString() => Host.ToString();
}

/// <summary>Delivers property changes to watchers on other servers.</summary>
internal sealed class PeerCarrier(Peers peers, RefusedWatches refused) : ICarrier<PeerLane>
{
    /// <inheritdoc/>
    public RetrySchedule Schedule => RetrySchedule.ForServers;

    /// <inheritdoc/>
    public async Task<Attempt> TryAsync(PeerLane lane, Notification notification, TimeSpan elapsed, CancellationToken stop)
    {
        var answer = await peers.AskAsync(PeerRequest.Of(notification), lane.IsHome ? lane.Host : null, stop);
        if (answer.Outcome == PeerOutcome.Answered) refused.Answered(notification, answer.Status);
        return answer.Outcome switch
        {
            PeerOutcome.Answered when answer.Status != StatusCodes.Status503ServiceUnavailable => Attempt.Answered(answer.Status),
            PeerOutcome.Answered or PeerOutcome.NotReached or PeerOutcome.ResolverFailed => Attempt.Again(answer.Detail),
            PeerOutcome.NoAnswer => Attempt.Unanswered(answer.Detail),
            _ => Attempt.Hopeless(answer.Detail),
        };
    }

    /// <inheritdoc/>
    public void GiveUp(PeerLane lane, Notification unsent)
    {
        // Nothing to end: only an answer says that nobody wants the changes. The watchers are owed the state.
    }
}
