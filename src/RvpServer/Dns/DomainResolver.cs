using System.Net;
using DnsClient;
using Rvp.Protocol;
using RvpServer.Network;

namespace RvpServer.Dns;

/// <summary>Finds the servers of IM hosts and mail domains: by SRV record, else under the name itself. Does what DNS says; whether an address may be called is not judged here.</summary>
internal sealed class DomainResolver
{
    /// <summary>Before the domain in the name of the SRV record. [white paper]</summary>
    public const string ServicePrefix = "_rvp._tcp.";

    /// <summary>Of one domain; each costs two more questions.</summary>
    private const int MaxTargets = 8;

    private readonly DnsCache cache;
    private readonly Random random;

    public DomainResolver(DnsSettings settings, TimeProvider time, ILogger<DnsLookup> logger)
        : this(new DnsLookup(settings, time, logger).AskAsync, time, Random.Shared)
    {
    }

    internal DomainResolver(AskDns ask, TimeProvider time, Random random)
    {
        cache = new DnsCache(ask, time);
        this.random = random;
    }

    /// <summary>
    /// The endpoints to try for a URL's host or an address's mail domain. <paramref name="port"/> is the one written in the URL, null where none
    /// is; it counts only where no SRV record does.
    /// </summary>
    public async ValueTask<DomainEndpoints> ResolveAsync(string host, int? port, CancellationToken stop)
    {
        if (HostName.TryParseAddress(host, out var address))
            return new DomainEndpoints([new ServerEndpoint(host, port ?? HostAndPort.DefaultPort, [address])], ResolveStatus.Found);
        if (!HostName.TryNormalize(host, out var name)) return Nobody(ResolveStatus.NoSuchDomain);

        var answer = await ServicesOfAsync(name, stop);
        if (answer.Status == DnsStatus.Failed) return Nobody(ResolveStatus.Unreachable);
        var targets = answer.Status == DnsStatus.Found
            ? ServiceOrder.Draw(Usable(answer), random).Take(MaxTargets).Select(service => (Host: service.Target, service.Port)).Distinct().ToArray()
            : [(Host: name, Port: port ?? HostAndPort.DefaultPort)];

        var found = await Task.WhenAll(targets.Select(target => AddressesOfHostAsync(target.Host, stop)));
        var endpoints = new List<ServerEndpoint>();
        for (var i = 0; i < targets.Length; i++)
            if (found[i].Addresses.Count > 0) endpoints.Add(new ServerEndpoint(targets[i].Host, targets[i].Port, found[i].Addresses));
        return endpoints.Count > 0
            ? new DomainEndpoints(endpoints, ResolveStatus.Found)
            : Nobody(found.Any(result => result.HasFailed) ? ResolveStatus.Unreachable : ResolveStatus.NoSuchDomain);
    }

    /// <summary>All addresses that the domain's DNS names: those of its SRV targets and its own. What DNS does not answer is missing.</summary>
    public async ValueTask<IReadOnlySet<IPAddress>> AddressesOfAsync(string domain, CancellationToken stop)
    {
        if (HostName.TryParseAddress(domain, out var address)) return new HashSet<IPAddress> { address };
        if (!HostName.TryNormalize(domain, out var name)) return new HashSet<IPAddress>();

        var own = AddressesOfHostAsync(name, stop);
        var services = Usable(await ServicesOfAsync(name, stop));
        // The same ones every time, unlike the order of sending.
        var targets = services.OrderBy(service => service.Priority).ThenBy(service => service.Target, StringComparer.Ordinal)
            .Select(service => service.Target).Where(target => target != name).Distinct().Take(MaxTargets);
        var found = await Task.WhenAll(targets.Select(target => AddressesOfHostAsync(target, stop)).Append(own));
        return found.SelectMany(result => result.Addresses).ToHashSet();
    }

    /// <summary>One cached question, for those who want to know exactly; a name that cannot exist does not.</summary>
    public async ValueTask<DnsAnswer> AskAsync(string name, QueryType type, CancellationToken stop) =>
        HostName.TryNormalize(name, out var asked) ? await cache.AskAsync(asked, type, stop) : new DnsAnswer(DnsStatus.NoSuchName, [], TimeSpan.Zero);

    /// <summary>The domain's SRV records, unusable ones included.</summary>
    public ValueTask<DnsAnswer> ServicesOfAsync(string domain, CancellationToken stop) => AskAsync(ServicePrefix + domain, QueryType.SRV, stop);

    /// <summary>True for an SRV record that leads somewhere: "." says "not offered", and a target is a name, not an address. [RFC 2782]</summary>
    public static bool IsUsable(DnsRecord.Service service) => service.Port > 0 && HostName.TryNormalize(service.Target, out _);

    private static IEnumerable<DnsRecord.Service> Usable(DnsAnswer answer) => answer.Services.Where(IsUsable);

    private static DomainEndpoints Nobody(ResolveStatus status) => new([], status);

    /// <summary>The addresses of a host itself, without a look at SRV records.</summary>
    public async ValueTask<IReadOnlyList<IPAddress>> AddressesForDialingAsync(string host, CancellationToken stop)
    {
        if (HostName.TryParseAddress(host, out var address)) return [address];
        return HostName.TryNormalize(host, out var name) ? (await AddressesOfHostAsync(name, stop)).Addresses : [];
    }

    private async Task<(IReadOnlyList<IPAddress> Addresses, bool HasFailed)> AddressesOfHostAsync(string name, CancellationToken stop)
    {
        var answers = await Task.WhenAll(AskAsync(name, QueryType.A, stop).AsTask(), AskAsync(name, QueryType.AAAA, stop).AsTask());
        var addresses = answers.SelectMany(answer => Shuffled(answer.Addresses)).Distinct().ToArray();
        return (addresses, answers.Any(answer => answer.Status == DnsStatus.Failed));
    }

    private IPAddress[] Shuffled(IEnumerable<IPAddress> addresses)
    {
        var result = addresses.ToArray();
        random.Shuffle(result);
        return result;
    }
}
