using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.DataProtection;
using RvpServer.Storage;

namespace RvpServer.Directories.Local;

/// <summary>The accounts in the store, looked up through a bounded cache, which is dropped when accounts have changed.</summary>
internal sealed class LocalDirectory : IDirectory, IKeepsAccounts, IAsyncDisposable
{
    /// <summary>
    /// Entries kept, including names that do not exist. Twice the number of users that Microsoft recommended per home server; a full cache is cleared.
    /// </summary>
    internal const int CacheSize = 20_000;

    /// <summary>
    /// How long secrets stay in memory after their last use. They are the largest part of an idle account, and the most sensitive in a core dump.
    /// </summary>
    internal static readonly TimeSpan SecretsAge = TimeSpan.FromMinutes(1);

    // So few that others' look-ups wait for some milliseconds at most.
    private const int ReadAtOnce = 500;

    private readonly ConcurrentDictionary<LookupKey, Entry> cache = new();
    private readonly AccountsReader store;
    private readonly SecretVault vault;
    private readonly TimeProvider time;
    private long sweptAt;

    /// <param name="database">The store that has the accounts.</param>
    /// <param name="keys">Encrypt the secrets.</param>
    /// <param name="time">Says how long secrets were not needed.</param>
    public LocalDirectory(IDatabase database, IDataProtectionProvider keys, TimeProvider time)
    {
        vault = new SecretVault(keys);
        this.time = time;
        sweptAt = time.GetTimestamp();
        store = new AccountsReader(database, cache.Clear);
    }

    /// <inheritdoc/>
    public long Version => store.Version;

    /// <summary>Entries in the cache at the moment.</summary>
    internal int CachedCount => cache.Count;

    /// <inheritdoc/>
    public async ValueTask<Account?> FindAsync(string domain, string name, CancellationToken stop) =>
        (await FindEntryAsync(domain, name, stop)).Account;

    /// <inheritdoc/>
    public async ValueTask<AccountSecrets?> FindSecretsAsync(Account account, CancellationToken stop)
    {
        var entry = await FindEntryAsync(account.Domain, account.Name, stop);
        if (entry.Account is not { } found) return null;
        entry.SecretsUsedAt = time.GetTimestamp();
        return entry.Secrets is { } known ? known.Value : await ReadSecretsAsync(entry, found, stop);
    }

    /// <inheritdoc/>
    /// <remarks>Needs no secrets: those of everybody who is signed in would have to be read after each change of any account.</remarks>
    public async ValueTask<long> FindStampAsync(Account account, CancellationToken stop)
    {
        var entry = await FindEntryAsync(account.Domain, account.Name, stop);
        return entry.Account is { } found ? PasswordStamp.Of(found, entry.Stamp) : 0;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StampedAccount> ReadAllAsync([EnumeratorCancellation] CancellationToken stop)
    {
        var part = new AccountPart { Max = ReadAtOnce };
        while (true)
        {
            var next = part;
            var accounts = await store.InTurnAsync(connection => AccountRows.ReadPartAsync(connection, next, stop).ToListAsync(stop).AsTask(), stop);
            if (accounts.Count == 0) break;
            foreach (var (_, account, stamp) in accounts) yield return new(account, PasswordStamp.Of(account, stamp));
            part = part with { Behind = new LookupKey(accounts[^1].Account.Domain, accounts[^1].Account.Name) };
        }
        // Nobody may be believed from now on by a password that was older than what has just been read.
        await store.RefreshAsync(stop);
    }

    /// <inheritdoc/>
    public Task CheckAsync(CancellationToken stop) => RefreshAsync(stop);

    /// <summary>Checks now whether accounts have changed: after a change by this process that must be visible immediately.</summary>
    public Task RefreshAsync(CancellationToken stop) => store.RefreshAsync(stop);

    /// <inheritdoc/>
    public Task LookAsync(CancellationToken stop)
    {
        DropIdleSecrets();
        return store.RefreshAsync(stop);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => store.DisposeAsync();

    private ValueTask<Entry> FindEntryAsync(string domain, string name, CancellationToken stop)
    {
        var key = new LookupKey(domain, name);
        return cache.TryGetValue(key, out var entry) ? new(entry) : new(ReadEntryAsync(key, stop));
    }

    private Task<Entry> ReadEntryAsync(LookupKey key, CancellationToken stop) =>
        store.InTurnAsync(
            async connection =>
            {
                var found = await AccountRows.FindAsync(connection, key.Domain, key.Name, stop);
                if (cache.Count >= CacheSize) cache.Clear();
                return cache[key] = new Entry(found?.Account, found?.Stamp ?? 0);
            },
            stop);

    private Task<AccountSecrets?> ReadSecretsAsync(Entry entry, Account account, CancellationToken stop) =>
        store.InTurnAsync(
            async connection =>
            {
                var stored = await AccountRows.ReadSecretsAsync(connection, account.Domain, account.Name, stop);
                var known = new Known(stored is not { } row ? null : vault.Unprotect(account, row.Protected) with { Stamp = row.Stamp, Owner = row.Owner });
                entry.Secrets = known;
                return known.Value;
            },
            stop);

    private void DropIdleSecrets()
    {
        if (time.GetElapsedTime(sweptAt) < SecretsAge) return;
        sweptAt = time.GetTimestamp();
        foreach (var entry in cache.Values)
            if (time.GetElapsedTime(entry.SecretsUsedAt) >= SecretsAge) entry.Secrets = null;
    }

    private sealed class Entry(Account? account, long stamp)
    {
        public Account? Account { get; } = account;

        public long Stamp { get; } = stamp;

        /// <summary>Null until they were asked for.</summary>
        public Known? Secrets { get; set; }

        public long SecretsUsedAt { get; set; }
    }

    private sealed record Known(AccountSecrets? Value);
}
