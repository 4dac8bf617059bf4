using Rvp.Protocol;
using RvpServer.Domains;

namespace RvpServer.Federation;

/// <summary>
/// Asks nodes on other servers:
/// <list type="number">
/// <item>starts at the home server that the directory names, at the physical URL that worked last time, or at the node's own domain;</item>
/// <item>follows referrals: a few, never to a place that was asked already, never to ourselves, and only to the same node;</item>
/// <item>remembers a physical URL that worked until it fails; if a remembered one fails, it is forgotten and the domain is asked once more.</item>
/// </list>
/// </summary>
internal sealed partial class Peers(FederatedDomains federated, PeerClient client, ImDomains domains, ReferralCache referrals, TimeProvider clock,
    ILogger<Peers> logger)
{
    /// <summary>Router, old home server, new home server. Decision.</summary>
    private const int MaxReferrals = 3;

    /// <summary>
    /// For look-ups, connections and referrals, besides the time for the answer itself: old clients give up after 30 s. [client: pidgin-librvp]
    /// </summary>
    private static readonly TimeSpan WayTime = TimeSpan.FromSeconds(5);

    /// <summary>Sends a request; the answer is never a referral.</summary>
    /// <param name="request">What to ask.</param>
    /// <param name="homeServer">host[:port] of the node's home server if our own directory names it; otherwise null.</param>
    /// <param name="stop">Ends the request immediately.</param>
    public async Task<PeerAnswer> AskAsync(PeerRequest request, HostAndPort? homeServer, CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(request.AnswerTime + WayTime, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, patience.Token);
        PeerAnswer answer;
        try
        {
            answer = await AskSomewhereAsync(request, homeServer, either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            answer = new PeerAnswer(PeerOutcome.NotReached, Detail: "finding it took too long");
        }
        if (answer.Outcome == PeerOutcome.ResolverFailed) stop.ThrowIfCancellationRequested();
        if (answer.Outcome == PeerOutcome.BadReferral) Log.BadReferral(logger, request.Verb, request.Node, answer.Detail);
        else if (answer.Outcome != PeerOutcome.Answered) Log.NoAnswer(logger, request.Verb, request.Node, answer.Outcome, answer.Detail);
        return answer;
    }

    private async Task<PeerAnswer> AskSomewhereAsync(PeerRequest request, HostAndPort? homeServer, CancellationToken stop)
    {
        var node = request.Node;
        if (homeServer is { } home) return await FollowAsync(PeerUrl.OnHome(node, home), request, stop);
        if (!federated.Include(node.Host)) return new PeerAnswer(PeerOutcome.NoSuchDomain, Detail: "its domain is kept out by the configuration");
        if (referrals.Find(node) is { } kept)
        {
            var answer = await FollowAsync(kept, request, stop);
            if (!MayHaveMoved(answer)) return answer;
            referrals.Forget(node);
            // 412 is also the normal answer for a recipient that is not available, so only the next request asks the domain again.
            if (answer.Status == 412) return answer;
        }
        return await FollowAsync(PeerUrl.Logical(node), request, stop);
    }

    private async Task<PeerAnswer> FollowAsync(PeerUrl url, PeerRequest request, CancellationToken stop)
    {
        // A domain's name may also be a home server's: SRV and the address itself may lead to different servers.
        var visited = new HashSet<(HostAndPort, bool)>();
        while (true)
        {
            if (visited.Count > MaxReferrals) return new PeerAnswer(PeerOutcome.BadReferral, Detail: "referred on too often");
            if (domains.IsLocal(url.Place.Host)) return new PeerAnswer(PeerOutcome.BadReferral, Detail: "referred to ourselves");
            if (!visited.Add((url.Place, url.IsPhysical))) return new PeerAnswer(PeerOutcome.BadReferral, Detail: $"referred back to {url.Place}");

            var answer = await client.AskAsync(url, request, stop);
            if (!answer.IsReferral)
            {
                if (visited.Count > 1 && answer.IsDone && !url.IsOurs) referrals.Keep(request.Node, url);
                return answer;
            }
            if (!url.TryReadReferral(answer.Location, request.Node, out var next))
            {
                return new PeerAnswer(PeerOutcome.BadReferral, Detail: $"{url.Place} referred to something else");
            }
            url = next;
        }
    }

    private static bool MayHaveMoved(PeerAnswer answer) =>
        answer.IsUnsent || answer.Outcome is PeerOutcome.NoSuchDomain or PeerOutcome.BadReferral || answer.Status is 404 or 412;

    private static partial class Log
    {
        [LoggerMessage(EventName = "BadReferral", Level = LogLevel.Information, Message = "{Verb} {Node} was {Detail}")]
        public static partial void BadReferral(ILogger logger, string verb, RvpUrl node, string? detail);

        [LoggerMessage(EventName = "PeerNoAnswer", Level = LogLevel.Information, Message = "{Verb} {Node}: {Outcome}, {Detail}")]
        public static partial void NoAnswer(ILogger logger, string verb, RvpUrl node, PeerOutcome outcome, string? detail);
    }
}
