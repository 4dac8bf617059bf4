using System.Collections.Concurrent;
using System.Globalization;
using Rvp.Client.Naming;
using Rvp.Protocol;

namespace Rvp.Client.Http;

/// <summary>
/// Sends requests to nodes: finds the server, follows referrals and remembers them for some minutes or until they fail. People in other organisations are
/// reached at their own server or through our own home server; messages to any other server go through our own, if it relays.
/// </summary>
internal sealed class NodeRoutes(RvpClientOptions options, Transport transport, AddressBook book)
{
    private const int MaxReferrals = 5;
    private const int MaxCached = 4096;
    private static readonly TimeSpan CacheTime = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<RvpUrl, (Route Route, long Since)> referred = new();
    private readonly ConcurrentDictionary<string, byte> relayed = new();

    private static readonly (string, string) Nameless = ("", "");

    private readonly record struct Route(Uri Target, string Host, bool IsOwnServer);

    /// <summary>The host that answered for our own node: callbacks must be reachable from it.</summary>
    public Uri OwnServer => RouteOf(book.Self!, out _).Target;

    /// <summary>The name by which that host knows our domain's server.</summary>
    public string OwnHost => RouteOf(book.Self!, out _).Host;

    /// <summary>Sends a request and follows referrals. Throws <see cref="RvpClientException"/> when there is no answer.</summary>
    public async Task<RvpResponse> AskAsync(
        RvpUrl node, string verb, IReadOnlyList<(string, string)> headers, byte[] body, TimeSpan wait, CancellationToken stop)
    {
        if (book.IsOwn(node)) return await AskDirectAsync(node, verb, headers, body, wait, stop).ConfigureAwait(false);
        var mayRelay = options.ForeignRoute != ForeignRoute.Direct;
        if (mayRelay && (options.ForeignRoute == ForeignRoute.Relay || relayed.ContainsKey(node.Host)))
            return await SendAsync(Relay(node), verb, headers, body, wait, stop).ConfigureAwait(false);
        if (verb == RvpVerbs.Notify && await RelayMessageAsync(node, headers, body, stop).ConfigureAwait(false) is { } answer) return answer;
        try
        {
            var response = await AskDirectAsync(node, verb, headers, body, wait, stop).ConfigureAwait(false);
            if (response.Status != 401 || !mayRelay) return response;
        }
        catch (RvpClientException e) when (mayRelay && e.IsUnsent)
        {
            // Our own server may be able to reach it.
        }
        if (relayed.Count < MaxCached) relayed.TryAdd(node.Host, 0);
        return await SendAsync(Relay(node), verb, headers, body, wait, stop).ConfigureAwait(false);
    }

    /// <summary>The same for our own node, without RVP-From-Principal: the proof shows who we are.</summary>
    public Task<RvpResponse> AskAnonymouslyAsync(RvpUrl self, string verb, CancellationToken stop) =>
        AskDirectAsync(self, verb, [Nameless], [], TimeSpan.Zero, stop);

    private async Task<RvpResponse> AskDirectAsync(
        RvpUrl node, string verb, IReadOnlyList<(string, string)> headers, byte[] body, TimeSpan wait, CancellationToken stop)
    {
        var route = RouteOf(node, out var isRemembered);
        var mayRelay = verb == RvpVerbs.Notify && book.IsOwn(node) && !node.Equals(book.Self);
        for (var referrals = 0; ; referrals++)
        {
            if ((isRemembered || referrals > 0) && mayRelay)
            {
                if (await RelayMessageAsync(node, headers, body, stop).ConfigureAwait(false) is { } answer) return answer;
                mayRelay = false;
            }
            RvpResponse response;
            try
            {
                response = await SendAsync(route, verb, headers, body, wait, stop).ConfigureAwait(false);
            }
            catch (RvpClientException e) when (isRemembered)
            {
                // It failed: the next request asks the router again, and so does this one if the server cannot have received it.
                referred.TryRemove(node, out _);
                if (!e.IsUnsent) throw;
                route = RouteOf(node, out isRemembered);
                continue;
            }
            if (isRemembered && response.Status == 404 && referred.TryRemove(node, out _))
            {
                route = RouteOf(node, out isRemembered); // The node has moved to another home server.
                continue;
            }
            if (response.Status is not (301 or 302 or 307 or 308)) return response;
            if (referrals == MaxReferrals) throw new RvpClientException(RvpError.Failed, "The servers refer to each other in a circle.");
            route = Follow(node, route, response);
            isRemembered = false;
        }
    }

    // To another server a message goes through our own home server, as the web client's do: that one notes it in our history, which the other cannot. One that
    // relays nothing, such as Exchange's, knows no such node: null.
    private async Task<RvpResponse?> RelayMessageAsync(RvpUrl node, IReadOnlyList<(string, string)> headers, byte[] body, CancellationToken stop)
    {
        if (options.ForeignRoute == ForeignRoute.Direct) return null;
        try
        {
            var response = await SendAsync(Relay(node), RvpVerbs.Notify, headers, body, TimeSpan.Zero, stop).ConfigureAwait(false);
            return response.Status is 404 or 405 or 501 or (>= 300 and < 400) ? null : response;
        }
        catch (RvpClientException e) when (e.IsUnsent)
        {
            return null;
        }
    }

    private Route Follow(RvpUrl node, Route from, RvpResponse response)
    {
        if (!Uri.TryCreate(from.Target, response["Location"], out var location) || location.Scheme is not ("http" or "https"))
            throw new RvpClientException(RvpError.Failed, "The server refers to no address.");
        var route = new Route(location, location.IsDefaultPort ? location.Host : location.Authority, from.IsOwnServer);
        if (referred.Count >= MaxCached) referred.Clear();
        referred[node] = (route, options.Clock.GetTimestamp());
        return route;
    }

    private Route RouteOf(RvpUrl node, out bool isRemembered)
    {
        isRemembered = referred.TryGetValue(node, out var known) && options.Clock.GetElapsedTime(known.Since) < CacheTime;
        if (isRemembered) return known.Route;
        var logical = new Uri(node.ToString());
        var isOwn = book.IsOwn(node);
        var target = isOwn && options.Server is { } server ? new Uri(new Uri(server.GetLeftPart(UriPartial.Authority)), logical.PathAndQuery) : logical;
        return new Route(target, HostOf(node), isOwn);
    }

    // A physical URL contains the IM domain in its path: at our own home server it names a node elsewhere. (Decision)
    private Route Relay(RvpUrl node)
    {
        var own = RouteOf(book.Self!, out _);
        var path = "/instmsg/local/" + HostOf(node) + new Uri(node.ToString()).PathAndQuery;
        return own with { Target = new Uri(new Uri(own.Target.GetLeftPart(UriPartial.Authority)), path) };
    }

    private Task<RvpResponse> SendAsync(
        Route route, string verb, IReadOnlyList<(string, string)> headers, byte[] body, TimeSpan wait, CancellationToken stop)
    {
        var isNameless = headers is [var only] && only == Nameless;
        var request = new RvpRequest(verb, route.Target, route.Host, route.IsOwnServer)
        {
            Headers = isNameless ? [] : [(RvpHeaders.FromPrincipal, book.Self!.ToString()), .. headers],
            Body = body,
            Wait = wait,
        };
        return transport.SendAsync(request, stop);
    }

    private static string HostOf(RvpUrl node) => node.Port == 80 ? node.Host : node.Host + ":" + node.Port.ToString(CultureInfo.InvariantCulture);
}
