using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.AspNetCore.DataProtection;

namespace RvpServer.Directories.Local;

/// <summary>
/// The accounts in the store, looked up through a bounded cache. What another process (the command line) changes is seen within
/// <see cref="PollInterval"/>: every write to an account raises a counter in the store, and the cache is dropped when it has moved.
/// </summary>
internal sealed partial class LocalDirectory : IDirectory, IAsyncDisposable
{
    /// <summary>How often the counter is read: one row by its key, which costs nothing next to a request.</summary>
    internal static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    /// <summary>Entries kept, also for names that do not exist. Twice what Microsoft held a home server to; a full cache starts afresh.</summary>
    internal const int CacheSize = 20_000;

    /// <summary>How long secrets stay in memory after they were last needed. They are the largest part of an idle account, and least wanted in a core dump.</summary>
    internal static readonly TimeSpan SecretsAge = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<(string Domain, string Name), Entry> cache = new();
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly Func<DbConnection> open;
    private readonly SecretVault vault;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly ITimer timer;
    private long sweptAt;
    private DbConnection? connection;
    private long version;
    private bool isDisposed;

    /// <param name="open">Opens a connection to the store that has the accounts.</param>
    /// <param name="keys">What secrets are encrypted with.</param>
    /// <param name="time">Times the polling.</param>
    /// <param name="log">For polls that fail.</param>
    public LocalDirectory(Func<DbConnection> open, IDataProtectionProvider keys, TimeProvider time, ILogger<LocalDirectory> log)
    {
        this.open = open;
        this.time = time;
        this.log = log;
        sweptAt = time.GetTimestamp();
        vault = new SecretVault(keys);
        timer = time.CreateTimer(_ => _ = PollAsync(), null, PollInterval, PollInterval);
    }

    /// <inheritdoc/>
    public long Version => Interlocked.Read(ref version);

    /// <summary>Entries in the cache at the moment.</summary>
    internal int CachedCount => cache.Count;

    /// <inheritdoc/>
    public async ValueTask<Account?> FindAsync(string domain, string name, CancellationToken stop) =>
        (await FindEntryAsync(domain, name, stop)).Account;

    /// <inheritdoc/>
    public async ValueTask<AccountSecrets?> FindSecretsAsync(Account account, CancellationToken stop)
    {
        var entry = await FindEntryAsync(account.Domain, account.Name, stop);
        if (entry.Account is null) return null;
        entry.SecretsUsedAt = time.GetTimestamp();
        return entry.Secrets is { } known
            ? known.Value
            : await InTurnAsync(
                async connection =>
                {
                    var stored = await AccountRows.ReadSecretsAsync(connection, account.Domain, account.Name, stop);
                    var known = new Known(stored is null ? null : vault.Unprotect(entry.Account, stored));
                    entry.Secrets = known;
                    return known.Value;
                },
                stop);
    }

    /// <inheritdoc/>
    public Task CheckAsync(CancellationToken stop) => RefreshAsync(stop);

    /// <summary>Looks now whether accounts have changed: after a change of one's own that must be seen at once.</summary>
    public Task RefreshAsync(CancellationToken stop) =>
        InTurnAsync(
            async connection =>
            {
                var stored = await AccountRows.ReadVersionAsync(connection, stop);
                if (stored == Version) return stored;
                // In turn, so that nothing read before the change enters the cache later; and before the version tells others to look again.
                cache.Clear();
                return Interlocked.Exchange(ref version, stored);
            },
            stop);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await timer.DisposeAsync();
        await turn.WaitAsync();
        isDisposed = true;
        if (connection is not null) await connection.DisposeAsync();
        turn.Release();
    }

    private async ValueTask<Entry> FindEntryAsync(string domain, string name, CancellationToken stop)
    {
        var key = (domain.ToLowerInvariant(), AccountRows.KeyOf(name));
        return cache.TryGetValue(key, out var entry)
            ? entry
            : await InTurnAsync(
                async connection =>
                {
                    var found = await AccountRows.FindAsync(connection, domain, name, stop);
                    if (cache.Count >= CacheSize) cache.Clear();
                    return cache[key] = new Entry(found?.Account);
                },
                stop);
    }

    private async Task<T> InTurnAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken stop)
    {
        await turn.WaitAsync(stop);
        try
        {
            if (isDisposed) throw new DirectoryException("The directory is closed.");
            return await work(connection ??= open());
        }
        catch (DbException failure)
        {
            // The next look-up starts with a fresh connection.
            if (connection is not null) await connection.DisposeAsync();
            connection = null;
            throw new DirectoryException("The accounts cannot be read: " + failure.Message, failure);
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task PollAsync()
    {
        if (time.GetElapsedTime(sweptAt) >= SecretsAge) DropIdleSecrets();
        try
        {
            await RefreshAsync(CancellationToken.None);
        }
        catch (DirectoryException failure)
        {
            if (!isDisposed) Log.PollFailed(log, failure);
        }
    }

    private void DropIdleSecrets()
    {
        sweptAt = time.GetTimestamp();
        foreach (var entry in cache.Values)
            if (time.GetElapsedTime(entry.SecretsUsedAt) >= SecretsAge) entry.Secrets = null;
    }

    private sealed class Entry(Account? account)
    {
        public Account? Account { get; } = account;

        /// <summary>Null until asked for.</summary>
        public Known? Secrets { get; set; }

        public long SecretsUsedAt { get; set; }
    }

    private sealed record Known(AccountSecrets? Value);

    private static partial class Log
    {
        [LoggerMessage(EventName = "AccountsPollFailed", Level = LogLevel.Warning, Message = "Changes of accounts cannot be seen at the moment")]
        public static partial void PollFailed(ILogger logger, Exception failure);
    }
}
