using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Domains;

namespace RvpServer.Web;

/// <summary>The page that lists the available clients, with the values for this server and, with <c>?address=</c>, for one person filled in.</summary>
internal sealed partial class ClientsPage(Looks looks, ImDomains domains)
{
    /// <summary>Programs to download are in this folder next to the server's own files; what the publish script puts there is offered.</summary>
    private static readonly string Downloads = Path.Combine(AppContext.BaseDirectory, "downloads");

    // As people call their machines, in all languages.
    private static readonly (string Rid, string Name)[] Machines =
    [
        ("linux-x64", "Linux"), ("linux-arm64", "Linux (ARM)"), ("win-x64", "Windows"), ("win-arm64", "Windows (ARM)"),
        ("osx-arm64", "macOS"), ("osx-x64", "macOS (Intel)"),
    ];

    private const string English = "en";

    // Each has a file of its own.
    private static readonly string[] Languages = [English, "de", "es", "ja", "ar"];

    /// <summary>The first language of the page that a request wants: by <c>?language=</c>, which the web client says, or as its browser does.</summary>
    public static string LanguageOf(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().AcceptLanguage.OrderByDescending(language => language.Quality ?? 1).Select(language => language.Value.Value);
        return accepted.Prepend(request.Query["language"].ToString()).Select(tag => tag?.Split('-')[0].ToLowerInvariant())
            .FirstOrDefault(Languages.Contains) ?? English;
    }

    /// <summary>The page for a virtual server, in one of the languages.</summary>
    public byte[] Write(VirtualServer server, string? typedAddress, string language)
    {
        var mailDomain = domains.FindByName(server.Domain)!.ExampleMailDomain;
        // Whether it has an account is not looked up: the page is for strangers too.
        ImAddress? address = null;
        var isKnown = typedAddress is not null && Harmless().IsMatch(typedAddress) && ImAddress.TryParse(typedAddress, out address);
        var shown = isKnown ? address!.ToString() : "you@" + mailDomain;
        var page = looks.Of(server).Page(language == English ? "clients.html" : $"clients-{language}.html", new Dictionary<string, string>
        {
            ["domain"] = server.Domain,
            ["mailDomain"] = mailDomain,
            ["address"] = shown,
            ["name"] = isKnown ? address!.Name : "you",
            // The name of the IM domain, which works from everywhere; a home server's may be known inside alone.
            ["serverUrl"] = "http://" + domains.FindByName(server.Domain)!.PublicHost,
            // Pidgin's plugin finds the server by the SRV record of the address's domain, and without one uses the domain itself as the server.
            ["pidginDomain"] = isKnown ? address!.Domain : mailDomain,
        });
        return Encoding.UTF8.GetBytes(DownloadLinks() is { } links ? NoDownloads().Replace(page, _ => links) : page);
    }

    /// <summary>A file to download; null if there is none with that name.</summary>
    public static FileInfo? FindDownload(string name) =>
        DownloadName().IsMatch(name) && new FileInfo(Path.Combine(Downloads, name)) is { Exists: true } file ? file : null;

    private static string? DownloadLinks()
    {
        var files = Directory.Exists(Downloads) ? new DirectoryInfo(Downloads).EnumerateFiles() : [];
        var links = files.Where(file => DownloadName().IsMatch(file.Name)).OrderBy(file => file.Name, StringComparer.Ordinal).Select(Link).ToList();
        return links.Count == 0 ? null : $"<ul class=\"bullets\">{string.Concat(links)}</ul>";
    }

    private static string Link(FileInfo file)
    {
        var machine = Machines.FirstOrDefault(known => file.Name.StartsWith($"rvp-{known.Rid}.", StringComparison.Ordinal)).Name;
        var size = Math.Max(1, file.Length / (1024 * 1024)).ToString(CultureInfo.InvariantCulture);
        return $"<li><a href=\"downloads/{file.Name}\" download>{machine ?? file.Name}</a> ({size} MB)</li>";
    }

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,100}\z")]
    private static partial Regex DownloadName();

    // What is said where there are none.
    [GeneratedRegex("<!--downloads-->.*?<!--/downloads-->", RegexOptions.Singleline)]
    private static partial Regex NoDownloads();

    // People paste it into a shell: nothing that one could take for more than a word, and no option.
    [GeneratedRegex(@"\A[\p{L}\p{Nd}_][\p{L}\p{Nd}._+-]{0,100}@[A-Za-z0-9][A-Za-z0-9.-]{0,252}\z")]
    private static partial Regex Harmless();
}
