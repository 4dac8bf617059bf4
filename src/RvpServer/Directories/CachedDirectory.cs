using RvpServer.Collections;

namespace RvpServer.Directories;

/// <summary>A cache in front of a directory on the network; see <see cref="LookupCache{T}"/> for its guarantees.</summary>
internal sealed class CachedDirectory : IDirectory
{
    // Wrong passwords are counted by account (Throttle); this is for guesses at all accounts together: a few directory look-ups more per second.
    private const int RefreshBurst = 100;
    private static readonly TimeSpan RefreshPause = TimeSpan.FromMilliseconds(50);

    // The forms of a user name make secrets ten times as large as accounts.
    private const int SecretsShare = 10;

    private readonly IDirectory inner;
    private readonly TimeProvider time;
    private readonly TimeSpan ttl;
    private readonly long createdAt;
    private readonly LookupCache<Account> accounts;
    private readonly LookupCache<Account> signInNames;
    private readonly LookupCache<AccountSecrets> secrets;
    private readonly DirectoryOutage outage;
    private readonly Lock gate = new();
    private readonly TokenBuckets<bool> refreshes = new(RefreshBurst, RefreshPause, maxKeys: 1);
    private long changes;
    private long innerVersion;

    public CachedDirectory(IDirectory inner, CacheLimits limits, TimeProvider time, ILogger<CachedDirectory> logger)
    {
        this.inner = inner;
        this.time = time;
        ttl = limits.Ttl;
        createdAt = time.GetTimestamp();
        innerVersion = inner.Version;
        outage = new DirectoryOutage(time, logger);
        accounts = new LookupCache<Account>(limits, time, outage, AreSame, NoteChange, InOwnWords);
        signInNames = new LookupCache<Account>(limits, time, outage, AreSame, NoteChange, (key, _) => key);
        var fewer = limits with { MaxEntries = Math.Max(1, limits.MaxEntries / SecretsShare) };
        secrets = new LookupCache<AccountSecrets>(fewer, time, outage, AreSame, NoteChange, (key, _) => key);
    }

    /// <inheritdoc/>
    /// <remarks>Grows with every change that a look-up notices, and once per lifetime of an entry, because a directory does not report other changes.</remarks>
    public long Version => inner.Version + Interlocked.Read(ref changes) + (ttl > TimeSpan.Zero ? time.GetElapsedTime(createdAt).Ticks / ttl.Ticks : 0);

    /// <inheritdoc/>
    public ValueTask<Account?> FindAsync(string domain, string name, CancellationToken stop)
    {
        ForgetIfChanged();
        return accounts.FindAsync(new(domain, name), () => OnceAsync(inner.FindAsync(domain, name, CancellationToken.None)), stop);
    }

    /// <inheritdoc/>
    public ValueTask<Account?> FindBySignInNameAsync(string domain, SignInName name, CancellationToken stop)
    {
        ForgetIfChanged();
        return signInNames.FindAsync(new(domain, name.ToString()), () => OnceAsync(inner.FindBySignInNameAsync(domain, name, CancellationToken.None)), stop);
    }

    /// <inheritdoc/>
    public ValueTask<AccountSecrets?> FindSecretsAsync(Account account, CancellationToken stop)
    {
        ForgetIfChanged();
        return secrets.FindAsync(KeyOf(account), () => inner.FindSecretsAsync(account, CancellationToken.None).AsTask(), stop);
    }

    /// <inheritdoc/>
    /// <remarks>Not kept here: browsers do.</remarks>
    public ValueTask<byte[]?> FindPictureAsync(Account account, CancellationToken stop) =>
        outage.IsOn ? new((byte[]?)null) : inner.FindPictureAsync(account, stop);

    /// <inheritdoc/>
    public async ValueTask<bool> TryRefreshAsync(Account account, CancellationToken stop)
    {
        if (outage.IsOn || !MayRefresh()) return false;
        try
        {
            // Both: an account says when its password was changed, and the two belong together.
            var key = KeyOf(account);
            var found = await accounts.RefreshAsync(key, () => OnceAsync(inner.FindAsync(key.Domain, key.Name, CancellationToken.None)), stop);
            if (found is not null && !outage.IsOn) await secrets.RefreshAsync(key, () => inner.FindSecretsAsync(found, CancellationToken.None).AsTask(), stop);
        }
        catch (DirectoryException)
        {
            return false;
        }
        return true;
    }

    /// <summary>Looks accounts up again when they are asked for: something was changed from this machine.</summary>
    public void Outdate()
    {
        accounts.Outdate();
        signInNames.Outdate();
        secrets.Outdate();
        NoteChange();
    }

    /// <inheritdoc/>
    public Task CheckAsync(CancellationToken stop) => inner.CheckAsync(stop);

    private static bool AreSame(Account one, Account other) =>
        one with { Addresses = [] } == other with { Addresses = [] } && one.Addresses.SequenceEqual(other.Addresses);

    private static bool AreSame(AccountSecrets one, AccountSecrets other) =>
        one.Owner == other.Owner && (one.NtHash ?? []).AsSpan().SequenceEqual(other.NtHash)
        && one.Ha1.Count == other.Ha1.Count
        && one.Ha1.All(form => other.Ha1.TryGetValue(form.Key, out var hash) && hash.AsSpan().SequenceEqual(form.Value));

    private static LookupKey KeyOf(Account account) => new(account.Domain, account.Name);

    private bool MayRefresh()
    {
        lock (gate) return refreshes.TryTake(true, time.GetUtcNow());
    }

    // An account is in memory once, under whatever name it was found.
    private async Task<Account?> OnceAsync(ValueTask<Account?> search) =>
        await search is { } found ? accounts.Known(new(found.Domain, found.Name), found) : null;

    private static LookupKey InOwnWords(LookupKey key, Account account)
    {
        var own = new LookupKey(account.Domain, account.Name);
        return own == key ? own : key with { Domain = account.Domain };
    }

    private void NoteChange() => Interlocked.Increment(ref changes);

    private void ForgetIfChanged()
    {
        var version = inner.Version;
        if (Interlocked.Exchange(ref innerVersion, version) == version) return;
        accounts.Clear();
        signInNames.Clear();
        secrets.Clear();
    }
}
