using System.Net;
using DnsClient;
using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Network;

namespace RvpServer.Dns;

/// <summary>
/// Finds the servers of IM hosts and mail domains: by SRV record, otherwise under the name itself. Returns what DNS says; whether an address may be connected
/// to is decided elsewhere.
/// </summary>
internal sealed class DomainResolver
{
    /// <summary>The prefix of the domain in the name of the SRV record. [white paper]</summary>
    public const string ServicePrefix = "_rvp._tcp.";

    /// <summary>Targets per domain; each needs two more questions.</summary>
    private const int MaxTargets = 8;

    /// <summary>
    /// How long addresses of one family wait for those of the other: longer than a usual question to a DNS server, too short to be noticed. Decision.
    /// </summary>
    public static readonly TimeSpan OtherFamilyTime = TimeSpan.FromMilliseconds(300);

    /// <summary>
    /// How long an SRV question is waited for before the host itself is used: one server that does not answer, and time for the next one. Decision.
    /// </summary>
    public static readonly TimeSpan ServiceTime = TimeSpan.FromSeconds(3);

    private readonly DnsCache cache;
    private readonly TimeProvider time;
    private readonly Random random;

    public DomainResolver(DnsOptions settings, TimeProvider time, ILogger<DnsLookup> logger)
        : this(new DnsLookup(settings, time, logger).AskAsync, time, Random.Shared)
    {
    }

    internal DomainResolver(AskDns ask, TimeProvider time, Random random)
    {
        cache = new DnsCache(ask, time);
        this.time = time;
        this.random = random;
    }

    /// <summary>
    /// The endpoints for the host of a logical URL, which may be a domain. <paramref name="port"/> is the one in the URL, null if there is none; it is used
    /// only if there is no SRV record.
    /// </summary>
    public async ValueTask<DomainEndpoints> ResolveAsync(string host, int? port, CancellationToken stop)
    {
        if (!HostName.TryNormalize(host, out var name)) return await ResolveHostAsync(host, port ?? HostAndPort.DefaultPort, stop);

        var services = await ServicesSoonAsync(name, stop);
        if (services.Status == DnsStatus.Found)
        {
            var targets = ServiceOrder.Draw(Usable(services), random).Take(MaxTargets).Select(service => (Host: service.Target, service.Port)).Distinct();
            return await ResolveHostsAsync([.. targets], stop);
        }
        var itself = await ResolveHostAsync(name, port ?? HostAndPort.DefaultPort, stop);
        // Some firewalls and old servers do not pass SRV questions on at all. The host of an IM URL is a server's name itself, so its address leads to the same
        // place as the record would [RFC 2782; RFC 6120, 3.2.1]. But only an address proves that the server exists; no address does not prove the opposite.
        return services.Status == DnsStatus.Failed && itself.Status == ResolveStatus.NoSuchDomain ? Nobody(ResolveStatus.ResolverFailed) : itself;
    }

    /// <summary>The endpoint of a host, at its port: for home servers named by the directory or a referral. Does not ask for an SRV record.</summary>
    public ValueTask<DomainEndpoints> ResolveHostAsync(string host, int port, CancellationToken stop)
    {
        if (HostName.TryParseAddress(host, out var address))
            return new(new DomainEndpoints([new ServerEndpoint(host, port, [address])], ResolveStatus.Found));
        return HostName.TryNormalize(host, out var name) ? ResolveHostsAsync([(name, port)], stop) : new(Nobody(ResolveStatus.NoSuchDomain));
    }

    /// <summary>
    /// All addresses that DNS names for the domain: those of its SRV targets and its own. Addresses that DNS does not answer for are missing; an address in
    /// place of a domain has none.
    /// </summary>
    public async ValueTask<IReadOnlySet<IPAddress>> AddressesOfAsync(string domain, CancellationToken stop)
    {
        if (!HostName.TryNormalize(domain, out var name)) return new HashSet<IPAddress>();

        var own = AddressesOfHostAsync(name, Timeout.InfiniteTimeSpan, stop);
        var services = Usable(await ServicesOfAsync(name, stop));
        // In a fixed order, unlike the order of sending.
        var targets = services.OrderBy(service => service.Priority).ThenBy(service => service.Target, StringComparer.Ordinal)
            .Select(service => service.Target).Where(target => target != name).Distinct().Take(MaxTargets);
        var found = await Task.WhenAll(targets.Select(target => AddressesOfHostAsync(target, Timeout.InfiniteTimeSpan, stop)).Append(own));
        return found.SelectMany(result => result.Addresses).ToHashSet();
    }

    /// <summary>One cached question with its exact result; a name that cannot exist is answered as such.</summary>
    public async ValueTask<DnsAnswer> AskAsync(string name, QueryType type, CancellationToken stop)
    {
        if (!HostName.TryNormalize(name, out var asked)) return new DnsAnswer(DnsStatus.NoSuchName, [], TimeSpan.Zero);
        return IsLoopback(asked) ? LoopbackAnswer(type) : await cache.AskAsync(asked, type, stop);
    }

