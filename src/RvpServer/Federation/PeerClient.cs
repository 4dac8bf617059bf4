using System.Buffers;
using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Dns;
using RvpServer.Outbound;

namespace RvpServer.Federation;

/// <summary>
/// Sends one request to one URL of another server: finds its endpoints, tries them in order until one takes the request, and reads an answer with limits on
/// size and time. Never throws for anything that a peer does.
/// </summary>
internal sealed class PeerClient(
    [FromKeyedServices(OutboundRegistration.Peers)] OutboundHttp others,
    [FromKeyedServices(OutboundRegistration.HomeServers)] OutboundHttp ours,
    OutboundProxy proxy, DomainResolver resolver, LimitsOptions limits)
{
    /// <summary>
    /// Requests to one host at a time. Decision: an answer takes at most 25 s, so this still allows some requests a second to a server that hangs.
    /// </summary>
    public const int MaxUnderWay = 64;

    private readonly PerHostLimiter underWay = new(MaxUnderWay);

    /// <summary>Sends and waits for the whole answer.</summary>
    /// <param name="url">The logical or physical URL to use; the connection may go to another host (SRV).</param>
    /// <param name="request">What to ask.</param>
    /// <param name="stop">Ends the request immediately.</param>
    public async Task<PeerAnswer> AskAsync(PeerUrl url, PeerRequest request, CancellationToken stop)
    {
        if (!underWay.TryEnter(url.Place)) return new PeerAnswer(PeerOutcome.NotReached, Detail: "too many requests to it are under way");
        try
        {
            return await AskEndpointsAsync(url, request, stop);
        }
        finally
        {
            underWay.Leave(url.Place);
        }
    }

    private async Task<PeerAnswer> AskEndpointsAsync(PeerUrl url, PeerRequest request, CancellationToken stop)
    {
        IReadOnlyList<HostAndPort> endpoints;
        PeerAnswer? failure;
        try
        {
            (endpoints, failure) = await EndpointsOfAsync(url, stop);
        }
        catch (OperationCanceledException)
        {
            return new PeerAnswer(PeerOutcome.ResolverFailed, Detail: "DNS did not answer in time");
        }
        if (failure is not null) return failure;
        var last = new PeerAnswer(PeerOutcome.NotReached);
        foreach (var endpoint in endpoints)
        {
            last = await TryAsync(endpoint, url, request, stop);
            if (last.Outcome != PeerOutcome.NotReached || stop.IsCancellationRequested) break;
        }
        return last;
    }

    private async Task<(IReadOnlyList<HostAndPort> Endpoints, PeerAnswer? Failure)> EndpointsOfAsync(PeerUrl url, CancellationToken stop)
    {
        var found = url.IsPhysical
            ? await resolver.ResolveHostAsync(url.Place.Host, url.Place.Port, stop)
            : await resolver.ResolveAsync(url.Place.Host, url.Place.Port == HostAndPort.DefaultPort ? null : url.Place.Port, stop);
        // Behind a proxy this machine's DNS may not know outside names, and need not.
        if (found.Endpoints.Count == 0 && proxy.Url is not null) return ([url.Place], null);
        if (found.Status == ResolveStatus.ResolverFailed)
        {
            return ([], new PeerAnswer(PeerOutcome.ResolverFailed, Detail: $"DNS does not answer for {url.Place.Host}"));
        }
        // If a home server has no name in DNS, the directory is wrong about it, but its domain and the node exist.
        if (found.Status == ResolveStatus.NoSuchDomain && url.IsPhysical)
        {
            return ([], new PeerAnswer(PeerOutcome.NotReached, Detail: $"DNS does not know the home server {url.Place.Host}"));
        }
        if (found.Status == ResolveStatus.NoSuchDomain)
        {
            return ([], new PeerAnswer(PeerOutcome.NoSuchDomain, Detail: $"DNS names no server for {url.Place.Host}"));
        }
        return ([.. found.Endpoints.Select(endpoint => new HostAndPort(endpoint.Host, endpoint.Port))], null);
    }

    private async Task<PeerAnswer> TryAsync(HostAndPort endpoint, PeerUrl url, PeerRequest request, CancellationToken stop)
    {
        if (OutboundRequest.AsWritten("http://" + endpoint + url.Path, url.Path) is not { } target)
        {
            return new PeerAnswer(PeerOutcome.NotReached, Detail: "its URL cannot be used");
        }
        var outbound = new OutboundRequest(new HttpMethod(request.Verb), target, request.From, request.Body)
        {
            Host = url.Place.ToString(),
            Headers = request.Headers,
        };
        var sending = await (url.IsOurs ? ours : others).SendAsync(outbound, Dialer.ConnectTime, request.AnswerTime, ReadAsync, stop);
        return sending.Outcome switch
        {
            SendOutcome.Answered => sending.Answer!,
            SendOutcome.NoAnswer => new PeerAnswer(PeerOutcome.NoAnswer, Detail: Detail(sending.Error)),
            _ => new PeerAnswer(PeerOutcome.NotReached, Detail: Detail(sending.Error)),
        };
    }

    private async ValueTask<PeerAnswer> ReadAsync(HttpResponseMessage response, CancellationToken stop)
    {
        if (await ReadBodyAsync(response, stop) is not { } body) return new PeerAnswer(PeerOutcome.NoAnswer, Detail: "its answer is too large");
        return new PeerAnswer(
            PeerOutcome.Answered, (int)response.StatusCode, Single(response, "Location"), Single(response, RvpHeaders.SubscriptionId),
            Single(response, RvpHeaders.SubscriptionLifetime), body, response.Headers.Contains(RvpHeaders.Version), Single(response, RvpHeaders.Delivered));
    }

    private async Task<byte[]?> ReadBodyAsync(HttpResponseMessage response, CancellationToken stop)
    {
        if (response.Content.Headers.ContentLength > limits.MaxBodyBytes) return null;
        await using var stream = await response.Content.ReadAsStreamAsync(stop);
        using var body = new MemoryStream();
        var part = ArrayPool<byte>.Shared.Rent(8192);
        try
        {
            while (await stream.ReadAsync(part, stop) is > 0 and var read)
            {
                if (body.Length + read > limits.MaxBodyBytes) return null;
                body.Write(part, 0, read);
            }
            return body.ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(part);
        }
    }

    private static string? Detail(Exception? error) => error?.InnerException?.Message ?? error?.Message;

    private static string? Single(HttpResponseMessage response, string header) =>
        response.Headers.TryGetValues(header, out var values) && values.Take(2).ToArray() is [var value] ? value : null;
}
