using System.Globalization;
using System.Text.RegularExpressions;
using Rvp.Testing;
using RvpServer.Interop.Curl;
using RvpServer.Interop.Pidgin;
using RvpServer.Requests;

namespace RvpServer.Interop.Proxies;

/// <summary>What old and new clients see of a server that is behind a front proxy. Derived classes say which.</summary>
public abstract partial class FrontProxyTests(FrontProxy proxy)
{
    /// <summary>Where the client is: not where the proxy is.</summary>
    private const string Elsewhere = "127.0.0.77";

    private static readonly string[] FromElsewhere = ["--interface", Elsewhere];

    [Fact]
    public async Task Every_verb_passes_and_Digest_with_it()
    {
        await using var joCallback = CallbackListener.Start(CallbackReply.KeepAlive, address: Elsewhere);
        await using var kariCallback = CallbackListener.Start(CallbackReply.KeepAlive, address: Elsewhere);

        var signIn = await Jo.SignsIn(joCallback, FromElsewhere);
        await Kari.SignsIn(kariCallback, FromElsewhere);
        var watch = await Kari.Watches("JoBrown");
        var set = await Jo.SetsState("on-phone");
        var told = await kariCallback.NextAsync();
        var sent = await Kari.Sends("NOTIFY", "JoBrown", ["RVP-Ack-Type: DeepOr", "RVP-Hop-Count: 1"], Message("Grüße"));
        var message = await joCallback.NextAsync();
        var found = await Jo.Sends("PROPFIND", "JoBrown", ["Depth: 0"]);
        var watchers = await Jo.Sends("SUBSCRIPTIONS", "JoBrown", ["Notification-Type: update/propchange"]);
        var rights = await Jo.Sends("ACL", "JoBrown", []);
        var signOut = await Jo.Sends("UNSUBSCRIBE", "JoBrown", [$"Subscription-Id: {signIn.SubscriptionId}"]);

        const string successful = "HTTP/1.1 200 Successful", several = "HTTP/1.1 207 Multi-Status";
        Assert.Equal(
            [successful, several, several, successful, several, successful, successful, successful],
            new[] { signIn, watch, set, sent, found, watchers, rights, signOut }.Select(answer => answer.StatusLine));
        Assert.Contains("<r:on-phone/>", told.Body, StringComparison.Ordinal);
        Assert.Contains("Grüße]]>", message.Body, StringComparison.Ordinal);
    }

    /// <summary>Pidgin's plugin takes no answer to be whole but by "Content-Length" in these letters, and no chunks. [client: pidgin-librvp]</summary>
    [Fact]
    public async Task Header_names_keep_their_letters_and_nothing_comes_in_chunks()
    {
        await using var callback = CallbackListener.Start(CallbackReply.KeepAlive, address: Elsewhere);

        var signIn = await Jo.SignsIn(callback, FromElsewhere);
        var found = await Jo.Sends("PROPFIND", "JoBrown", ["Depth: 0"]);

        Assert.Superset(
            new HashSet<string> { "Content-Length", "RVP-Notifications-Version", "Subscription-Id", "Subscription-Lifetime" },
            signIn.Headers.Select(header => header.Key).ToHashSet());
        Assert.Superset(new HashSet<string> { "Content-Length", "Content-Type" }, found.Headers.Select(header => header.Key).ToHashSet());
        Assert.Empty(found.Headers["Transfer-Encoding"]);
    }

    [Fact]
    public async Task People_at_Pidgin_meet_and_talk()
    {
        await using var jo = PurpleClient.Start(proxy.Server.AddressOf("JoBrown"), RunningServer.JoPassword);
        await using var kari = PurpleClient.Start(proxy.Server.AddressOf("KariHensien"), RunningServer.KariPassword);
        await jo.SignsIn();
        await kari.SignsIn();

        await jo.Adds(kari);
        await jo.SeesStatus(kari, "online");
        await kari.SetsStatus("busy");
        await jo.SeesStatus(kari, "busy");
        await jo.Says(kari, "Let's have lunch");

        await kari.HearsMessage(jo, "Let's have lunch");
    }

    [Fact]
    public async Task A_POLL_that_waits_brings_what_comes_meanwhile()
    {
        var signIn = await Jo.Sends("SUBSCRIBE", "JoBrown", ["Notification-Type: pragma/notify", "Subscription-Lifetime: 1800"]);
        string[] poll = [$"Subscription-Id: {signIn.SubscriptionId}", "Prefer: wait=25"];

        var waiting = Jo.Sends("POLL", "JoBrown", poll);
        await Kari.Sends("NOTIFY", "JoBrown", ["RVP-Ack-Type: DeepOr", "RVP-Hop-Count: 1"], Message("Here"));
        var answer = await waiting;

        Assert.Equal(200, answer.Status);
        Assert.Contains("Here]]>", answer.Body, StringComparison.Ordinal);
    }

