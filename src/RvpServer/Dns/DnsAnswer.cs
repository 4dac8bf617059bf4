using System.Net;
using DnsClient;

namespace RvpServer.Dns;

/// <summary>Asks DNS one question. Never throws: <see cref="DnsStatus.Failed"/> means that nobody answered.</summary>
internal delegate Task<DnsAnswer> AskDns(string name, QueryType type);

/// <summary>The result of a question.</summary>
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

/// <summary>A record of one of the types that are needed here.</summary>
internal abstract record DnsRecord
{
    private DnsRecord()
    {
    }

    /// <summary>A or AAAA; never IPv4-mapped.</summary>
    internal sealed record Address(IPAddress Value) : DnsRecord;

    /// <summary>PTR; lower case, without the trailing dot.</summary>
    internal sealed record Pointer(string Name) : DnsRecord;

    /// <summary>SRV; the target as in the zone, in lower case without the trailing dot, and "." if the service is not offered. [RFC 2782]</summary>
    internal sealed record Service(int Priority, int Weight, int Port, string Target) : DnsRecord;
}

/// <summary>The answer to one question.</summary>
/// <param name="Status">The result.</param>
/// <param name="Records">Empty unless found; bounded in number.</param>
/// <param name="TimeToLive">How long DNS says that this is valid; for a negative answer according to the zone's SOA, and zero without one. [RFC 2308]</param>
internal sealed record DnsAnswer(DnsStatus Status, IReadOnlyList<DnsRecord> Records, TimeSpan TimeToLive)
{
    public static DnsAnswer Failure { get; } = new(DnsStatus.Failed, [], TimeSpan.Zero);

    public IReadOnlyList<IPAddress> Addresses => [.. Records.OfType<DnsRecord.Address>().Select(record => record.Value)];

    public IReadOnlyList<string> Pointers => [.. Records.OfType<DnsRecord.Pointer>().Select(record => record.Name)];

    public IReadOnlyList<DnsRecord.Service> Services => [.. Records.OfType<DnsRecord.Service>()];
}
