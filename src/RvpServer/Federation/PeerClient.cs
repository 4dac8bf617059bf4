using System.Buffers;
using System.Net;
using System.Text;
using Rvp.Protocol;
using RvpServer.Delivery;
using RvpServer.Dns;

namespace RvpServer.Federation;

/// <summary>What peers may make this server hold, and the way to them.</summary>
/// <param name="IsFederated">False: only home servers of one's own domains are asked.</param>
/// <param name="MaxAnswerBytes">Largest body of an answer.</param>
/// <param name="OutboundProxy">HTTP proxy on the way; null for none.</param>
internal sealed record PeerSettings(bool IsFederated, int MaxAnswerBytes, Uri? OutboundProxy = null);

/// <summary>One request to one URL of another server: finds its endpoints, tries them in order until one takes the request, and reads a bounded answer in bounded time. Never throws for what a peer does.</summary>
internal sealed class PeerClient : IDisposable
{
    private static readonly SearchValues<char> visible = SearchValues.Create([.. Enumerable.Range(0x21, 0x7e - 0x21 + 1).Select(c => (char)c)]);

    /// <summary>To one host at once. Decision: an answer takes 25 s at most, so that is still some requests a second to a server that hangs.</summary>
    private const int MaxUnderWay = 64;

    private readonly HostGates gates = new(MaxUnderWay);
    private readonly PeerSettings settings;
    private readonly DomainResolver resolver;
    private readonly PeerDialer dialer;
    private readonly TimeProvider clock;
    private readonly HttpMessageInvoker invoker;

