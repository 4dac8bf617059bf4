using System.Collections.Concurrent;
using DnsClient;
using DnsClient.Protocol;

namespace Rvp.Client.Naming;

/// <summary>The server of a mail domain: host and port of its SRV record <c>_rvp._tcp.DOMAIN</c>, else the domain itself on port 80. [white paper]</summary>
internal sealed class ServiceRecords(RvpClientOptions options)
{
    private const int MaxCached = 256;
    private static readonly TimeSpan CacheTime = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, (string Host, int Port, DateTimeOffset Until)> cache = new();
    private readonly Lazy<LookupClient> client = new(() => MakeClient(options.NameServers));

    /// <summary>Throws <see cref="RvpClientException"/> where DNS does not answer.</summary>
    public async Task<(string Host, int Port)> FindAsync(string domain, CancellationToken stop)
    {
        var now = options.Clock.GetUtcNow();
        if (cache.TryGetValue(domain, out var known) && known.Until > now) return (known.Host, known.Port);
        var (host, port) = await AskAsync(domain, stop).ConfigureAwait(false);
        if (cache.Count >= MaxCached) cache.Clear();
        cache[domain] = (host, port, now + CacheTime);
        return (host, port);
    }

    private async Task<(string Host, int Port)> AskAsync(string domain, CancellationToken stop)
    {
        if (System.Net.IPAddress.TryParse(domain, out _) || domain == "localhost") return (domain, 80);
        try
        {
            var answer = await client.Value.QueryAsync("_rvp._tcp." + domain, QueryType.SRV, cancellationToken: stop).ConfigureAwait(false);
            if (answer.HasError && answer.Header.ResponseCode != DnsHeaderResponseCode.NotExistentDomain) throw NoAnswer(domain, null);
            var record = answer.Answers.OfType<SrvRecord>().Where(IsUsable).OrderBy(record => record.Priority).ThenByDescending(record => record.Weight).FirstOrDefault();
            return record is null ? (domain, 80) : (HostOf(record), record.Port);
        }
        catch (Exception e) when (e is DnsResponseException or DnsXidMismatchException or System.Net.Sockets.SocketException or InvalidOperationException or ArgumentException)
        {
            throw NoAnswer(domain, e);
        }
    }

    private static LookupClient MakeClient(IReadOnlyList<System.Net.IPEndPoint>? servers)
    {
        var options = servers is null ? new LookupClientOptions() : new LookupClientOptions([.. servers]);
        options.Timeout = TimeSpan.FromSeconds(3);
        options.Retries = 1;
        return new LookupClient(options);
    }

    // "." says that the service is not offered. [RFC 2782]
    private static bool IsUsable(SrvRecord record) => record.Port > 0 && HostOf(record).Length > 0;

    private static string HostOf(SrvRecord record) => record.Target.Value.TrimEnd('.').ToLowerInvariant();

    private static RvpClientException NoAnswer(string domain, Exception? cause) => new(RvpError.Unreachable, $"DNS does not say which server {domain} has.", cause);
}
