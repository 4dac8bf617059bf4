using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using DnsClient;
using DnsClient.Protocol;

namespace Rvp.Client.Naming;

/// <summary>
/// Finds the server of a mail domain: host and port of its SRV record <c>_rvp._tcp.DOMAIN</c>. Only if DNS says that there is no such record, the domain itself
/// on port 80. [white paper]
/// </summary>
/// <remarks>
/// If DNS fails, no server is used, not even for a name that may be an IM domain: it could as well be a mail domain, whose own address is usually a web server,
/// and that would receive a proof of the password. Users who know the server can name it in <see cref="RvpClientOptions.Server"/>. Decision.
/// </remarks>
internal sealed class ServiceRecords(RvpClientOptions options)
{
    private const int MaxCached = 256;

    /// <summary>Aliases followed for one look-up.</summary>
    private const int MaxAliases = 8;

    private static readonly TimeSpan CacheTime = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, (string Host, int Port, long Since)> cache = new();
    private readonly Lazy<LookupClient> client = new(() => MakeClient(options.NameServers));

    /// <summary>
    /// Throws <see cref="RvpClientException"/>: <see cref="RvpError.ResolverFailed"/>, or <see cref="RvpError.NoSuchServer"/> for a domain that offers no
    /// server.
    /// </summary>
    public async Task<(string Host, int Port)> FindAsync(string domain, CancellationToken stop)
    {
        if (IPAddress.TryParse(domain, out _) || LoopbackName.Is(domain)) return (domain, 80);
        if (cache.TryGetValue(domain, out var known) && options.Clock.GetElapsedTime(known.Since) < CacheTime) return (known.Host, known.Port);
        var (answers, mayBeKept) = await AskAsync(domain, stop).ConfigureAwait(false);
        var record = answers.Where(IsUsable).OrderBy(record => record.Priority).ThenByDescending(record => record.Weight).FirstOrDefault();
        if (answers.Count > 0 && record is null) throw RvpClientException.NoSuchServer(domain);
        var (host, port) = record is null ? (domain, 80) : (HostOf(record), record.Port);
        if (!mayBeKept) return (host, port);
        if (cache.Count >= MaxCached) cache.Clear();
        cache[domain] = (host, port, options.Clock.GetTimestamp());
        return (host, port);
    }

    private async Task<(IReadOnlyList<SrvRecord> Records, bool MayBeKept)> AskAsync(string domain, CancellationToken stop)
    {
        try
        {
            var name = "_rvp._tcp." + domain;
            for (var aliases = 0; aliases <= MaxAliases; aliases++)
            {
                var answer = await client.Value.QueryAsync(name, QueryType.SRV, cancellationToken: stop).ConfigureAwait(false);
                var doesNotExist = answer.Header.ResponseCode == DnsHeaderResponseCode.NotExistentDomain;
                if (answer.HasError && !doesNotExist) throw RvpClientException.ResolverFailed(domain);
                List<SrvRecord> records = [.. answer.Answers.OfType<SrvRecord>()];
                // A negative answer without SOA must not be cached. [RFC 2308]
                var hasSoa = answer.Authorities.OfType<SoaRecord>().Any();
                if (records.Count > 0 || doesNotExist || hasSoa) return (records, records.Count > 0 || hasSoa);
                if (answer.Answers.OfType<CNameRecord>().LastOrDefault() is { } alias)
                {
                    name = alias.CanonicalName.Value;
                    continue;
                }
                if (IsLame(answer)) throw RvpClientException.ResolverFailed(domain);
                return (records, false);
            }
            throw RvpClientException.ResolverFailed(domain);
        }
        catch (Exception e) when (e is DnsResponseException or DnsXidMismatchException or SocketException or InvalidOperationException or ArgumentException)
        {
            throw RvpClientException.ResolverFailed(domain, e);
        }
    }

    private static LookupClient MakeClient(IReadOnlyList<IPEndPoint>? servers)
    {
        var options = servers is null ? new LookupClientOptions() : new LookupClientOptions([.. servers]);
        options.Timeout = TimeSpan.FromSeconds(3);
        options.Retries = 1;
        return new LookupClient(options);
    }

    // A server that neither has the zone nor resolves for others, or that only refers to other servers. [RFC 2308, 2.2]
    private static bool IsLame(IDnsQueryResponse answer) =>
        !answer.Header.HasAuthorityAnswer && (!answer.Header.RecursionAvailable || answer.Authorities.OfType<NsRecord>().Any());

    // "." means that the service is not offered. [RFC 2782]
    private static bool IsUsable(SrvRecord record) => record.Port > 0 && HostOf(record).Length > 0;

    private static string HostOf(SrvRecord record) => record.Target.Value.TrimEnd('.').ToLowerInvariant();
}
