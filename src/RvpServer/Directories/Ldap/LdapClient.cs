namespace RvpServer.Directories.Ldap;

/// <summary>
/// The directory behind its list of servers. One connection serves everybody; after its first failure it is thrown away and the next
/// server is tried. A server that failed rests for a few seconds: meanwhile it costs nobody a time-out. A request that gets no answer
/// in time costs its own caller that time; the others notice only if the server was silent altogether.
/// </summary>
internal sealed partial class LdapClient : IAsyncDisposable
{
    /// <summary>How long a server that failed is left alone.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    /// <summary>How long after a refused sign-in: directories lock accounts that try too often.</summary>
    public static readonly TimeSpan RestAfterRefusal = TimeSpan.FromSeconds(30);

    // Of the time-out, spent after it on finding out whether the server is frozen.
    private const double ProbeShare = 0.2;

    private readonly LdapSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger<LdapClient> _logger;
    private readonly LdapDialer _dialer;
    private readonly LdapServer[] _servers;
    private readonly Lock _gate = new();
    private Task<LdapConnection>? _current;
    private bool _isClosed;

    public LdapClient(LdapSettings settings, TimeProvider time, ILogger<LdapClient> logger)
    {
        _settings = settings;
        _time = time;
        _logger = logger;
        _dialer = new LdapDialer(settings, time);
        _servers = [.. settings.Servers.Select(server => new LdapServer(server))];
        if (settings.BindDn is not null && settings.Servers.FirstOrDefault(server => !settings.Encrypts(server)) is { } open)
            Log.NotEncrypted(logger, open);
    }

    /// <summary>
    /// Does <paramref name="call"/> on the connection, and again on another one where that breaks: it must bear being done twice.
    /// Throws <see cref="DirectoryException"/> where no server answers, <see cref="LdapException"/> where one refuses.
    /// </summary>
    public async Task<T> CallAsync<T>(Func<LdapConnection, CancellationToken, Task<T>> call, CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(_settings.Timeout * _servers.Length * (1 + ProbeShare), _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, patience.Token);
        Exception? last = null;
        // One more than there are servers: a connection that lay idle may have been closed without anybody being at fault.
        for (var attempt = 0; attempt <= _servers.Length; attempt++)
        {
            var connection = await CurrentAsync(either.Token, stop);
            using var limit = new CancellationTokenSource(_settings.Timeout, _time);
            using var all = CancellationTokenSource.CreateLinkedTokenSource(either.Token, limit.Token);
            var began = _time.GetTimestamp();
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
                if (_servers.Length == 1) throw new DirectoryException($"{connection.Server}: {e.Message}", e);
                Discard(connection, e.Message);
            }
            catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
            {
                last = e;
                if (connection.HasHeardSince(began) || await IsAliveAsync(connection)) throw new DirectoryException($"{connection.Server} did not answer a request within {_settings.Timeout}", e);
                Discard(connection, $"it did not answer within {_settings.Timeout}");
            }
        }
        throw new DirectoryException($"No directory server kept its connection: {last?.Message}", last);
    }

    /// <summary>
    /// A connection of its own to the server in use, signed in as <paramref name="dn"/>; the caller closes it.
    /// Throws as <see cref="CallAsync"/> does; a refused sign-in is an <see cref="LdapException"/>.
    /// </summary>
    public async Task<LdapConnection> DialAsync(string dn, string password, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(_settings.Timeout * _servers.Length, _time);
        using var all = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        var server = (await CurrentAsync(all.Token, stop)).Server;
        try
        {
            return await _dialer.DialAsync(server, dn, password, all.Token);
        }
        catch (LdapConnectionException e)
        {
            throw new DirectoryException($"{server}: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new DirectoryException($"{server} did not answer within {_settings.Timeout}", e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task<LdapConnection>? current;
        lock (_gate)
        {
            _isClosed = true;
            current = _current;
        }
        if (current is null) return;
        try
        {
            await (await current).DisposeAsync();
        }
        catch (DirectoryException)
        {
            // It never came about.
        }
    }

    // Slow or frozen? A server that still says who it is only had a hard request. [RFC 4512, 5.1: anybody may read the root DSE]
    private async Task<bool> IsAliveAsync(LdapConnection connection)
    {
        using var limit = new CancellationTokenSource(_settings.Timeout * ProbeShare, _time);
        try
        {
            await connection.SearchAsync(new LdapSearch("", LdapScope.BaseObject, LdapFilter.Present("objectClass"), ["1.1"], 1), _settings.Timeout, limit.Token);
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
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (_current is null || _current.IsFaulted || (_current.IsCompletedSuccessfully && !_current.Result.IsOpen)) _current = Task.Run(ConnectAsync);
            current = _current;
        }
        try
        {
            return await current.WaitAsync(patience);
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new DirectoryException($"No directory server answered within {_settings.Timeout}", e);
        }
    }

    private async Task<LdapConnection> ConnectAsync()
    {
        foreach (var server in _servers.Where(server => !server.IsResting(_time)))
        {
            using var limit = new CancellationTokenSource(_settings.Timeout, _time);
            try
            {
                var connection = await _dialer.DialAsync(server.Address, _settings.BindDn, _settings.BindPassword, limit.Token);
                if (server.Recovers()) Log.ServerAnswers(_logger, server.Address);
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
                Retire(server, $"it did not answer within {_settings.Timeout}", Rest);
            }
        }
        throw new DirectoryException("No directory server answers: " + string.Join("; ", _servers.Select(server => $"{server.Address}: {server.Trouble}")));
    }

    private void Discard(LdapConnection connection, string? fault = null)
    {
        if (fault is not null) Retire(_servers.First(server => server.Address == connection.Server), fault, Rest);
        lock (_gate)
        {
            if (_current is { IsCompletedSuccessfully: true } && _current.Result == connection) _current = null;
        }
        // Not awaited: good-bye to a frozen server takes a second.
        _ = connection.DisposeAsync().AsTask();
    }

    // One line per outage, however many requests notice it.
    private void Retire(LdapServer server, string why, TimeSpan rest)
    {
        if (server.Fails(why, rest, _time)) Log.ServerFails(_logger, server.Address, why);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Directory server {Server} is of no use: {Reason}", EventName = "LdapServerFails")]
        public static partial void ServerFails(ILogger logger, Uri server, string reason);

        [LoggerMessage(2, LogLevel.Information, "Directory server {Server} answers again", EventName = "LdapServerAnswers")]
        public static partial void ServerAnswers(ILogger logger, Uri server);

        [LoggerMessage(3, LogLevel.Warning, "The password of the directory account goes to {Server} unencrypted: use StartTls or ldaps", EventName = "LdapNotEncrypted")]
        public static partial void NotEncrypted(ILogger logger, Uri server);
    }
}
