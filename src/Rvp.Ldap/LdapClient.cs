using Microsoft.Extensions.Logging;

namespace Rvp.Ldap;

/// <summary>
/// The directory, reached through a list of servers. All callers share one connection; after its first failure it is closed and the next server is tried. A
/// server that failed is not tried again for a few seconds, so that nobody waits for its time-out. A request without an answer costs only its own caller the
/// time-out; the others are affected only if the server sent nothing at all in that time. What a server refers to another that is listed for it is asked
/// there: one step, since servers that refer to each other would otherwise keep a request going.
/// </summary>
public sealed partial class LdapClient : IAsyncDisposable
{
    /// <summary>How long a server that failed is not tried.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    /// <summary>The same after a refused sign-in: directories lock accounts that try too often.</summary>
    public static readonly TimeSpan RestAfterRefusal = TimeSpan.FromSeconds(30);

    // Share of the time-out that is spent afterwards on finding out whether the server is frozen.
    private const double ProbeShare = 0.2;

    private readonly LdapSettings settings;
    private readonly TimeProvider time;
    private readonly ILogger<LdapClient> logger;
    private readonly LdapDialer dialer;
    private readonly LdapServer[] servers;
    private readonly Dictionary<string, LdapClient> others = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock gate = new();
    private Task<LdapConnection>? shared;
    private bool isClosed;

    /// <summary>Creates a client; it does not connect yet.</summary>
    public LdapClient(LdapSettings settings, TimeProvider time, ILogger<LdapClient> logger)
    {
        this.settings = settings;
        this.time = time;
        this.logger = logger;
        dialer = new LdapDialer(settings, time);
        servers = [.. settings.Servers.Select(server => new LdapServer(server))];
        foreach (var other in settings.Referrals) others.TryAdd(other.Host, new LdapClient(settings with { Servers = [other], Referrals = [] }, time, logger));
        if (settings.BindDn is not null && settings.Servers.FirstOrDefault(server => !settings.Encrypts(server)) is { } open)
            Log.NotEncrypted(logger, open);
    }

    /// <summary>
    /// Runs <paramref name="call"/> on the connection, and again on another one if that breaks, so it must be safe to run twice. Throws
    /// <see cref="LdapUnavailableException"/> when no server answers, <see cref="LdapException"/> when one refuses.
    /// </summary>
    public async Task<T> CallAsync<T>(Func<LdapConnection, CancellationToken, Task<T>> call, CancellationToken stop)
    {
        try
        {
            return await CallHereAsync(call, stop);
        }
        catch (LdapException e) when (OtherFor(e) is { } other)
        {
            return await other.CallAsync(call, stop);
        }
    }

    /// <summary>
    /// Finds entries, as <see cref="LdapConnection.SearchAsync"/> does, and throws as <see cref="CallAsync"/> does. Servers that this one refers to are asked
    /// where it has none itself, and for lists: then the first page has all that they have.
    /// </summary>
    public async Task<(IReadOnlyList<LdapEntry> Entries, LdapResult Result)> SearchAsync(LdapSearch search, CancellationToken stop)
    {
        var (entries, result) = await CallAsync((connection, limit) => connection.SearchAsync(search, settings.Timeout, limit), stop);
        var isEnough = search.PageCookie is null && entries.Count > 0;
        if (isEnough) return (entries, result);
        var all = new List<LdapEntry>(entries);
        foreach (var reference in result.Referrals.Select(LdapUrl.Read).OfType<LdapUrl>().Distinct())
        {
            if (others.TryGetValue(reference.Host, out var other)) await other.AddAllAsync(all, reference.Narrow(search), stop);
        }
        return (all, result);
    }

