using System.Net;
using DnsClient;

namespace RvpServer.Dns;

/// <summary>Asks DNS one question. Never throws: <see cref="DnsStatus.Failed"/> says that nobody could tell.</summary>
internal delegate Task<DnsAnswer> AskDns(string name, QueryType type);

/// <summary>How a question ended.</summary>
internal enum DnsStatus
{
    /// <summary>There are records of the type.</summary>
    Found,

    /// <summary>The name exists, but has no record of the type.</summary>
    Empty,

    /// <summary>The name does not exist.</summary>
    NoSuchName,

    /// <summary>No server gave an answer: time-out, refusal, server failure.</summary>
    Failed,
}

/// <summary>A record of one of the types that matter here.</summary>
internal abstract record DnsRecord
{
    private DnsRecord()
    {
    }

    /// <summary>A or AAAA; never IPv4-mapped.</summary>
    internal sealed record Address(IPAddress Value) : DnsRecord;

    /// <summary>PTR; lower case, without the trailing dot.</summary>
    internal sealed record Pointer(string Name) : DnsRecord;

    /// <summary>SRV; the target as the zone has it, in lower case without the trailing dot, and "." where the service is not offered. [RFC 2782]</summary>
    internal sealed record Service(int Priority, int Weight, int Port, string Target) : DnsRecord;
}

/// <summary>What came back for one question.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Records">Empty unless found; bounded in number.</param>
/// <param name="TimeToLive">How long DNS says that this holds; of a negative answer what the zone's SOA says, and zero without one. [RFC 2308]</param>
internal sealed record DnsAnswer(DnsStatus Status, IReadOnlyList<DnsRecord> Records, TimeSpan TimeToLive)
{
    public static DnsAnswer Failure { get; } = new(DnsStatus.Failed, [], TimeSpan.Zero);

    public IReadOnlyList<IPAddress> Addresses => [.. Records.OfType<DnsRecord.Address>().Select(record => record.Value)];

    public IReadOnlyList<string> Pointers => [.. Records.OfType<DnsRecord.Pointer>().Select(record => record.Name)];

    public IReadOnlyList<DnsRecord.Service> Services => [.. Records.OfType<DnsRecord.Service>()];
}
