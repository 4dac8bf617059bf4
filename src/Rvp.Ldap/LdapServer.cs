namespace Rvp.Ldap;

/// <summary>One server of the list, and how it has fared. Safe for use by several threads.</summary>
internal sealed class LdapServer(Uri address)
{
    private readonly Lock gate = new();
    private DateTimeOffset restsUntil;

    /// <summary>Where it is.</summary>
    public Uri Address { get; } = address;

    /// <summary>What was wrong with it last; null while nothing is.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Whether it is to be left alone for now.</summary>
    public bool IsResting(TimeProvider time)
    {
        lock (gate) return time.GetUtcNow() < restsUntil;
    }

    /// <summary>Lets it rest. True where this is news.</summary>
    public bool Fails(string why, TimeSpan rest, TimeProvider time)
    {
        lock (gate)
        {
            var isNews = Trouble is null;
            Trouble = why;
            restsUntil = time.GetUtcNow() + rest;
            return isNews;
        }
    }

    /// <summary>It answers. True where this is news.</summary>
    public bool Recovers()
    {
        lock (gate)
        {
            var isNews = Trouble is not null;
            Trouble = null;
            restsUntil = default;
            return isNews;
        }
    }
}
