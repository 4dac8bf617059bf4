using System.Net;
using System.Net.Sockets;
using DnsClient;
using RvpServer.Configuration;

namespace RvpServer.Dns;

/// <summary>Sends one question to the DNS servers, one after the other, at most twice each, and follows aliases. Keeps no state and blocks no thread.</summary>
internal sealed partial class DnsLookup(DnsOptions settings, SystemDnsServers system, ILogger<DnsLookup> logger)
{
    /// <summary>The second round is for lost datagrams, and for servers and firewalls that do not support EDNS.</summary>
    private const int Rounds = 2;

    /// <summary>The same number as resolv.conf(5).</summary>
    private const int MaxServers = 3;

    /// <summary>Aliases followed for one question. Decision: as many as common resolvers follow.</summary>
    private const int MaxAliases = 8;

    private readonly LookupClient client = new(new LookupClientOptions(IPAddress.Loopback) { AutoResolveNameServers = false, UseCache = false });

    private readonly DnsQueryOptions[] options =
    [
        new() { Timeout = settings.Timeout, Retries = 0, UseCache = false, ThrowDnsErrors = false },
        new() { Timeout = settings.Timeout, Retries = 0, UseCache = false, ThrowDnsErrors = false, ExtendedDnsBufferSize = DnsQueryOptions.MinimumBufferSize },
    ];

    public DnsLookup(DnsOptions settings, TimeProvider time, ILogger<DnsLookup> logger) : this(settings, new SystemDnsServers(time), logger)
    {
    }

    public async Task<DnsAnswer> AskAsync(string name, QueryType type)
    {
        var asked = name.ToLowerInvariant();
        var passed = new HashSet<string>();
        var ttl = TimeSpan.MaxValue;
        while (passed.Count <= MaxAliases && passed.Add(asked))
        {
            var reply = await AskServersAsync(asked, type);
            if (reply is DnsReply.Complete { Answer: var answer }) return answer.TimeToLive > ttl ? answer with { TimeToLive = ttl } : answer;
            if (reply is not DnsReply.Alias alias)
            {
                Log.NoAnswer(logger, type, asked);
                return DnsAnswer.Failure;
            }
            if (alias.TimeToLive < ttl) ttl = alias.TimeToLive;
            asked = alias.Name;
        }
        Log.TooManyAliases(logger, type, name);
        return DnsAnswer.Failure;
    }

    private async Task<DnsReply> AskServersAsync(string name, QueryType type)
    {
        var servers = await ServersAsync();
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var server in servers)
            {
                var reply = await AskAsync(server, name, type, options[round]);
                if (reply is not DnsReply.Failed) return reply;
            }
        }
        return DnsReply.Failed.Instance;
    }

    private async Task<DnsReply> AskAsync(NameServer server, string name, QueryType type, DnsQueryOptions how)
    {
        try
        {
            // The library may use one time-out for UDP and, after a truncated answer, one for TCP: the deadline covers both together.
            using var deadline = new CancellationTokenSource(settings.Timeout);
            var response = await client.QueryServerAsync([server], new DnsQuestion(name, type), how, deadline.Token);
            var reply = DnsReply.Read(response, name, type);
            if (reply is DnsReply.Failed) Log.ServerRefused(logger, server, type, name, response.Header.ResponseCode);
            return reply;
        }
        catch (Exception e) when (e is DnsResponseException or DnsResponseParseException or DnsXidMismatchException or SocketException or IOException
            or OperationCanceledException or ArgumentException or InvalidOperationException or FormatException or IndexOutOfRangeException or OverflowException)
        {
            // Invalid bytes from a server count as no answer.
            Log.ServerFailed(logger, server, type, name, e);
            return DnsReply.Failed.Instance;
        }
    }

    private async Task<NameServer[]> ServersAsync()
    {
        if (settings.Servers.Count > 0) return [.. settings.Servers.Take(MaxServers).Select(server => new NameServer(server))];
        try
        {
            return [.. (await system.FindAsync()).Take(MaxServers)];
        }
        catch (SystemException e) // Errors of files or network cards.
        {
            Log.NoServers(logger, e);
            return [];
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventName = "DnsServerFailed", Level = LogLevel.Debug, Message = "DNS server {Server} did not answer {Type} {Name}")]
        public static partial void ServerFailed(ILogger logger, NameServer server, QueryType type, string name, Exception reason);

        [LoggerMessage(EventName = "DnsServerRefused", Level = LogLevel.Debug, Message = "DNS server {Server} does not know {Type} {Name}: {Code}")]
        public static partial void ServerRefused(ILogger logger, NameServer server, QueryType type, string name, DnsHeaderResponseCode code);

        [LoggerMessage(EventName = "DnsNoAnswer", Level = LogLevel.Information, Message = "No DNS server answered {Type} {Name}")]
        public static partial void NoAnswer(ILogger logger, QueryType type, string name);

        [LoggerMessage(EventName = "DnsTooManyAliases", Level = LogLevel.Information, Message = "{Type} {Name} is an alias of an alias without end")]
        public static partial void TooManyAliases(ILogger logger, QueryType type, string name);

        [LoggerMessage(EventName = "DnsNoServers", Level = LogLevel.Warning, Message = "The system's DNS servers cannot be read")]
        public static partial void NoServers(ILogger logger, Exception reason);
    }
}
