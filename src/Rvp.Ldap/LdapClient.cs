using Microsoft.Extensions.Logging;

namespace Rvp.Ldap;

/// <summary>
/// The directory behind its list of servers. One connection serves everybody; after its first failure it is thrown away and the next
/// server is tried. A server that failed rests for a few seconds: meanwhile it costs nobody a time-out. A request that gets no answer
/// in time costs its own caller that time; the others notice only if the server was silent altogether.
/// </summary>
public sealed partial class LdapClient : IAsyncDisposable
{
    /// <summary>How long a server that failed is left alone.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    /// <summary>How long after a refused sign-in: directories lock accounts that try too often.</summary>
    public static readonly TimeSpan RestAfterRefusal = TimeSpan.FromSeconds(30);

    // Of the time-out, spent after it on finding out whether the server is frozen.
    private const double ProbeShare = 0.2;

    private readonly LdapSettings settings;
    private readonly TimeProvider time;
    private readonly ILogger<LdapClient> logger;
    private readonly LdapDialer dialer;
    private readonly LdapServer[] servers;
    private readonly Lock gate = new();
    private Task<LdapConnection>? shared;
    private bool isClosed;

    /// <summary>Connects to nobody yet.</summary>
    public LdapClient(LdapSettings settings, TimeProvider time, ILogger<LdapClient> logger)
    {
        this.settings = settings;
        this.time = time;
        this.logger = logger;
        dialer = new LdapDialer(settings, time);
        servers = [.. settings.Servers.Select(server => new LdapServer(server))];
        if (settings.BindDn is not null && settings.Servers.FirstOrDefault(server => !settings.Encrypts(server)) is { } open)
            Log.NotEncrypted(logger, open);
    }

    /// <summary>
    /// Does <paramref name="call"/> on the connection, and again on another one where that breaks: it must bear being done twice.
    /// Throws <see cref="LdapUnavailableException"/> where no server answers, <see cref="LdapException"/> where one refuses.
    /// </summary>
    public async Task<T> CallAsync<T>(Func<LdapConnection, CancellationToken, Task<T>> call, CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(settings.Timeout * servers.Length * (1 + ProbeShare), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, patience.Token);
        Exception? last = null;
        // One more than there are servers: a connection that lay idle may have been closed without anybody being at fault.
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
                // Once may be chance; a server that does it again is left for another.
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

    /// <summary>
    /// A connection of its own to the server in use, signed in as <paramref name="dn"/>; the caller closes it.
    /// Throws as <see cref="CallAsync"/> does; a refused sign-in is an <see cref="LdapException"/>.
    /// </summary>
    public async Task<LdapConnection> DialAsync(string dn, string password, CancellationToken stop)
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

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task<LdapConnection>? last;
        lock (gate)
        {
            isClosed = true;
            last = shared;
        }
        if (last is null) return;
        try
        {
            await (await last).DisposeAsync();
        }
        catch (LdapUnavailableException)
        {
            // It never came about.
        }
    }

    // Slow or frozen? A server that still says who it is only had a hard request. [RFC 4512, 5.1: anybody may read the root DSE]
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

    // The connection in use, or the one being made: all wait for the same.
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
        // Not awaited: good-bye to a frozen server takes a second.
        _ = connection.DisposeAsync().AsTask();
    }

    // One line per outage, however many requests notice it.
    private void Retire(LdapServer server, string why, TimeSpan rest)
    {
        if (server.Fails(why, rest, time)) Log.ServerFails(logger, server.Address, why);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Directory server {Server} is unreachable: {Reason}", EventName = "LdapServerFails")]
        public static partial void ServerFails(ILogger logger, Uri server, string reason);

        [LoggerMessage(2, LogLevel.Information, "Directory server {Server} answers again", EventName = "LdapServerAnswers")]
        public static partial void ServerAnswers(ILogger logger, Uri server);

        [LoggerMessage(3, LogLevel.Warning, "The password of the directory account goes to {Server} unencrypted: use StartTls or ldaps",
            EventName = "LdapNotEncrypted")]
        public static partial void NotEncrypted(ILogger logger, Uri server);
    }
}
