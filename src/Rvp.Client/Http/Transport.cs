using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Rvp.Client.Http.Digest;
using Rvp.Client.Http.Ntlm;

namespace Rvp.Client.Http;

/// <summary>Sends requests, and authenticates when a server of our own domain asks for it. Does not follow referrals.</summary>
internal sealed partial class Transport(RvpClientOptions options) : IDisposable
{
    private const int MaxLanes = 10;

    private readonly ConcurrentStack<HttpConnectionSlot> idle = new();
    private readonly SemaphoreSlim free = new(MaxLanes);
    private readonly ConcurrentDictionary<string, DigestSession> sessions = new();
    private readonly string userName = options.UserName ?? options.Address.Name;
    private readonly ILogger log = ClientLog.Of(options);
    private bool isDisposed;

    public void Dispose()
    {
        isDisposed = true;
        while (idle.TryPop(out var lane)) lane.Dispose();
    }

    /// <summary>The answer; a 401 if the proof was not accepted.</summary>
    public async Task<RvpResponse> SendAsync(RvpRequest request, CancellationToken stop)
    {
        await free.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            // The one used last is most likely still connected, and authenticated with NTLM.
            if (!idle.TryPop(out var lane)) lane = new HttpConnectionSlot(options);
            try
            {
                var began = Stopwatch.GetTimestamp();
                var response = await SendAsync(lane, request, stop).ConfigureAwait(false);
                Note(request, response, Stopwatch.GetElapsedTime(began));
                return response;
            }
            finally
            {
                if (isDisposed) lane.Dispose();
                else idle.Push(lane);
            }
        }
        finally
        {
            free.Release();
        }
    }

    private async Task<RvpResponse> SendAsync(HttpConnectionSlot lane, RvpRequest request, CancellationToken stop)
    {
        if (!request.IsOwnServer) return await lane.SendAsync(request, null, options.RequestTimeout, stop).ConfigureAwait(false);
        // Only a few: the servers of one domain.
        var session = sessions.GetOrAdd(request.Origin, _ => new DigestSession(userName, options.Password));
        var known = options.Scheme == AuthenticationScheme.Ntlm ? null : session.HeaderFor(request.Verb, request.Target.PathAndQuery);
        var response = await lane.SendAsync(request, known, options.RequestTimeout, stop).ConfigureAwait(false);
        if (response.Status != 401) return response;
        var challenges = response.All("WWW-Authenticate").ToList();
        if (options.Scheme != AuthenticationScheme.Ntlm && DigestOffer.Find(challenges) is { } challenge)
            return await ProveByDigestAsync(lane, request, session, challenge, response, stop).ConfigureAwait(false);
        return options.Scheme != AuthenticationScheme.Digest
            && challenges.Exists(text => text.StartsWith(NtlmExchange.Scheme, StringComparison.OrdinalIgnoreCase))
            ? await ProveByNtlmAsync(lane, request, response, stop).ConfigureAwait(false)
            : response;
    }

    private async Task<RvpResponse> ProveByDigestAsync(
        HttpConnectionSlot lane, RvpRequest request, DigestSession session, DigestOffer? challenge, RvpResponse response, CancellationToken stop)
    {
        // A second attempt only if the server says that the proof was right but the nonce was too old.
        for (var attempt = 0; attempt < 3 && challenge is not null && (attempt == 0 || challenge.IsStale); attempt++)
        {
            session.Take(challenge);
            response = await lane.SendAsync(request, session.HeaderFor(request.Verb, request.Target.PathAndQuery), options.RequestTimeout, stop)
                .ConfigureAwait(false);
            if (response.Status != 401) return response;
            challenge = DigestOffer.Find(response.All("WWW-Authenticate"));
        }
        session.Forget();
        return response;
    }

    private async Task<RvpResponse> ProveByNtlmAsync(HttpConnectionSlot lane, RvpRequest request, RvpResponse response, CancellationToken stop)
    {
        var exchange = new NtlmExchange(userName, options.Password);
        // Two attempts, since the connection may break between the messages.
        for (var attempt = 0; attempt < 2; attempt++)
        {
            response = await lane.SendAsync(request with { Body = [] }, NtlmExchange.FirstHeader, options.RequestTimeout, stop).ConfigureAwait(false);
            if (response.Status != 401 || exchange.AnswerTo(response.All("WWW-Authenticate")) is not { } answer) return response;
            response = await lane.SendAsync(request, answer, options.RequestTimeout, stop).ConfigureAwait(false);
            if (response.Status != 401) return response;
        }
        return response;
    }

    private void Note(RvpRequest request, RvpResponse response, TimeSpan taken)
    {
        ClientMetrics.Answered(request.Verb, response.Status, taken);
        Log.Answered(log, request.Verb, request.Target, response.Status, (long)taken.TotalMilliseconds);
    }

    private static partial class Log
    {
        [LoggerMessage(EventName = "Answered", Level = LogLevel.Debug, Message = "{Verb} {Target}: {Status} in {Milliseconds} ms")]
        public static partial void Answered(ILogger logger, string verb, Uri target, int status, long milliseconds);
    }
}
