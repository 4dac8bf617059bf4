using Microsoft.Extensions.Logging.Abstractions;
using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Dns;
using RvpServer.Domains;
using RvpServer.Http;
using RvpServer.Nodes;
using RvpServer.Outbound;
using RvpServer.Runtime;

namespace RvpServer.Federation;

/// <summary>Asks running home servers of the organisation, here or elsewhere, at their public URLs, as they ask each other.</summary>
internal static class HomeLine
{
    private static readonly OutboundLimits Limits = new(MaxConnectionsPerHost: 1, IdleTime: TimeSpan.FromSeconds(1), LifeTime: TimeSpan.FromMinutes(5));

    /// <summary>How a configuration's servers are asked to send people.</summary>
    public static SendPerson Of(RvpSettings settings) => async (account, from, to, stop) =>
    {
        if (settings.OrganisationKey is not { } key) throw new AccountException(PersonMove.NoKey);
        var node = ImDomains.Of(settings).LogicalUrl(account.Domain, account.Name);
        var message = new MoveMessage { Request = MoveRequest.Send, Node = node.ToString(), Home = to.ToString() };
        var (outcome, answer) = await AskAsync(settings, key, from, message, stop);
        if (answer is { Refusal: null }) return;
        throw new AccountException(answer?.Refusal ?? WhyNot(outcome, $"{from}, where {account.Email} is,"));
    };

    /// <summary>How a configuration's servers are asked whether they are there; null: there is no key to ask with.</summary>
    public static GreetHome? Greeting(RvpSettings settings) => settings.OrganisationKey is not { } key ? null : async (home, stop) =>
    {
        // Whatever it says of this node: nobody but a home server of the organisation says anything.
        var node = ImDomains.Of(settings).All[0].LogicalUrl("nobody");
        var (outcome, answer) = await AskAsync(settings, key, home, new MoveMessage { Request = MoveRequest.Ask, Node = node.ToString() }, stop);
        if (answer is null) throw new AccountException(WhyNot(outcome, home.ToString()));
    };

    private static async Task<(SendOutcome Outcome, MoveAnswer? Answer)> AskAsync(
        RvpSettings settings, OrganisationKey key, HostAndPort home, MoveMessage message, CancellationToken stop)
    {
        var clock = WallClock.OfMachine;
        var wall = new WallClock(clock);
        var resolver = new DomainResolver(settings.Dns, clock, NullLogger<DnsLookup>.Instance);
        using var stalls = new Stalls(clock);
        using var http = new OutboundHttp(
            new Dialer(resolver, (_, address, _) => address is not null, clock), resolver, new OutboundProxy(settings.Firewall with { OutboundProxy = null }),
            Limits, stalls, clock);
        return await new HomeChannel(new OrganisationSeal(key, wall), new OrganisationProof(key, wall), http).AskAsync(home, message, stop);
    }

    private static string WhyNot(SendOutcome outcome, string home) => outcome == SendOutcome.NoAnswer
        ? $"{home} has not answered as a home server of this organisation: does it run this version, and hold the same key?"
        : $"{home} cannot be reached: its server must be running.";
}