    /// <summary>The domain's SRV records, including unusable ones.</summary>
    public ValueTask<DnsAnswer> ServicesOfAsync(string domain, CancellationToken stop) => AskAsync(ServicePrefix + domain, QueryType.SRV, stop);

    /// <summary>True for an SRV record with a server: "." means "not offered", and a target is a name, not an address. [RFC 2782]</summary>
    public static bool IsUsable(DnsRecord.Service service) => service.Port > 0 && HostName.TryNormalize(service.Target, out _);

    /// <summary>The addresses of a host itself, without SRV records.</summary>
    public async ValueTask<IReadOnlyList<IPAddress>> AddressesForDialingAsync(string host, CancellationToken stop)
    {
        if (HostName.TryParseAddress(host, out var address)) return [address];
        return HostName.TryNormalize(host, out var name) ? (await AddressesSoonAsync(name, stop)).Addresses : [];
    }

    // A question that is not answered in time goes on, and later callers get its answer.
    private async ValueTask<DnsAnswer> ServicesSoonAsync(string name, CancellationToken stop)
    {
        var question = ServicesOfAsync(name, stop).AsTask();
        try
        {
            return await question.WaitAsync(OtherFamilyTime, time, stop);
        }
        catch (TimeoutException)
        {
            // Perhaps it never will be: the host's own addresses are asked for meanwhile, so that there is time for both.
            _ = AddressesSoonAsync(name, CancellationToken.None);
        }
        try
        {
            return await question.WaitAsync(ServiceTime - OtherFamilyTime, time, stop);
        }
        catch (TimeoutException)
        {
            return DnsAnswer.Failure;
        }
    }

    private static IEnumerable<DnsRecord.Service> Usable(DnsAnswer answer) => answer.Services.Where(IsUsable);

    private static DomainEndpoints Nobody(ResolveStatus status) => new([], status);

    // Such names are never sent to DNS servers. [RFC 6761, 6.3]
    private static bool IsLoopback(string name) => name == "localhost" || name.EndsWith(".localhost", StringComparison.Ordinal);

    private static DnsAnswer LoopbackAnswer(QueryType type) => type switch
    {
        QueryType.A => new DnsAnswer(DnsStatus.Found, [new DnsRecord.Address(IPAddress.Loopback)], TimeSpan.MaxValue),
        QueryType.AAAA => new DnsAnswer(DnsStatus.Found, [new DnsRecord.Address(IPAddress.IPv6Loopback)], TimeSpan.MaxValue),
        _ => new DnsAnswer(DnsStatus.Empty, [], TimeSpan.MaxValue),
    };

    private async ValueTask<DomainEndpoints> ResolveHostsAsync((string Host, int Port)[] hosts, CancellationToken stop)
    {
        var found = await Task.WhenAll(hosts.Select(host => AddressesSoonAsync(host.Host, stop)));
        var endpoints = new List<ServerEndpoint>();
        for (var i = 0; i < hosts.Length; i++)
            if (found[i].Addresses.Count > 0) endpoints.Add(new ServerEndpoint(hosts[i].Host, hosts[i].Port, found[i].Addresses));
        return endpoints.Count > 0
            ? new DomainEndpoints(endpoints, ResolveStatus.Found)
            : Nobody(found.Any(result => result.HasFailed) ? ResolveStatus.ResolverFailed : ResolveStatus.NoSuchDomain);
    }

    /// <summary>To connect to a host, the addresses of one family are enough: those are used if the others do not arrive soon.</summary>
    private Task<(IReadOnlyList<IPAddress> Addresses, bool HasFailed)> AddressesSoonAsync(string name, CancellationToken stop) =>
        AddressesOfHostAsync(name, OtherFamilyTime, stop);

    private async Task<(IReadOnlyList<IPAddress> Addresses, bool HasFailed)> AddressesOfHostAsync(string name, TimeSpan otherFamilyTime, CancellationToken stop)
    {
        Task<DnsAnswer>[] families = [AskAsync(name, QueryType.A, stop).AsTask(), AskAsync(name, QueryType.AAAA, stop).AsTask()];
        var isEnough = (await await Task.WhenAny(families)).Addresses.Count > 0;
        try
        {
            await Task.WhenAll(families).WaitAsync(isEnough ? otherFamilyTime : Timeout.InfiniteTimeSpan, time, stop);
        }
        catch (TimeoutException)
        {
            // The question continues, and later callers get its answer.
        }
#pragma warning disable RS0030 // It has completed.
        var answers = families.Where(family => family.IsCompletedSuccessfully).Select(family => family.Result).ToArray();
#pragma warning restore RS0030
        IPAddress[] addresses = [.. answers.SelectMany(answer => Shuffled(answer.Addresses)).Distinct()];
        return (addresses, answers.Any(answer => answer.Status == DnsStatus.Failed));
    }

    private IPAddress[] Shuffled(IEnumerable<IPAddress> addresses)
    {
        var result = addresses.ToArray();
        random.Shuffle(result);
        return result;
    }
}
