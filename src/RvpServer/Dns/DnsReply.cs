using DnsClient;
using DnsClient.Protocol;
using RvpServer.Network;

namespace RvpServer.Dns;

/// <summary>What one DNS server said to one question.</summary>
internal abstract record DnsReply
{
    /// <summary>Of one answer; a hostile zone could fill 64 kB with them.</summary>
    private const int MaxRecords = 32;

    private DnsReply()
    {
    }

    /// <summary>That server could not tell.</summary>
    public sealed record Failed : DnsReply
    {
        public static readonly Failed Instance = new();

        private Failed()
        {
        }
    }

    /// <summary>All there is to know.</summary>
    public sealed record Complete(DnsAnswer Answer) : DnsReply;

    /// <summary>The name is another's alias, and that is all the server knows: the other name has to be asked for.</summary>
    public sealed record Alias(string Name, TimeSpan TimeToLive) : DnsReply;

    /// <summary>
    /// Reads a response: (1) follows the aliases within it, (2) takes the records of the name where they end, (3) tells "there is none" from
    /// "I do not know".
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
            return new Complete(new DnsAnswer(
                DnsStatus.Found, [.. records.Take(MaxRecords).Select(Read).OfType<DnsRecord>()],
                Seconds(Math.Min(ttl, records.Min(record => record.InitialTimeToLive)))));

        // (3)
        var soa = response.Authorities.OfType<SoaRecord>().FirstOrDefault();
        // A negative answer without SOA must not be kept. [RFC 2308, 5]
        var negativeTtl = Seconds(soa is null ? 0 : (int)Math.Min(Math.Min(ttl, soa.InitialTimeToLive), soa.Minimum));
        if (code == DnsHeaderResponseCode.NotExistentDomain) return new Complete(new DnsAnswer(DnsStatus.NoSuchName, [], negativeTtl));
        if (soa is null && owner != name) return new Alias(owner, Seconds(ttl));
        return soa is null && IsLame(response) ? Failed.Instance : new Complete(new DnsAnswer(DnsStatus.Empty, [], negativeTtl));
    }

    /// <summary>
    /// True for an empty answer of a server that neither has the zone nor asks others for it, and for one that only says whom else to ask. An
    /// empty answer without any authority is a resolver's word that there is none. [RFC 2308, 2.2]
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

    /// <summary>A name within a record, as it is in the zone: the library keeps that in the value there, and in the original of an owner's name.</summary>
    private static string NameOf(DnsString name) => Plain(name.Value);

    private static string Plain(string name) => name.TrimEnd('.') is { Length: > 0 } text ? text.ToLowerInvariant() : ".";

    private static TimeSpan Seconds(int ttl) => TimeSpan.FromSeconds(Math.Max(0, ttl));
}
