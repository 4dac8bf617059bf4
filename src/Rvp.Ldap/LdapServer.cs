namespace Rvp.Ldap;

/// <summary>One server of the list and its state. Safe for use by several threads.</summary>
internal sealed class LdapServer(Uri address)
{
    private readonly Lock gate = new();
    private DateTimeOffset restsUntil;

    /// <summary>Its address.</summary>
    public Uri Address { get; } = address;

    /// <summary>The last error; null while there is none.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Whether it must not be tried now.</summary>
    public bool IsResting(TimeProvider time)
    {
        lock (gate) return time.GetUtcNow() < restsUntil;
    }

    /// <summary>Stops using it for some time. True if it was working before.</summary>
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

    /// <summary>It answers again. True if it was failing before.</summary>
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