    /// <summary>
    /// A separate connection to the server in use, signed in as <paramref name="dn"/>; the caller closes it. Throws as <see cref="CallAsync"/> does; a refused
    /// sign-in is an <see cref="LdapException"/>.
    /// </summary>
    public async Task<LdapConnection> DialAsync(string dn, string password, CancellationToken stop)
    {
        try
        {
            return await DialHereAsync(dn, password, stop);
        }
        // Servers do not say of a sign-in where the entry is.
        catch (LdapException e) when (others.Count > 0 && e.Code is LdapResultCode.InvalidCredentials or LdapResultCode.Referral)
        {
            if (await FindOtherAsync(dn, stop) is { } other) return await other.DialAsync(dn, password, stop);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task<LdapConnection>? last;
        lock (gate)
        {
            isClosed = true;
            last = shared;
        }
        foreach (var other in others.Values) await other.DisposeAsync();
        if (last is null) return;
        try
        {
            await (await last).DisposeAsync();
        }
        catch (LdapUnavailableException)
        {
            // It was never made.
        }
    }

    private async Task AddAllAsync(List<LdapEntry> all, LdapSearch search, CancellationToken stop)
    {
        for (byte[]? cookie = search.PageCookie is null ? null : []; ;)
        {
            var (entries, result) = await SearchAsync(search with { PageCookie = cookie }, stop);
            all.AddRange(entries);
            cookie = result.PageCookie;
            if (cookie is not { Length: > 0 }) return;
        }
    }

    private LdapClient? OtherFor(LdapException refusal) => refusal.Code != LdapResultCode.Referral ? null : refusal.Referrals
        .Select(url => LdapUrl.Read(url) is { } read ? others.GetValueOrDefault(read.Host) : null).FirstOrDefault(other => other is not null);

    private async Task<T> CallHereAsync<T>(Func<LdapConnection, CancellationToken, Task<T>> call, CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(settings.Timeout * servers.Length * (1 + ProbeShare), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, patience.Token);
        Exception? last = null;
        // One more attempt than there are servers: an idle connection may have been closed without any failure.
        for (var attempt = 0; attempt <= servers.Length; attempt++)
        {
            var connection = await CurrentAsync(either.Token, stop);
            using var limit = new CancellationTokenSource(settings.Timeout, time);
            using var all = CancellationTokenSource.CreateLinkedTokenSource(either.Token, limit.Token);
            var began = time.GetTimestamp();
            try
            {
                return await call(connection, all.Token);
            }
            catch (LdapConnectionException e)
            {
                last = e;
                // Once may be chance; after a second failure another server is used.
                Discard(connection, attempt > 0 ? e.Message : null);
            }
            catch (LdapException e) when (e.Code is LdapResultCode.Busy or LdapResultCode.Unavailable)
            {
                last = e;
                if (servers.Length == 1) throw new LdapUnavailableException($"{connection.Server}: {e.Message}", e);
                Discard(connection, e.Message);
            }
            catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
            {
                last = e;
                if (connection.HasHeardSince(began) || await IsAliveAsync(connection))
                {
                    throw new LdapUnavailableException($"{connection.Server} did not answer a request within {settings.Timeout}", e);
                }
                Discard(connection, $"it did not answer within {settings.Timeout}");
            }
        }
        throw new LdapUnavailableException($"No directory server kept its connection: {last?.Message}", last);
    }

    private async Task<LdapConnection> DialHereAsync(string dn, string password, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(settings.Timeout * servers.Length, time);
        using var all = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        var server = (await CurrentAsync(all.Token, stop)).Server;
        try
        {
            return await dialer.DialAsync(server, dn, password, all.Token);
        }
        catch (LdapConnectionException e)
        {
            throw new LdapUnavailableException($"{server}: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new LdapUnavailableException($"{server} did not answer within {settings.Timeout}", e);
        }
    }

    // Where an entry is, if not here.
    private async Task<LdapClient?> FindOtherAsync(string dn, CancellationToken stop)
    {
        try
        {
            var search = new LdapSearch(dn, LdapScope.BaseObject, LdapFilter.Present("objectClass"), ["1.1"], 1);
            await CallHereAsync((connection, limit) => connection.SearchAsync(search, settings.Timeout, limit), stop);
            return null;
        }
        catch (LdapException e)
        {
            return OtherFor(e);
        }
    }

    // Slow or frozen? A server that still answers who it is was only slow with one request. [RFC 4512, 5.1: anybody may read the root DSE]
    private async Task<bool> IsAliveAsync(LdapConnection connection)
    {
        using var limit = new CancellationTokenSource(settings.Timeout * ProbeShare, time);
        try
        {
            await connection.SearchAsync(
                new LdapSearch("", LdapScope.BaseObject, LdapFilter.Present("objectClass"), ["1.1"], 1), settings.Timeout, limit.Token);
            return true;
        }
        catch (LdapException)
        {
            return true;
        }
        catch (Exception e) when (e is LdapConnectionException or OperationCanceledException)
        {
            return false;
        }
    }

    // The connection in use, or the one being made: all callers wait for the same.
    private async Task<LdapConnection> CurrentAsync(CancellationToken patience, CancellationToken stop)
    {
        Task<LdapConnection> current;
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isClosed, this);
            if (shared is null || shared.IsFaulted || (shared.IsCompletedSuccessfully && !shared.Result.IsOpen)) shared = Task.Run(ConnectAsync);
            current = shared;
        }
        try
        {
            return await current.WaitAsync(patience);
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new LdapUnavailableException($"No directory server answered within {settings.Timeout}", e);
        }
    }

