using DnsClient;
using DnsClient.Protocol;
using RvpServer.Network;

namespace RvpServer.Dns;

/// <summary>What one DNS server answered to one question.</summary>
internal abstract record DnsReply
{
    /// <summary>Records of one answer; a hostile zone could fill 64 kB with them.</summary>
    private const int MaxRecords = 32;

    private DnsReply()
    {
    }

    /// <summary>This server did not answer the question.</summary>
    public sealed record Failed : DnsReply
    {
        public static readonly Failed Instance = new();

        private Failed()
        {
        }
    }

    /// <summary>The full answer.</summary>
    public sealed record Complete(DnsAnswer Answer) : DnsReply;

    /// <summary>The name is an alias, and the server knows no more: the other name must be asked for.</summary>
    public sealed record Alias(string Name, TimeSpan TimeToLive) : DnsReply;

    /// <summary>
    /// Reads a response: (1) follows the aliases in it, (2) takes the records of the last name, (3) distinguishes "there is none" from "I do not know".
    /// </summary>
    public static DnsReply Read(IDnsQueryResponse response, string name, QueryType type)
    {
        var code = response.Header.ResponseCode;
        if (code is not (DnsHeaderResponseCode.NoError or DnsHeaderResponseCode.NotExistentDomain)) return Failed.Instance;

        var owner = name;
        var ttl = int.MaxValue;
        var passed = new HashSet<string>();
        DnsResourceRecord[] records;
        while (true)
        {
            var ofOwner = response.Answers.Where(record => Plain(record.DomainName.Original) == owner).ToArray();
            records = [.. ofOwner.Where(record => (int)record.RecordType == (int)type)];
            if (records.Length > 0 || ofOwner.OfType<CNameRecord>().FirstOrDefault() is not { } alias) break; // (2)
            if (!passed.Add(owner)) return Failed.Instance;
            ttl = Math.Min(ttl, alias.InitialTimeToLive);
            owner = NameOf(alias.CanonicalName); // (1)
        }
        if (records.Length > 0)
        {
            var timeToLive = Seconds(Math.Min(ttl, records.Min(record => record.InitialTimeToLive)));
            return new Complete(new DnsAnswer(DnsStatus.Found, [.. records.Take(MaxRecords).Select(Read).OfType<DnsRecord>()], timeToLive));
        }

        // (3)
        var soa = response.Authorities.OfType<SoaRecord>().FirstOrDefault();
        // A negative answer without SOA must not be cached. [RFC 2308, 5]
        var negativeTtl = Seconds(soa is null ? 0 : (int)Math.Min(Math.Min(ttl, soa.InitialTimeToLive), soa.Minimum));
        if (code == DnsHeaderResponseCode.NotExistentDomain) return new Complete(new DnsAnswer(DnsStatus.NoSuchName, [], negativeTtl));
        if (soa is null && owner != name) return new Alias(owner, Seconds(ttl));
        return soa is null && IsLame(response) ? Failed.Instance : new Complete(new DnsAnswer(DnsStatus.Empty, [], negativeTtl));
    }

    /// <summary>
    /// True for an empty answer of a server that neither has the zone nor resolves for others, and for one that only refers to other servers. An empty answer
    /// without authority records means that a resolver found none. [RFC 2308, 2.2]
    /// </summary>
    private static bool IsLame(IDnsQueryResponse response) =>
        !response.Header.HasAuthorityAnswer && (!response.Header.RecursionAvailable || response.Authorities.OfType<NsRecord>().Any());

    private static DnsRecord? Read(DnsResourceRecord record) => record switch
    {
        AddressRecord address => new DnsRecord.Address(PlainAddresses.Of(address.Address)),
        SrvRecord service => new DnsRecord.Service(service.Priority, service.Weight, service.Port, NameOf(service.Target)),
        PtrRecord pointer => new DnsRecord.Pointer(NameOf(pointer.PtrDomainName)),
        _ => null,
    };

    /// <summary>A name inside a record, as in the zone: the library puts that into the value here, but into the original for an owner's name.</summary>
    private static string NameOf(DnsString name) => Plain(name.Value);

    private static string Plain(string name) => name.TrimEnd('.') is { Length: > 0 } text ? text.ToLowerInvariant() : ".";

    private static TimeSpan Seconds(int ttl) => TimeSpan.FromSeconds(Math.Max(0, ttl));
}
