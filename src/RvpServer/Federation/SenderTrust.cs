using System.Collections.Concurrent;
using System.Net;
using RvpServer.Collections;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Dns;
using RvpServer.Domains;
using RvpServer.Network;
using RvpServer.Runtime;

namespace RvpServer.Federation;

/// <summary>
/// Whether RVP-From-Principal is believed without proof (as <c>assertion</c>):
/// <list type="bullet">
/// <item>for an account hosted in this process never, whatever the mode and source: our own users can prove who they are;</item>
/// <item>for an account of our own domains whose home server is elsewhere, according to the directory: from that home server's addresses, or a trusted
/// range;</item>
/// <item>for an account of another organisation that is not kept out: from an address that its domain names in DNS, or a trusted range; from anywhere if
/// nothing is checked;</item>
/// <item>for a principal whose host is no domain (an address, a single label) only from a trusted range: everybody has an address. (Decision)</item>
/// </list>
/// If DNS fails or is slow, or is asked too much by one sender, the sender is not believed.
/// </summary>
internal sealed class SenderTrust(FederationOptions options, FederatedDomains federated, ImDomains domains, DomainResolver resolver, LimitsOptions limits,
    AbuseLog abuse, TimeProvider clock)
{
    /// <summary>Questions about asserted domains that DNS has not answered, of all senders together.</summary>
    private const int MaxLookups = 1024;

    /// <summary>The request waits for this time; a sender that is not believed gets a challenge and may try again. Decision.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly Task<IReadOnlySet<IPAddress>> Nothing = Task.FromResult<IReadOnlySet<IPAddress>>(new HashSet<IPAddress>());

    private readonly SharedPool lookups = new(MaxLookups, limits.MaxLookupsPerSender);
    private readonly ConcurrentDictionary<string, Task<IReadOnlySet<IPAddress>>> asked = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>True if <paramref name="source"/> may assert the principal.</summary>
    public async ValueTask<bool> IsBelievedAsync(NodeEntry principal, IPAddress source, CancellationToken stop)
    {
        var address = PlainAddresses.Of(source);
        switch (principal.Location)
        {
            case NodeLocation.AtHome away:
                return options.Trusted.Cover(address) || await NamesAsync(resolver.AddressesForDialingAsync(away.Host.Host, stop).AsTask(), address, stop);
            case NodeLocation.Foreign when federated.Include(principal.Url.Host) && !domains.All.Any(domain => domain.Covers(principal.Url.Host)):
                if (options.Trusted.Cover(address)) return true;
                if (!HostName.IsDomain(principal.Url.Host)) return false;
                return options.SourceCheck == SourceCheck.None || await NamesAsync(AskAsync(principal.Url.Host, address), address, stop);
            default:
                return false;
        }
    }

    // One question for all who wait for it, so that only names that nobody has asked for yet count against the sender.
    private Task<IReadOnlySet<IPAddress>> AskAsync(string domain, IPAddress address)
    {
        if (asked.TryGetValue(domain, out var running)) return running;
        var sender = SenderAddress.SharerAt(address);
        if (!lookups.TryTake(sender))
        {
            abuse.Refused(AbuseKind.Lookups, address);
            return Nothing;
        }
        var lookup = LookUpAsync(domain, sender);
        if (!lookup.IsCompleted && asked.TryAdd(domain, lookup))
            lookup.ContinueWith(over => asked.TryRemove(KeyValuePair.Create(domain, over)), TaskScheduler.Default);
        return lookup;
    }

    private async Task<IReadOnlySet<IPAddress>> LookUpAsync(string domain, Sharer sender)
    {
        try
        {
            return await resolver.AddressesOfAsync(domain, CancellationToken.None);
        }
        finally
        {
            lookups.GiveBack(sender);
        }
    }

    private async ValueTask<bool> NamesAsync<T>(Task<T> lookup, IPAddress address, CancellationToken stop)
        where T : IEnumerable<IPAddress>
    {
        try
        {
            return (await lookup.WaitAsync(Patience, clock, stop)).Contains(address);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