    public PeerClient(PeerSettings settings, DomainResolver resolver, PeerDialer dialer, TimeProvider clock)
    {
        (this.settings, this.resolver, this.dialer, this.clock) = (settings, resolver, dialer, clock);
        invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectCallback = dialer.ConnectAsync,
            ConnectTimeout = PeerDialer.ConnectTime,
            MaxConnectionsPerServer = MaxUnderWay,
            MaxResponseDrainSize = 16 * 1024,
            MaxResponseHeadersLength = 16,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            // Then DNS is asked again where the server is.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            Proxy = settings.OutboundProxy is null ? null : new WebProxy(settings.OutboundProxy),
            RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
            ResponseDrainTimeout = TimeSpan.FromSeconds(1),
            UseCookies = false,
            UseProxy = settings.OutboundProxy is not null,
        });
    }

    /// <summary>Sends and waits for the whole answer.</summary>
    /// <param name="url">The logical or physical URL to use; its host need not be the one that is connected to (SRV).</param>
    /// <param name="request">What to ask.</param>
    /// <param name="stop">Ends it at once.</param>
    public async Task<PeerAnswer> AskAsync(PeerUrl url, PeerRequest request, CancellationToken stop)
    {
        if (!gates.TryEnter(url.Place)) return new PeerAnswer(PeerOutcome.NotReached, Detail: "too many requests to it are under way");
        try
        {
            return await AskEndpointsAsync(url, request, stop);
        }
        finally
        {
            gates.Leave(url.Place);
        }
    }

    public void Dispose() => invoker.Dispose();

    private async Task<PeerAnswer> AskEndpointsAsync(PeerUrl url, PeerRequest request, CancellationToken stop)
    {
        IReadOnlyList<(string Host, int Port)> endpoints;
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
        foreach (var (host, port) in endpoints)
        {
            last = await TryAsync(host, port, url, request, stop);
            if (last.Outcome != PeerOutcome.NotReached || stop.IsCancellationRequested) break;
        }
        return last;
    }

    private async Task<(IReadOnlyList<(string Host, int Port)> Endpoints, PeerAnswer? Failure)> EndpointsOfAsync(PeerUrl url, CancellationToken stop)
    {
        var found = url.IsPhysical
            ? await resolver.ResolveHostAsync(url.Place.Host, url.Place.Port, stop)
            : await resolver.ResolveAsync(url.Place.Host, url.Place.Port == HostAndPort.DefaultPort ? null : url.Place.Port, stop);
        // Behind a proxy this machine's DNS may know nobody outside, and need not.
        if (found.Endpoints.Count == 0 && settings.OutboundProxy is not null) return ([(url.Place.Host, url.Place.Port)], null);
        if (found.Status == ResolveStatus.ResolverFailed) return ([], new PeerAnswer(PeerOutcome.ResolverFailed, Detail: $"DNS does not answer for {url.Place.Host}"));
        // A home server without a name in DNS is not where its directory says, but its domain and the node are there.
        if (found.Status == ResolveStatus.NoSuchDomain && url.IsPhysical) return ([], new PeerAnswer(PeerOutcome.NotReached, Detail: $"DNS does not know the home server {url.Place.Host}"));
        if (found.Status == ResolveStatus.NoSuchDomain) return ([], new PeerAnswer(PeerOutcome.NoSuchDomain, Detail: $"DNS names no server for {url.Place.Host}"));
        // Through a proxy the dialer sees only the proxy.
        var allowed = found.Endpoints.Where(endpoint => settings.OutboundProxy is null || endpoint.Addresses.Any(address => dialer.Admits(address, endpoint.Port)));
        var endpoints = allowed.Select(endpoint => (endpoint.Host, endpoint.Port)).ToList();
        return endpoints.Count > 0 ? (endpoints, null) : ([], new PeerAnswer(PeerOutcome.NotReached, Detail: "its addresses may not be called"));
    }

    private async Task<PeerAnswer> TryAsync(string host, int port, PeerUrl url, PeerRequest request, CancellationToken stop)
    {
        using var deadline = new CancellationTokenSource(PeerDialer.ConnectTime, clock);
        using var stopping = stop.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline);
        using var content = new NotificationContent(request.Body, () => deadline.CancelAfter(request.AnswerTime));
        try
        {
            using var message = MakeMessage(host, port, url, request, content);
            using var response = await invoker.SendAsync(message, deadline.Token);
            var body = await ReadAsync(response, deadline.Token);
            return body is null
                ? new PeerAnswer(PeerOutcome.NoAnswer, Detail: "its answer is too large")
                : new PeerAnswer(PeerOutcome.Answered, (int)response.StatusCode, Single(response, "Location"), Single(response, RvpHeaders.SubscriptionId), Single(response, RvpHeaders.SubscriptionLifetime), body);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException or UriFormatException)
        {
            return new PeerAnswer(content.IsWritten ? PeerOutcome.NoAnswer : PeerOutcome.NotReached, Detail: e.InnerException?.Message ?? e.Message);
        }
    }

    private static HttpRequestMessage MakeMessage(string host, int port, PeerUrl url, PeerRequest request, NotificationContent content)
    {
        var target = "http://" + new HostAndPort(host, port) + url.Path;
        // A path that cannot stand in a request line as it is, is escaped.
        var isRaw = !url.Path.AsSpan().ContainsAnyExcept(visible);
        var message = new HttpRequestMessage(new HttpMethod(request.Verb), new Uri(target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = isRaw })) { Content = content };
        message.Headers.Host = url.Place.ToString();
        message.Headers.TryAddWithoutValidation(RvpHeaders.Version, RvpHeaders.DefaultVersion);
        message.Headers.TryAddWithoutValidation(RvpHeaders.FromPrincipal, HeaderText.OneLine(request.From));
        foreach (var (name, value) in request.Headers) message.Headers.TryAddWithoutValidation(name, HeaderText.OneLine(value));
        if (request.ContentType is { } type) content.Headers.TryAddWithoutValidation("Content-Type", HeaderText.OneLine(type));
        return message;
    }

    private async Task<byte[]?> ReadAsync(HttpResponseMessage response, CancellationToken stop)
    {
        if (response.Content.Headers.ContentLength > settings.MaxAnswerBytes) return null;
        await using var stream = await response.Content.ReadAsStreamAsync(stop);
        using var body = new MemoryStream();
        var part = ArrayPool<byte>.Shared.Rent(8192);
        try
        {
            while (await stream.ReadAsync(part, stop) is > 0 and var read)
            {
                if (body.Length + read > settings.MaxAnswerBytes) return null;
                body.Write(part, 0, read);
            }
            return body.ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(part);
        }
    }

    private static string? Single(HttpResponseMessage response, string header) =>
        response.Headers.TryGetValues(header, out var values) && values.Take(2).ToArray() is [var value] ? value : null;
}
