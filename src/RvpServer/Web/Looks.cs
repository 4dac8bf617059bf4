using System.Collections.Frozen;
using System.Text;
using RvpServer.Configuration;

namespace RvpServer.Web;

/// <summary>The looks of the web client, one for each IM domain, with the front page in each.</summary>
internal sealed class Looks(RvpSettings settings, WebAssets assets)
{
    /// <summary>The media type of its pages.</summary>
    public const string Html = "text/html; charset=utf-8";

    private readonly FrozenDictionary<string, (Look Look, WebAsset Front, WebAsset Worker)> all = settings.Domains.ToFrozenDictionary(
        domain => domain.Key, domain =>
    {
        var look = new Look(domain.Value.Brand, assets, settings.WebClient.Path);
        var page = look.Page("index.html");
        var worker = assets.WorkerOf(page, assets.Files.Keys.Concat(look.Files.Keys).Order(StringComparer.Ordinal));
        return (look, WebAsset.Of(Encoding.UTF8.GetBytes(page), Html), worker);
    });

    /// <summary>That of a virtual server.</summary>
    public Look Of(VirtualServer server) => all[server.Domain].Look;

    /// <summary>The service worker of a virtual server's front page.</summary>
    public WebAsset WorkerOf(VirtualServer server) => all[server.Domain].Worker;

    /// <summary>The front page of a virtual server.</summary>
    public WebAsset FrontOf(VirtualServer server) => all[server.Domain].Front;
}
