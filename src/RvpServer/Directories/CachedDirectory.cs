namespace RvpServer.Directories;

/// <summary>Spares a directory that has to be asked over the network; see <see cref="LookupCache{T}"/> for what is promised.</summary>
internal sealed class CachedDirectory : IDirectory
{
    // Forms of a user name make secrets ten times as large as accounts.
    private const int SecretsShare = 10;

    private readonly IDirectory _inner;
    private readonly TimeProvider _time;
    private readonly TimeSpan _ttl;
    private readonly long _createdAt;
    private readonly LookupCache<Account> _accounts;
    private readonly LookupCache<Account> _signInNames;
    private readonly LookupCache<AccountSecrets> _secrets;
    private long _changes;
    private long _innerVersion;

    public CachedDirectory(IDirectory inner, CacheLimits limits, TimeProvider time, ILogger<CachedDirectory> logger)
    {
        _inner = inner;
        _time = time;
        _ttl = limits.Ttl;
        _createdAt = time.GetTimestamp();
        _innerVersion = inner.Version;
        var outage = new DirectoryOutage(time, logger);
        _accounts = new LookupCache<Account>(limits, time, outage, AreSame, NoteChange, InOwnWords);
        _signInNames = new LookupCache<Account>(limits, time, outage, AreSame, NoteChange, (key, _) => key);
        var fewer = limits with { MaxEntries = Math.Max(1, limits.MaxEntries / SecretsShare) };
        _secrets = new LookupCache<AccountSecrets>(fewer, time, outage, AreSame, NoteChange, (key, _) => key);
    }

    /// <inheritdoc/>
    /// <remarks>Grows with every change a look-up notices, and once per lifetime of an entry because a directory does not tell of the others.</remarks>
    public long Version => _inner.Version + Interlocked.Read(ref _changes) + (_ttl > TimeSpan.Zero ? _time.GetElapsedTime(_createdAt).Ticks / _ttl.Ticks : 0);

    /// <inheritdoc/>
    public ValueTask<Account?> FindAsync(string domain, string name, CancellationToken stop)
    {
        ForgetIfChanged();
        return _accounts.FindAsync(new(domain, name), () => OnceAsync(_inner.FindAsync(domain, name, CancellationToken.None)), stop);
    }

    /// <inheritdoc/>
    public ValueTask<Account?> FindBySignInNameAsync(string domain, SignInName name, CancellationToken stop)
    {
        ForgetIfChanged();
        return _signInNames.FindAsync(new(domain, name.ToString()), () => OnceAsync(_inner.FindBySignInNameAsync(domain, name, CancellationToken.None)), stop);
    }

    /// <inheritdoc/>
    public ValueTask<AccountSecrets?> FindSecretsAsync(Account account, CancellationToken stop)
    {
        ForgetIfChanged();
        return _secrets.FindAsync(new(account.Domain, account.Name), () => _inner.FindSecretsAsync(account, CancellationToken.None).AsTask(), stop);
    }

    /// <inheritdoc/>
    public Task CheckAsync(CancellationToken stop) => _inner.CheckAsync(stop);

    private static bool AreSame(Account one, Account other) =>
        one with { Addresses = [] } == other with { Addresses = [] } && one.Addresses.SequenceEqual(other.Addresses);

    private static bool AreSame(AccountSecrets one, AccountSecrets other) =>
        (one.NtHash ?? []).AsSpan().SequenceEqual(other.NtHash)
        && one.Ha1.Count == other.Ha1.Count
        && one.Ha1.All(form => other.Ha1.TryGetValue(form.Key, out var hash) && hash.AsSpan().SequenceEqual(form.Value));

    // By whatever name it was found, an account is in memory once.
    private async Task<Account?> OnceAsync(ValueTask<Account?> search) =>
        await search is { } found ? _accounts.Known(new(found.Domain, found.Name), found) : null;

    private static LookupKey InOwnWords(LookupKey key, Account account)
    {
        var own = new LookupKey(account.Domain, account.Name);
        return own == key ? own : key with { Domain = account.Domain };
    }

    private void NoteChange() => Interlocked.Increment(ref _changes);

    private void ForgetIfChanged()
    {
        var version = _inner.Version;
        if (Interlocked.Exchange(ref _innerVersion, version) == version) return;
        _accounts.Clear();
        _signInNames.Clear();
        _secrets.Clear();
    }
}
