using System.Collections.Concurrent;
using Rvp.Protocol;

namespace Rvp.Client.Naming;

/// <summary>Converts between IM addresses and logical URLs.</summary>
internal sealed class AddressBook(RvpClientOptions options, ServiceRecords records)
{
    private const int MaxHosts = 1024;

    // IM host → mail domain, for the addresses converted so far: people know addresses, not hosts.
    private readonly ConcurrentDictionary<string, string> mailDomains = new();

    /// <summary>Our own logical URL; null until <see cref="Adopt"/>.</summary>
    public RvpUrl? Self { get; private set; }

    /// <summary>
    /// The logical URLs that may be ours, most likely first. SRV gives one. A server that the user named may have another name than the one we connect to; then
    /// the domain's own names are tried too.
    /// </summary>
    public async Task<IReadOnlyList<RvpUrl>> CandidatesAsync(CancellationToken stop)
    {
        var address = options.Address;
        if (options.Server is not { } server)
        {
            var (host, port) = await records.FindAsync(address, stop).ConfigureAwait(false);
            return [RvpUrl.ForAlias(host, port, address.Name)];
        }
        // An IP address or localhost means nothing to others, so it comes last.
        var isName = server.HostNameType == UriHostNameType.Dns && !LoopbackName.Is(server.Host);
        string[] named = [address.Domain, "im." + address.Domain];
        string[] hosts = isName ? [server.Host, .. named] : [.. named, server.Host];
        return [.. hosts.Distinct().Select(host => RvpUrl.ForAlias(host, server.Port, address.Name))];
    }

    /// <summary>Sets our own URL.</summary>
    public void Adopt(RvpUrl self)
    {
        Self = self;
        mailDomains[self.Host] = options.Address.Domain;
    }

    /// <summary>The URL with our own domain's port, which some clients leave out; people in other domains unchanged.</summary>
    public RvpUrl Normalize(RvpUrl url) => Self is { } self && url.Host == self.Host ? url.WithDomain(self.Host, self.Port) : url;

    /// <summary>True for people in our own IM domain.</summary>
    public bool IsOwn(RvpUrl url) => Self is { } self && url.Host == self.Host;

    /// <summary>The logical URL of an address.</summary>
    public async Task<RvpUrl> UrlOfAsync(ImAddress address, CancellationToken stop)
    {
        var self = Self!;
        if (address.Equals(options.Address)) return self;
        if (address.Domain == options.Address.Domain || address.Domain == self.Host) return RvpUrl.ForAlias(self.Host, self.Port, address.Name);
        var (host, port) = await records.FindAsync(address, stop).ConfigureAwait(false);
        if (mailDomains.Count < MaxHosts) mailDomains.TryAdd(host, address.Domain);
        return RvpUrl.ForAlias(host, port, address.Name);
    }

    /// <summary>The address of a logical URL; null for a URL that is not a person's.</summary>
    public ImAddress? AddressOf(RvpUrl url) =>
        url.AliasName is { } name && ImAddress.TryParse(name + "@" + mailDomains.GetValueOrDefault(url.Host, url.Host), out var address) ? address : null;
}
