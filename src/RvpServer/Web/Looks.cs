using System.Collections.Frozen;
using System.Text;
using RvpServer.Configuration;

namespace RvpServer.Web;

/// <summary>The looks of the web client, one for each IM domain, with the front page in each.</summary>
internal sealed class Looks(RvpSettings settings, WebAssets assets)
{
    /// <summary>The media type of its pages.</summary>
    public const string Html = "text/html; charset=utf-8";

    private readonly FrozenDictionary<string, (Look Look, WebAsset Front)> all = settings.Domains.ToFrozenDictionary(domain => domain.Key, domain =>
    {
        var look = new Look(domain.Value.Brand, assets);
        return (look, WebAsset.Of(Encoding.UTF8.GetBytes(look.Page("index.html")), Html));
    });

    /// <summary>That of a virtual server.</summary>
    public Look Of(VirtualServer server) => all[server.Domain].Look;

    /// <summary>The front page of a virtual server.</summary>
    public WebAsset FrontOf(VirtualServer server) => all[server.Domain].Front;
}
