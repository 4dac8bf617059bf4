using System.Net;
using System.Net.Sockets;
using DnsClient;
using DnsClient.Protocol;
using RvpServer.Network;

namespace RvpServer.Dns;

/// <summary>Takes one question to the DNS servers, one after the other, twice at most: the second round is for datagrams that got lost. Keeps nothing.</summary>
internal sealed partial class DnsLookup(DnsSettings settings, TimeProvider time, ILogger<DnsLookup> logger)
{
    private const int Rounds = 2;

    /// <summary>As many as resolv.conf(5) takes.</summary>
    private const int MaxServers = 3;

    /// <summary>Of one answer; a hostile zone could fill 64 kB with them.</summary>
    private const int MaxRecords = 32;

    /// <summary>How old our view of resolv.conf may be.</summary>
    private static readonly TimeSpan SystemServersAge = TimeSpan.FromSeconds(30);

    /// <summary>Of negative answers that come without an SOA record.</summary>
    private static readonly TimeSpan DefaultNegativeTtl = TimeSpan.FromSeconds(30);

    private readonly LookupClient client = new(new LookupClientOptions(IPAddress.Loopback) { AutoResolveNameServers = false, UseCache = false });
    private readonly DnsQueryOptions options = new() { Timeout = settings.Timeout, Retries = 0, UseCache = false, ThrowDnsErrors = false };
    private volatile SystemServers? systemServers;

    public async Task<DnsAnswer> AskAsync(string name, QueryType type)
    {
        var servers = Servers();
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var server in servers)
            {
                var answer = await AskAsync(server, name, type);
                if (answer.Status != DnsStatus.Failed) return answer;
            }
        }
        Log.NoAnswer(logger, type, name);
        return DnsAnswer.Failure;
    }

    private async Task<DnsAnswer> AskAsync(NameServer server, string name, QueryType type)
    {
        try
        {
            // The library may take one time-out for UDP and, when that was cut short, one for TCP: the deadline is for both together.
            using var deadline = new CancellationTokenSource(settings.Timeout);
            var response = await client.QueryServerAsync([server], new DnsQuestion(name, type), options, deadline.Token);
            return Read(response, type);
        }
        catch (Exception e) when (e is DnsResponseException or DnsXidMismatchException or SocketException or IOException or OperationCanceledException
            or ArgumentException or InvalidOperationException or FormatException or IndexOutOfRangeException or OverflowException)
        {
            // Whatever bytes a server sends: that one has not answered.
            Log.ServerFailed(logger, server, type, name, e);
            return DnsAnswer.Failure;
        }
    }

    private static DnsAnswer Read(IDnsQueryResponse response, QueryType type)
    {
        var code = response.Header.ResponseCode;
        if (code == DnsHeaderResponseCode.NotExistentDomain) return new DnsAnswer(DnsStatus.NoSuchName, [], NegativeTtl(response));
        if (code != DnsHeaderResponseCode.NoError) return DnsAnswer.Failure;
        var records = response.Answers.Where(answer => (int)answer.RecordType == (int)type).Take(MaxRecords).Select(Read).OfType<DnsRecord>().ToArray();
        return records.Length == 0
            ? new DnsAnswer(DnsStatus.Empty, [], NegativeTtl(response))
            : new DnsAnswer(DnsStatus.Found, records, Seconds(response.Answers.Min(answer => answer.InitialTimeToLive)));
    }

    private static DnsRecord? Read(DnsResourceRecord record) => record switch
    {
        AddressRecord address => new DnsRecord.Address(PlainAddresses.Of(address.Address)),
        SrvRecord service => new DnsRecord.Service(service.Priority, service.Weight, service.Port, Name(service.Target)),
        PtrRecord pointer => new DnsRecord.Pointer(Name(pointer.PtrDomainName)),
        _ => null,
    };

    private static string Name(DnsString name) => name.Value is { Length: > 1 } text ? text.TrimEnd('.').ToLowerInvariant() : ".";

    private static TimeSpan NegativeTtl(IDnsQueryResponse response) =>
        response.Authorities.OfType<SoaRecord>().FirstOrDefault() is { } soa
            ? TimeSpan.FromSeconds(Math.Min(Math.Max(0L, soa.InitialTimeToLive), soa.Minimum))
            : DefaultNegativeTtl;

    private static TimeSpan Seconds(int ttl) => TimeSpan.FromSeconds(Math.Max(0, ttl));

    private NameServer[] Servers()
    {
        if (settings.Servers.Count > 0) return [.. settings.Servers.Take(MaxServers).Select(server => new NameServer(server))];
        var known = systemServers;
        if (known is not null && time.GetElapsedTime(known.ReadAt) < SystemServersAge) return known.Servers;
        known = new SystemServers(ReadSystemServers(), time.GetTimestamp());
        systemServers = known;
        return known.Servers;
    }

    /// <summary>Never a public resolver that nobody chose: without an entry it is this machine, as in resolv.conf(5).</summary>
    private static NameServer[] ReadSystemServers()
    {
        var found = OperatingSystem.IsWindows()
            ? NameServer.ResolveNameServers(skipIPv6SiteLocal: true, fallbackToGooglePublicDns: false)
            : NameServer.ResolveNameServersNative();
        return found.Count == 0 ? [new NameServer(IPAddress.Loopback)] : [.. found.Take(MaxServers)];
    }

    private sealed record SystemServers(NameServer[] Servers, long ReadAt);

    private static partial class Log
    {
        [LoggerMessage(EventName = "DnsServerFailed", Level = LogLevel.Debug, Message = "DNS server {Server} did not answer {Type} {Name}")]
        public static partial void ServerFailed(ILogger logger, NameServer server, QueryType type, string name, Exception reason);

        [LoggerMessage(EventName = "DnsNoAnswer", Level = LogLevel.Information, Message = "No DNS server answered {Type} {Name}")]
        public static partial void NoAnswer(ILogger logger, QueryType type, string name);
    }
}
