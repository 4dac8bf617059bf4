using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Federation;

namespace RvpServer.Delivery;

/// <summary>Where property changes for watchers on another server wait: each server has a few lanes, and each watcher always the same one.</summary>
/// <param name="Host">The server: a home server of our own domain, or the watcher's own domain.</param>
/// <param name="IsHome">True where our own directory names it as the watcher's home server.</param>
/// <param name="Number">Of the lane.</param>
internal readonly record struct PeerLane(HostAndPort Host, bool IsHome, int Number)
{
    /// <summary>Of one host. Decision: one lane would carry only as many changes a second as there are round trips.</summary>
    private const int LanesPerHost = 8;

    /// <summary>The lane of a watcher.</summary>
    public static PeerLane Of(RvpUrl watcher, HostAndPort? home) =>
        new(home ?? new HostAndPort(watcher.Host, watcher.Port), home is not null, (watcher.GetHashCode() & int.MaxValue) % LanesPerHost);

    /// <inheritdoc/>
    public override string ToString() => Host.ToString();
}

/// <summary>Brings property changes to watchers on other servers.</summary>
internal sealed class PeerCarrier(Peers peers) : ICarrier<PeerLane>
{
    /// <inheritdoc/>
    public RetrySchedule Schedule => RetrySchedule.ForServers;

    /// <inheritdoc/>
    public async Task<Attempt> TryAsync(PeerLane lane, Notification notification, TimeSpan elapsed, CancellationToken stop)
    {
        var answer = await peers.AskAsync(PeerRequest.Of(notification), lane.IsHome ? lane.Host : null, stop);
        return answer.Outcome switch
        {
            PeerOutcome.Answered when answer.Status != StatusCodes.Status503ServiceUnavailable => Attempt.Answered(answer.Status),
            PeerOutcome.Answered or PeerOutcome.NotReached or PeerOutcome.ResolverFailed => Attempt.Again(answer.Detail),
            PeerOutcome.NoAnswer => Attempt.Unanswered(answer.Detail),
            _ => Attempt.Hopeless(answer.Detail),
        };
    }

    /// <inheritdoc/>
    public void GiveUp(PeerLane lane, Notification head)
    {
        // Nothing to end: a watcher's server says itself when its watches are over, and the next change tries again.
    }
}
