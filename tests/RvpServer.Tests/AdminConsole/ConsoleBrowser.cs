using System.Net;
using System.Text.RegularExpressions;
using Rvp.Testing;

namespace RvpServer.Tests.AdminConsole;

/// <summary>A page of the console.</summary>
internal sealed record ConsoleAnswer(int Status, string Html, string? Location, HttpResponseMessage Response)
{
    /// <summary>The line that says what was done; empty: none.</summary>
    public string Told => TextOf("told");

    /// <summary>The line that says what is wrong; empty: none.</summary>
    public string Wrong => TextOf("wrong");

    private string TextOf(string kind) => WebUtility.HtmlDecode(
        Regex.Match(Html, $"<p class=\"{kind}\"[^>]*>(.*?)</p>", RegexOptions.Singleline).Groups[1].Value);
}

/// <summary>Somebody with a browser at the Admin URL, who sends forms as they are on the pages.</summary>
internal sealed partial class ConsoleBrowser : IDisposable
{
    private readonly HttpClient http;

    public ConsoleBrowser(TestServer server) =>
        http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = Cookies })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{server.AdminPort}"),
        };

    public CookieContainer Cookies { get; } = new();

    /// <summary>Somebody who is signed in.</summary>
    public static async Task<ConsoleBrowser> SignedInAsync(TestServer server, string address, string password = TestServer.Password)
    {
        var browser = new ConsoleBrowser(server);
        var answer = await browser.SignsInAsync(address, password);
        Assert.Equal((302, "/"), (answer.Status, answer.Location));
        return browser;
    }

    public Task<ConsoleAnswer> SignsInAsync(string address, string password) =>
        SendsAsync("/sign-in", "/sign-in", [("address", address), ("password", password)]);

    public async Task<ConsoleAnswer> GetsAsync(string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await AskAsync(request);
    }

    /// <summary>Loads a page, and sends a form with its token.</summary>
    public async Task<ConsoleAnswer> SendsAsync(string page, string action, IEnumerable<(string Name, string Value)> fields, bool hasToken = true)
    {
        var shown = await GetsAsync(page);
        var content = new FormUrlEncodedContent(fields.Concat(hasToken ? [("form", TokenIn(shown.Html))] : [])
            .Select(field => KeyValuePair.Create(field.Item1, field.Item2)));
        return await PostsAsync(action, content);
    }

    /// <summary>The same, and then the page that the answer leads to.</summary>
    public async Task<ConsoleAnswer> DoesAsync(string page, string action, params (string Name, string Value)[] fields)
    {
        var answer = await SendsAsync(page, action, fields);
        return answer.Location is { } next ? await GetsAsync(next) : answer;
    }

    public Task<ConsoleAnswer> PostsAsync(string action, HttpContent content) =>
        AskAsync(new HttpRequestMessage(HttpMethod.Post, action) { Content = content });

    /// <summary>The token against forgery in a page.</summary>
    public static string TokenIn(string html) => Token().Match(html).Groups[1].Value;

    /// <summary>The value of a hidden field in a page.</summary>
    public static string FieldIn(string html, string name) =>
        WebUtility.HtmlDecode(Regex.Match(html, $"name=\"{name}\" value=\"([^\"]*)\"").Groups[1].Value);

    public void Dispose() => http.Dispose();

    private async Task<ConsoleAnswer> AskAsync(HttpRequestMessage request)
    {
        var response = await http.SendAsync(request);
        return new ConsoleAnswer((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers.Location?.ToString(), response);
    }

    [GeneratedRegex("name=\"form\" type=\"hidden\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
