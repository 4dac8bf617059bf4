using System.Text.RegularExpressions;
using Rvp.Testing;

namespace RvpServer.Tests.Web;

/// <summary>A provider's web client shows each organisation its own name, picture and colour.</summary>
public sealed partial class LookTests : IDisposable
{
    // Somebody's drawing with a script in it, which must not run.
    private const string Drawing = """
        <?xml version="1.0"?>
        <!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 3"><script>alert(1)</script><path d="M0 0h9v3z"/></svg>
        """;

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Each_organisation_sees_its_own()
    {
        await using var server = await StartAsync(folder.Write("logo.svg", Drawing));
        var (adatum, contoso) = (await AskAsync(server, "im.adatum.com", "/"), await AskAsync(server, "im.contoso.com", "/"));

        Assert.Contains("<title>Instant messaging</title>", adatum.Body, StringComparison.Ordinal);
        Assert.DoesNotMatch("look/[0-9a-f]{16}/(?!manifest)", adatum.Body);
        Assert.Contains("<title>Contoso &lt;Chat&gt; {{domain}}</title>", contoso.Body, StringComparison.Ordinal);
        Assert.Contains("<meta name=\"application-name\" content=\"Contoso &lt;Chat&gt; {{domain}}\">", contoso.Body, StringComparison.Ordinal);
        Assert.NotEqual(adatum["ETag"], contoso["ETag"]);
        foreach (var reference in Reference().Matches(contoso.Body).Select(match => match.Groups[1].Value))
        {
            var file = await AskAsync(server, "im.contoso.com", "/" + reference);
            Assert.Equal((200, "public, max-age=31536000, immutable"), (file.Status, file["Cache-Control"]));
            // Nobody else's.
            Assert.Equal(501, (await AskAsync(server, "im.adatum.com", "/" + reference)).Status);
        }
    }

    [Fact]
    public async Task The_page_of_clients_has_it_too()
    {
        await using var server = await StartAsync(folder.Write("logo.svg", Drawing));

        var page = (await AskAsync(server, "im.contoso.com", "/clients")).Body;

        Assert.Contains("<title>Clients for contoso.com – Contoso &lt;Chat&gt; {{domain}}</title>", page, StringComparison.Ordinal);
        Assert.Equal(3, Reference().Count(page));
        Assert.Matches("<img src=\"look/[0-9a-f]{16}/logo.svg\" alt=\"\"><bdi>Contoso &lt;Chat&gt; {{domain}}</bdi>", page);
    }

    [Fact]
    public async Task A_picture_runs_nothing_even_where_it_is_opened_alone()
    {
        await using var server = await StartAsync(folder.Write("logo.svg", Drawing));
        var page = await AskAsync(server, "im.contoso.com", "/");

        var picture = await AskAsync(server, "im.contoso.com", "/" + Icon().Match(page.Body).Groups[1].Value);

        Assert.Equal((200, "image/svg+xml", "nosniff", "attachment", "default-src 'none'; style-src 'unsafe-inline'; sandbox", Drawing),
            (picture.Status, picture["Content-Type"], picture["X-Content-Type-Options"], picture["Content-Disposition"], picture["Content-Security-Policy"],
                picture.Body));
    }

    [Fact]
    public async Task A_picture_may_be_PNG_whatever_its_file_is_called()
    {
        var file = folder.File("logo");
        await File.WriteAllBytesAsync(file, [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13]);
        await using var server = await StartAsync(file);
        var page = await AskAsync(server, "im.contoso.com", "/");

        var picture = await AskAsync(server, "im.contoso.com", "/" + Icon().Match(page.Body).Groups[1].Value);

        Assert.Equal((200, "image/png", "12"), (picture.Status, picture["Content-Type"], picture["Content-Length"]));
        Assert.Contains("type=\"image/png\"", page.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_colours_come_after_the_style_sheet_and_the_policy_stays()
    {
        await using var server = await StartAsync(folder.Write("logo.svg", Drawing));
        var (adatum, contoso) = (await AskAsync(server, "im.adatum.com", "/"), await AskAsync(server, "im.contoso.com", "/"));
        var styles = Style().Matches(contoso.Body).Select(match => match.Groups[1].Value).ToList();

        var colours = await AskAsync(server, "im.contoso.com", "/" + styles[1]);

        Assert.Equal(2, styles.Count);
        Assert.Equal("text/css; charset=utf-8", colours["Content-Type"]);
        Assert.StartsWith(":root { --accent: light-dark(#7a1fa2, #", colours.Body, StringComparison.Ordinal);
        Assert.Equal(adatum["Content-Security-Policy"], contoso["Content-Security-Policy"]);
    }

    private static Task<TestServer> StartAsync(string logo) => TestServer.StartForTwoOrganisationsAsync(new Dictionary<string, string?>
    {
        ["Domains:im.contoso.com:WebClient:Title"] = "Contoso <Chat> {{domain}}",
        ["Domains:im.contoso.com:WebClient:Logo"] = logo,
        ["Domains:im.contoso.com:WebClient:Accent"] = "#7a1fa2",
    });

    private static Task<RawAnswer> AskAsync(TestServer server, string host, string target) =>
        server.AskAsync($"GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");

    [GeneratedRegex("(?:href|src)=\"(look/[^\"]+)\"")]
    private static partial Regex Reference();

    [GeneratedRegex("<link rel=\"icon\" href=\"([^\"]+)\"")]
    private static partial Regex Icon();

    [GeneratedRegex("<link rel=\"stylesheet\" href=\"([^\"]+)\"")]
    private static partial Regex Style();
}
