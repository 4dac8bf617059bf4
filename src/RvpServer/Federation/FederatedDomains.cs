using RvpServer.Configuration;
using RvpServer.Network;

namespace RvpServer.Federation;

/// <summary>Which other domains are believed and called; a blocked one never is, whatever else is allowed.</summary>
internal sealed class FederatedDomains(FederationOptions options)
{
    private readonly DomainSet blocked = new(options.Blocked);
    private readonly DomainSet allowed = new(options.Allowed);

    /// <summary>True for a host of a domain that the configuration keeps out.</summary>
    public bool Exclude(string host) => blocked.Covers(host) || (!allowed.IsEmpty && !allowed.Covers(host));

    /// <summary>True for a host that may be asked and may be believed.</summary>
    public bool Include(string host) => options.Enabled && !Exclude(host);
}