    /// <summary>To wait that long in a test takes too long: the file says it.</summary>
    [Fact]
    public void The_proxy_waits_longer_than_the_longest_POLL()
    {
        var waits = Waits().Matches(proxy.Shipped).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ToList();

        Assert.NotEmpty(waits);
        Assert.All(waits, seconds => Assert.True(seconds > RequestHeaders.LongestWait.TotalSeconds));
    }

    [Fact]
    public async Task The_protocol_log_has_the_address_of_the_client()
    {
        await using var callback = CallbackListener.Start(CallbackReply.KeepAlive, address: Elsewhere);

        await Jo.SignsIn(callback, [.. FromElsewhere, "--user-agent", "seen-by-the-log"]);

        var log = "";
        await Deadline.Until(
            () =>
            {
                log = string.Concat(Directory.GetFiles(proxy.Server.LogFolder).Select(ReadShared));
                return log.Split('\n').Any(line => line.EndsWith(" seen-by-the-log", StringComparison.Ordinal)
                    && line.Contains($" {Elsewhere} JoBrown 127.0.0.1 ", StringComparison.Ordinal)
                    && line.Contains(" SUBSCRIBE /instmsg/aliases/JoBrown 200 ", StringComparison.Ordinal));
            },
            "the line of the sign-in", () => log);
    }

    [Fact]
    public async Task Where_a_request_is_from_is_not_for_its_sender_to_say()
    {
        await using var callback = CallbackListener.Start(CallbackReply.KeepAlive, address: Elsewhere);
        string[] lies =
        [
            "X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https", "X-Forwarded-Host: im.contoso.com", "Forwarded: for=203.0.113.9",
            "Via: 1.1 im.contoso.com",
        ];

        var signIn = await Jo.SignsIn(callback, [.. FromElsewhere, .. lies.SelectMany(line => new[] { "--header", line })]);
        var page = await AskAsync($"http://{proxy.Address}/", lies.SelectMany(line => new[] { "--header", line }));

        Assert.Equal("HTTP/1.1 200 Successful", signIn.StatusLine);
        Assert.Equal(308, page.Status);
    }

    [Fact]
    public async Task NTLM_is_neither_offered_nor_taken()
    {
        await using var callback = CallbackListener.Start(CallbackReply.KeepAlive, address: Elsewhere);

        var answer = await (Jo with { Scheme = "ntlm" }).SignsIn(callback, FromElsewhere);

        Assert.Equal(401, answer.Status);
        Assert.StartsWith("Digest ", answer.Header("WWW-Authenticate"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_web_client_is_led_to_https_and_its_cookie_stays_there()
    {
        var page = await AskAsync($"http://{proxy.Address}/clients", []);
        var signIn = await AskAsync(
            $"https://{proxy.Address}/session",
            ["--insecure", "--header", $"Origin: https://{proxy.Address}", "--data", $"address=JoBrown&password={RunningServer.JoPassword}"]);

        Assert.Equal((308, $"https://{proxy.Address}/clients"), (page.Status, page.Header("Location")));
        Assert.Equal(200, signIn.Status);
        Assert.Matches("^__Host-rvp-session=[^;]+; max-age=604800; path=/; secure; samesite=strict; httponly$", signIn.Header("Set-Cookie"));
    }

    [Fact]
    public void The_proxy_takes_the_file_without_a_warning() => Assert.Equal("", proxy.Said);

    private CurlUser Jo => new(proxy.Server, "JoBrown", RunningServer.JoPassword, "digest");

    private CurlUser Kari => new(proxy.Server, "KariHensien", RunningServer.KariPassword, "digest");

    private static async Task<CurlAnswer> AskAsync(string url, IEnumerable<string> options) => CurlAnswer.ParseLast(
        await Commands.DoAsync("curl", ["--silent", "--show-error", "--include", "--http1.1", "--noproxy", "*", "--max-time", "30", .. options, url]));

    private static string ReadShared(string file)
    {
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd();
    }

    private string Message(string text) =>
        $"<?xml version=\"1.0\"?><r:notification {Person.Namespaces}><r:message><r:notification-from><r:contact><d:href>{proxy.Server.UrlOf("KariHensien")}"
            + $"</d:href></r:contact></r:notification-from><r:notification-to><r:contact><d:href>{proxy.Server.UrlOf("JoBrown")}</d:href></r:contact>"
            + "</r:notification-to><r:msgbody><r:mime-data><![CDATA[MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n"
            + "Session-Id: {79FC61B5-1234-1234-8A10-941F33CA4C90}\r\n\r\n"
            + $"{text}]]></r:mime-data></r:msgbody></r:message></r:notification>";

    [GeneratedRegex(@"(?:proxy_read_timeout|timeout client|timeout server) +(\d+)s")]
    private static partial Regex Waits();
}

/// <summary>Behind nginx.</summary>
public sealed class NginxTests(Nginx proxy) : FrontProxyTests(proxy), IClassFixture<Nginx>;

/// <summary>Behind HAProxy.</summary>
public sealed class HaproxyTests(Haproxy proxy) : FrontProxyTests(proxy), IClassFixture<Haproxy>;
