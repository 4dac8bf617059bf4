using System.Collections.Concurrent;
using System.Text.Json;
using RvpServer.Storage;

namespace RvpServer.Directories.Local;

/// <summary>
/// Accounts of one directory, with passwords that were set here if the directory has no secrets. The directory's secrets come first: a password set here never
/// opens an account for which the directory has secrets of that kind.
/// </summary>
internal sealed class OwnPasswordDirectory : IDirectory, IKeepsAccounts, IBelongings, IAsyncDisposable
{
    // As many as LocalDirectory keeps; a full cache is cleared.
    private const int CacheSize = 20_000;

    private readonly IDirectory accounts;
    private readonly OwnPasswords passwords;
    private readonly bool provesNtlmElsewhere;
    private readonly AccountsReader store;
    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<LookupKey, Known> cache = new();
    private long clearedAt;

    /// <param name="accounts">The directory.</param>
    /// <param name="passwords">The passwords set here.</param>
    /// <param name="database">The store of these passwords.</param>
    /// <param name="provesNtlmElsewhere">
    /// True if a domain controller checks NTLM: then people use the domain's passwords, and one set here is for Digest only.
    /// </param>
    /// <param name="time">Says how long passwords were kept.</param>
    /// <param name="outdate">Has the directory look accounts up again: the command line has changed one.</param>
    public OwnPasswordDirectory(
        IDirectory accounts, OwnPasswords passwords, IDatabase database, bool provesNtlmElsewhere, TimeProvider time, Action? outdate = null)
    {
        this.accounts = accounts;
        this.passwords = passwords;
        this.provesNtlmElsewhere = provesNtlmElsewhere;
        this.time = time;
        clearedAt = time.GetTimestamp();
        store = new AccountsReader(database, () =>
        {
            cache.Clear();
            outdate?.Invoke();
        });
    }

    /// <inheritdoc/>
    public long Version => accounts.Version + store.Version;

    /// <inheritdoc/>
    public ValueTask<Account?> FindAsync(string domain, string name, CancellationToken stop) => accounts.FindAsync(domain, name, stop);

    /// <inheritdoc/>
    public ValueTask<Account?> FindBySignInNameAsync(string domain, SignInName name, CancellationToken stop) =>
        accounts.FindBySignInNameAsync(domain, name, stop);

    /// <inheritdoc/>
    public ValueTask<byte[]?> FindPictureAsync(Account account, CancellationToken stop) => accounts.FindPictureAsync(account, stop);

    /// <inheritdoc/>
    public async ValueTask<AccountSecrets?> FindSecretsAsync(Account account, CancellationToken stop)
    {
        var theirs = await accounts.FindSecretsAsync(account, stop);
        if (theirs is { NtHash: not null, Ha1.Count: > 0 } || await FindOwnAsync(account, stop) is not { } ours) return theirs;
        var ownHash = provesNtlmElsewhere ? null : ours.NtHash;
        if (theirs is null) return ours with { NtHash = ownHash };
        // Either password may change.
        return new AccountSecrets(theirs.Ha1.Count > 0 ? theirs.Ha1 : ours.Ha1, theirs.NtHash ?? ownHash)
        {
            Stamp = theirs.Stamp ^ ours.Stamp,
            Owner = theirs.Owner,
        };
    }

    /// <inheritdoc/>
    public ValueTask<bool> TryRefreshAsync(Account account, CancellationToken stop) => accounts.TryRefreshAsync(account, stop);

    /// <inheritdoc/>
    public Task ForgetAsync(string domain, string name, CancellationToken stop) =>
        passwords.RemoveAsync(new Account(domain, name, name, "", [], null, IsEnabled: false), stop);

    /// <inheritdoc/>
    public async Task CheckAsync(CancellationToken stop)
    {
        await accounts.CheckAsync(stop);
        await store.RefreshAsync(stop);
    }

    /// <inheritdoc/>
    public Task LookAsync(CancellationToken stop)
    {
        DropOld();
        return store.RefreshAsync(stop);
    }

    /// <inheritdoc/>
    string IBelongings.Name => "own-password";

    /// <inheritdoc/>
    async Task<byte[]?> IBelongings.PackAsync(Account account, CancellationToken stop) =>
        await FindOwnAsync(account, stop) is { } own
            ? JsonSerializer.SerializeToUtf8Bytes(new PackedPassword(own.Ha1.ToDictionary(), own.NtHash, own.Stamp)) : null;

    /// <inheritdoc/>
    async Task IBelongings.UnpackAsync(Account account, byte[] packed, CancellationToken stop)
    {
        var (ha1, ntHash, stamp) = JsonSerializer.Deserialize<PackedPassword>(packed)!;
        await passwords.KeepAsync(account, new AccountSecrets(ha1, ntHash) { Stamp = stamp }, stop);
        await store.RefreshAsync(stop);
    }

    /// <inheritdoc/>
    async Task IBelongings.DropAsync(Account account, CancellationToken stop)
    {
        if (await FindOwnAsync(account, stop) is not null) await passwords.ForgetAsync(account, stop);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => store.DisposeAsync();

    private async ValueTask<AccountSecrets?> FindOwnAsync(Account account, CancellationToken stop)
    {
        var key = new LookupKey(account.Domain, account.Key);
        if (cache.TryGetValue(key, out var known)) return known.Secrets;
        return await store.InTurnAsync(
            async connection =>
            {
                var found = await passwords.FindAsync(connection, account, stop);
                if (cache.Count >= CacheSize) cache.Clear();
                cache[key] = new Known(found);
                return found;
            },
            stop);
    }

    // Secrets are not kept longer than LocalDirectory keeps its own.
    private void DropOld()
    {
        if (time.GetElapsedTime(clearedAt) < LocalDirectory.SecretsAge) return;
        clearedAt = time.GetTimestamp();
        cache.Clear();
    }

    private sealed record PackedPassword(Dictionary<string, byte[]> Ha1, byte[]? NtHash, long Stamp);

    private sealed record Known(AccountSecrets? Secrets);
}
