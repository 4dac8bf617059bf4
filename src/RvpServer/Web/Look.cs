using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
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

    private readonly WebAssets assets;
    private readonly string title;
    private readonly string icon;
    private readonly string iconType;
    private readonly string? style;

    public Look(Brand brand, WebAssets assets)
    {
        this.assets = assets;
        title = brand.Title ?? DefaultTitle;
        var own = new Dictionary<string, WebAsset>();
        (icon, iconType) = (assets.Folder + "icon.svg", "image/svg+xml");
        if (brand.Logo is { } logo)
        {
            iconType = logo.IsSvg ? "image/svg+xml" : "image/png";
            icon = Add(logo.IsSvg ? "logo.svg" : "logo.png", logo.Bytes, iconType);
            Picture = icon;
        }
        if (brand.Accent is { } accent) style = Add("colours.css", Encoding.UTF8.GetBytes(StyleOf(Rgb.Parse(accent))), "text/css; charset=utf-8");
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
            "look" => style is null ? "" : $"<link rel=\"stylesheet\" href=\"{style}\">",
            var key => HtmlEncoder.Default.Encode(values![key]),
        });

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
