using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using RvpServer.Configuration;

namespace RvpServer.Web;

/// <summary>
/// The web client in one organisation's title, picture and colour. Picture and colours are files in a folder named after their content, like the web client's
/// own (<see cref="WebAssets"/>).
/// </summary>
internal sealed partial class Look
{
    private const string DefaultTitle = "Instant messaging";
    private const string DefaultAccent = "#2456a6";

    private readonly WebAssets assets;
    private readonly string title;
    private readonly string icon;
    private readonly string iconType;
    private readonly string accent;
    private readonly string manifest;
    private readonly string? style;

    public Look(Brand brand, WebAssets assets, string path)
    {
        this.assets = assets;
        accent = brand.Accent ?? DefaultAccent;
        title = brand.Title ?? DefaultTitle;
        var own = new Dictionary<string, WebAsset>();
        (icon, iconType) = (assets.Folder + "icon.svg", "image/svg+xml");
        if (brand.Logo is { } logo)
        {
            iconType = logo.IsSvg ? "image/svg+xml" : "image/png";
            icon = Add(logo.IsSvg ? "logo.svg" : "logo.png", logo.Bytes, iconType);
            Picture = icon;
        }
        if (brand.Accent is not null) style = Add("colours.css", Encoding.UTF8.GetBytes(StyleOf(Rgb.Parse(accent))), "text/css; charset=utf-8");
        manifest = Add("manifest.webmanifest", ManifestOf(path.TrimEnd('/') + "/"), "application/manifest+json");
        Files = own.ToFrozenDictionary();

        string Add(string name, byte[] bytes, string type)
        {
            var path = $"look/{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8))}/{name}";
            own[path] = WebAsset.Of(bytes, type);
            return path;
        }
    }

    /// <summary>Its own files, by their paths below the web client's.</summary>
    public FrozenDictionary<string, WebAsset> Files { get; }

    /// <summary>The one of them that is somebody's picture: sent so that a browser runs nothing in it, even where it is opened alone. Null: none.</summary>
    public string? Picture { get; }

    /// <summary>A page in this look.</summary>
    /// <param name="name">Its file.</param>
    /// <param name="values">What else is filled in; it is text.</param>
    public string Page(string name, IReadOnlyDictionary<string, string>? values = null) =>
        Placeholder().Replace(assets.Page(name), match => match.Groups[1].Value switch
        {
            "title" => HtmlEncoder.Default.Encode(title),
            "icon" => icon,
            "iconType" => iconType,
            "accent" => accent,
            "manifest" => manifest,
            "look" => style is null ? "" : $"<link rel=\"stylesheet\" href=\"{style}\">",
            var key => HtmlEncoder.Default.Encode(values![key]),
        });

    // With a picture of somebody's own the picture alone: nobody knows what of it may be cut off.
    private byte[] ManifestOf(string root) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        name = title,
        id = root,
        start_url = root,
        scope = root,
        display = "standalone",
        background_color = accent,
        theme_color = accent,
        icons = Picture is not null ? [IconOf(root, icon, "any", iconType, "any")] : new[]
        {
            IconOf(root, icon, "any", iconType, "any"),
            IconOf(root, assets.Folder + "icon-192.png", "192x192", "image/png", "any"),
            IconOf(root, assets.Folder + "icon-512.png", "512x512", "image/png", "any"),
            IconOf(root, assets.Folder + "icon-maskable.png", "512x512", "image/png", "maskable"),
        },
    });

    private static object IconOf(string root, string file, string sizes, string type, string purpose) => new { src = root + file, sizes, type, purpose };

    private static string StyleOf(Rgb accent)
    {
        var (light, dark) = (ColourScheme.Light.Fit(accent), ColourScheme.Dark.Fit(accent));
        return $$"""
            :root { --accent: light-dark({{light.Accent}}, {{dark.Accent}}); --mine: light-dark({{light.Mine}}, {{dark.Mine}}); }

            """;
    }

    [GeneratedRegex(@"\{\{([A-Za-z]+)\}\}")]
    private static partial Regex Placeholder();
}
