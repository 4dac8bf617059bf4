namespace RvpServer.Directories.Ldap;

/// <summary>One server of the list, and how it has fared. Safe for use by several threads.</summary>
internal sealed class LdapServer(Uri address)
{
    private readonly Lock _gate = new();
    private DateTimeOffset _restsUntil;

    /// <summary>Where it is.</summary>
    public Uri Address { get; } = address;

    /// <summary>What was wrong with it last; null while nothing is.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Whether it is to be left alone for now.</summary>
    public bool IsResting(TimeProvider time)
    {
        lock (_gate) return time.GetUtcNow() < _restsUntil;
    }

    /// <summary>Lets it rest. True where this is news.</summary>
    public bool Fails(string why, TimeSpan rest, TimeProvider time)
    {
        lock (_gate)
        {
            var isNews = Trouble is null;
            Trouble = why;
            _restsUntil = time.GetUtcNow() + rest;
            return isNews;
        }
    }

    /// <summary>It answers. True where this is news.</summary>
    public bool Recovers()
    {
        lock (_gate)
        {
            var isNews = Trouble is not null;
            Trouble = null;
            _restsUntil = default;
            return isNews;
        }
    }
}