    private async Task<LdapConnection> ConnectAsync()
    {
        foreach (var server in servers.Where(server => !server.IsResting(time)))
        {
            using var limit = new CancellationTokenSource(settings.Timeout, time);
            try
            {
                var connection = await dialer.DialAsync(server.Address, settings.BindDn, settings.BindPassword, limit.Token);
                if (server.Recovers()) Log.ServerAnswers(logger, server.Address);
                return connection;
            }
            catch (LdapConnectionException e)
            {
                Retire(server, e.Message, Rest);
            }
            catch (LdapException e)
            {
                Retire(server, e.Message, e.Code is LdapResultCode.Busy or LdapResultCode.Unavailable ? Rest : RestAfterRefusal);
            }
            catch (OperationCanceledException)
            {
                Retire(server, $"it did not answer within {settings.Timeout}", Rest);
            }
        }
        throw new LdapUnavailableException(
            "No directory server answers: " + string.Join("; ", servers.Select(server => $"{server.Address}: {server.Trouble}")));
    }

    private void Discard(LdapConnection connection, string? fault = null)
    {
        if (fault is not null) Retire(servers.First(server => server.Address == connection.Server), fault, Rest);
        lock (gate)
        {
            if (shared is { IsCompletedSuccessfully: true } && shared.Result == connection) shared = null;
        }
        // Not awaited: closing a connection to a frozen server takes a second.
        _ = connection.DisposeAsync().AsTask();
    }

    // One log line per outage, however many requests fail.
    private void Retire(LdapServer server, string why, TimeSpan rest)
    {
        if (server.Fails(why, rest, time)) Log.ServerFails(logger, server.Address, why);
    }

    private static partial class Log
    {
        [LoggerMessage(EventName = "LdapServerFails", Level = LogLevel.Warning, Message = "Directory server {Server} is unreachable: {Reason}")]
        public static partial void ServerFails(ILogger logger, Uri server, string reason);

        [LoggerMessage(EventName = "LdapServerAnswers", Level = LogLevel.Information, Message = "Directory server {Server} answers again")]
        public static partial void ServerAnswers(ILogger logger, Uri server);

        [LoggerMessage(EventName = "LdapNotEncrypted", Level = LogLevel.Warning,
            Message = "The password of the directory account goes to {Server} unencrypted: use StartTls or ldaps")]
        public static partial void NotEncrypted(ILogger logger, Uri server);
    }
}
