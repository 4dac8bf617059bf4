using System.Globalization;
using Rvp.Protocol;

namespace RvpServer.Storage;

/// <summary>A URL as columns: its identity, and its spelling if that differs. Reading always gives the node that was written.</summary>
internal readonly record struct StoredUrl(string Identity, string? Spelling)
{
    /// <summary>The columns of a URL.</summary>
    public static StoredUrl Of(RvpUrl url)
    {
        var identity = url.ToString();
        return new StoredUrl(identity, url.Spelling == identity ? null : url.Spelling);
    }

    /// <summary>A text that is the same for two URLs exactly if they are equal.</summary>
    public static string KeyOf(RvpUrl url) =>
        string.Create(CultureInfo.InvariantCulture, $"{url.Host}:{url.Port}{url.Path.ToUpperInvariant()}");

    /// <summary>The URL in its spelling, or in its canonical one if the spelling cannot be read back; null if neither gives the same node.</summary>
    public RvpUrl? ToUrl()
    {
        if (Spelling is not null && RvpUrl.TryParse(Spelling, out var written))
        {
            if (Names(written)) return written;
            // The spelling uses another name of the domain, or one of the account's further addresses.
            if (RvpUrl.TryParse(Authority(), out var server)) written = written.WithDomain(server.Host, server.Port);
            if (Names(written)) return written;
            if (RvpUrl.TryParse(Identity, out var identity) && identity.AliasName is { } name) written = written.WithAlias(name);
            if (Names(written)) return written;
        }
        return RvpUrl.TryParse(Identity, out var canonical) && Names(canonical) ? canonical : null;
    }

    private bool Names(RvpUrl url) => url.ToString().Equals(Identity, StringComparison.OrdinalIgnoreCase);

    private string Authority()
    {
        var slash = Identity.IndexOf('/', "http://".Length);
        return slash < 0 ? Identity : Identity[..slash];
    }
}
