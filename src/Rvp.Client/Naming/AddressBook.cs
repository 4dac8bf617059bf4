using System.Collections.Concurrent;
using Rvp.Protocol;

namespace Rvp.Client.Naming;

/// <summary>IM addresses and logical URLs, both ways.</summary>
internal sealed class AddressBook(RvpClientOptions options, ServiceRecords records)
{
    private const int MaxHosts = 1024;

    // IM host → mail domain, as far as addresses were turned into URLs: people know addresses, not hosts.
    private readonly ConcurrentDictionary<string, string> mailDomains = new();

    /// <summary>Our own logical URL; null until <see cref="Adopt"/>.</summary>
    public RvpUrl? Self { get; private set; }

    /// <summary>
    /// The logical URLs that may be ours, likeliest first. SRV names one. A server given by hand may be known under another name than the one
    /// we connect to, then the domain's own names are tried too.
    /// </summary>
    public async Task<IReadOnlyList<RvpUrl>> CandidatesAsync(CancellationToken stop)
    {
        var address = options.Address;
        if (options.Server is not { } server)
        {
            var (host, port) = await records.FindAsync(address.Domain, stop).ConfigureAwait(false);
            return [RvpUrl.ForAlias(host, port, address.Name)];
        }
        // A bare address or localhost says nothing to others, so it comes last.
        var isName = server.HostNameType == UriHostNameType.Dns && !LoopbackName.Is(server.Host);
        string[] named = [address.Domain, "im." + address.Domain];
        string[] hosts = isName ? [server.Host, .. named] : [.. named, server.Host];
        return [.. hosts.Distinct().Select(host => RvpUrl.ForAlias(host, server.Port, address.Name))];
    }

    /// <summary>This is who we are.</summary>
    public void Adopt(RvpUrl self)
    {
        Self = self;
        mailDomains[self.Host] = options.Address.Domain;
    }

    /// <summary>The same person under our own domain's port, which not everyone spells; people elsewhere as they are.</summary>
    public RvpUrl Normalize(RvpUrl url) => Self is { } self && url.Host == self.Host ? url.WithDomain(self.Host, self.Port) : url;

    /// <summary>True for people of our own IM domain.</summary>
    public bool IsOwn(RvpUrl url) => Self is { } self && url.Host == self.Host;

    /// <summary>Where someone is.</summary>
    public async Task<RvpUrl> UrlOfAsync(ImAddress address, CancellationToken stop)
    {
        var self = Self!;
        if (address.Equals(options.Address)) return self;
        if (address.Domain == options.Address.Domain || address.Domain == self.Host) return RvpUrl.ForAlias(self.Host, self.Port, address.Name);
        var (host, port) = await records.FindAsync(address.Domain, stop).ConfigureAwait(false);
        if (mailDomains.Count < MaxHosts) mailDomains.TryAdd(host, address.Domain);
        return RvpUrl.ForAlias(host, port, address.Name);
    }

    /// <summary>Who someone is; null for a URL that is no person's.</summary>
    public ImAddress? AddressOf(RvpUrl url) =>
        url.AliasName is { } name && ImAddress.TryParse(name + "@" + mailDomains.GetValueOrDefault(url.Host, url.Host), out var address) ? address : null;
}
