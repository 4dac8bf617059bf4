using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Rvp.Testing;
using Xunit.Abstractions;

namespace RvpServer.Interop.Curl;

/// <summary>The verbs one by one, from the command line, against the text of the specification.</summary>
public sealed class CurlTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly XNamespace Acl = "http://schemas.microsoft.com/rvp/acl/";

    private readonly CallbackListener joCallback = CallbackListener.Start(CallbackReply.KeepAlive);
    private readonly CallbackListener kariCallback = CallbackListener.Start(CallbackReply.KeepAlive);
    private RunningServer server = null!;

    public async Task InitializeAsync() =>
        server = await RunningServer.StartAsync("127.0.0.5", """{ "Schemes": ["Digest", "Ntlm"], "NtlmDomain": "ADATUM" }""");

    public async Task DisposeAsync()
    {
        output.WriteLine($"The server:\n{server?.Log}");
        await joCallback.DisposeAsync();
        await kariCallback.DisposeAsync();
        if (server is not null) await server.DisposeAsync();
    }

    [Theory]
    [InlineData("digest")]
    [InlineData("ntlm")]
    public async Task Sign_in(string scheme)
    {
        var answer = await Jo(scheme).SignsIn(joCallback);

        Assert.Equal("HTTP/1.1 200 Successful", answer.StatusLine);
        Assert.Equal("0.2", answer.Header("RVP-Notifications-Version"));
        Assert.Equal("14400", answer.Header("Subscription-Lifetime"));
        Assert.InRange(answer.SubscriptionId, 1, int.MaxValue);
        Assert.Equal("0", answer.Header("Content-Length"));
        Assert.Equal("", answer.Body);
    }

    [Theory]
    [InlineData("digest")]
    [InlineData("ntlm")]
    public async Task Set_a_state_and_ask_for_it(string scheme)
    {
        await Jo(scheme).SignsIn(joCallback);

        var set = await Jo(scheme).SetsState("busy");
        var found = await Jo(scheme).Sends("PROPFIND", "JoBrown", ["Depth: 0"], $"""
            <?xml version="1.0"?><d:propfind {Person.Namespaces}><d:prop><d:displayname/><r:state/><r:nickname/></d:prop></d:propfind>
            """);

        Assert.Equal("HTTP/1.1 207 Multi-Status", set.StatusLine);
        var viewId = Regex.Match(set.Body, "<r:view-id>([0-9]+)</r:view-id>").Groups[1].Value;
        RvpXmlText.AssertSame($"""
            <d:multistatus {Person.Namespaces}><d:response><d:href>{server.UrlOf("JoBrown")}</d:href><d:propstat><d:prop><r:state>{RvpXmlText.Leased("busy")}<r:view-id>{viewId}</r:view-id></r:state></d:prop><d:status>HTTP/1.1 200 Successful</d:status></d:propstat></d:response></d:multistatus>
            """, set.Body);
        Assert.Equal("HTTP/1.1 207 Multi-Status", found.StatusLine);
        RvpXmlText.AssertSame($"""
            <d:multistatus {Person.Namespaces}><d:response><d:href>{server.UrlOf("JoBrown")}</d:href><d:propstat><d:prop><d:displayname>Jo Brown</d:displayname><r:state><r:busy/></r:state></d:prop><d:status>HTTP/1.1 200 Successful</d:status></d:propstat><d:propstat><d:prop><r:nickname/></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat></d:response></d:multistatus>
            """, found.Body);
    }

    [Theory]
    [InlineData("digest")]
    [InlineData("ntlm")]
    public async Task Watch_and_be_told_of_a_change(string scheme)
    {
        await Jo(scheme).SignsIn(joCallback);
        await Jo(scheme).SetsState("online");
        var kariSignsIn = await Kari(scheme).SignsIn(kariCallback);

        var watch = await Kari(scheme).Watches("JoBrown");
        await Jo(scheme).SetsState("on-phone");
        var told = await kariCallback.NextAsync();

        Assert.Equal("HTTP/1.1 207 Multi-Status", watch.StatusLine);
        Assert.Equal("14400", watch.Header("Subscription-Lifetime"));
        Assert.NotEqual(kariSignsIn.SubscriptionId, watch.SubscriptionId);
        RvpXmlText.AssertSame($"""
            <d:multistatus {Person.Namespaces}><d:response><d:href>{server.UrlOf("JoBrown")}</d:href><d:propstat><d:prop><d:displayname>Jo Brown</d:displayname><r:email>{server.AddressOf("JoBrown")}</r:email><r:mobile-state>0</r:mobile-state><r:mobile-description/><r:state><r:online/></r:state></d:prop><d:status>HTTP/1.1 200 Successful</d:status></d:propstat></d:response></d:multistatus>
            """, watch.Body);
        Assert.Equal("NOTIFY / HTTP/1.1", told.RequestLine);
        // Names in these letters, or old clients do not find them. [client]
        Assert.Contains("\r\nContent-Type: text/xml\r\n", told.Head, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Length: ", told.Head, StringComparison.Ordinal);
        Assert.Contains("\r\nRVP-Notifications-Version: 0.2\r\n", told.Head, StringComparison.Ordinal);
        RvpXmlText.AssertSame($"""
            <r:notification {Person.Namespaces}><r:propnotification><r:notification-from><r:contact><d:href>{server.UrlOf("JoBrown")}</d:href><r:description/></r:contact></r:notification-from><r:notification-to><r:contact><d:href>{server.UrlOf("KariHensien")}</d:href><r:description/></r:contact></r:notification-to><d:propertyupdate><d:set><d:prop><r:state><r:on-phone/></r:state></d:prop></d:set></d:propertyupdate></r:propnotification></r:notification>
            """, told.Body);
    }

    [Theory]
    [InlineData("digest")]
    [InlineData("ntlm")]
    public async Task A_message_arrives_byte_for_byte(string scheme)
    {
        var signIn = await Kari(scheme).SignsIn(kariCallback);
        var message = Message("Grüße, ]]]]><![CDATA[> & <b>");

        var sent = await Jo(scheme).Sends("NOTIFY", "KariHensien", ["RVP-Ack-Type: DeepOr", "RVP-Hop-Count: 1"], message);
        var received = await kariCallback.NextAsync();

        Assert.Equal("HTTP/1.1 200 Successful", sent.StatusLine);
        Assert.Equal(message, received.Body);
        Assert.Equal("NOTIFY / HTTP/1.1", received.RequestLine);
        Assert.Equal(signIn.Header("Subscription-Id"), received["Subscription-Id"]);
        Assert.InRange(int.Parse(received["RVP-Hop-Count"]!, CultureInfo.InvariantCulture), 2, 3);
    }

    [Theory]
    [InlineData("KariHensien", "HTTP/1.1 412 Precondition Failed")]
    [InlineData("Nobody", "HTTP/1.1 404 Not Found")]
    public async Task A_message_that_reaches_nobody(string recipient, string expected)
    {
        var sent = await Jo("digest").Sends("NOTIFY", recipient, ["RVP-Ack-Type: DeepOr", "RVP-Hop-Count: 1"], Message("Hello"));

        Assert.Equal(expected, sent.StatusLine);
        Assert.Equal("0.2", sent.Header("RVP-Notifications-Version"));
    }

    [Theory]
    [InlineData("digest")]
    [InlineData("ntlm")]
    public async Task See_who_has_me_on_their_list(string scheme)
    {
        await Kari(scheme).SignsIn(kariCallback);
        var watch = await Kari(scheme).Watches("JoBrown");

        var answer = await Jo(scheme).Sends("SUBSCRIPTIONS", "JoBrown", ["Notification-Type: update/propchange"]);

        Assert.Equal("HTTP/1.1 200 Successful", answer.StatusLine);
        var left = Regex.Match(answer.Body, "<d:timeout>([0-9]+)</d:timeout>").Groups[1].Value;
        Assert.InRange(int.Parse(left, CultureInfo.InvariantCulture), 14300, 14400);
        RvpXmlText.AssertSame($"""
            <r:subscriptions {Person.Namespaces}><r:subscription><r:subscription-id>{watch.SubscriptionId}</r:subscription-id><d:href>{server.UrlOf("KariHensien")}</d:href><a:principal><a:rvp-principal>{server.UrlOf("KariHensien")}</a:rvp-principal></a:principal><d:timeout>{left}</d:timeout></r:subscription></r:subscriptions>
            """, answer.Body);
    }

    [Theory]
    [InlineData("digest")]
    [InlineData("ntlm")]
    public async Task An_ace_is_merged_into_the_access_list(string scheme)
    {
        var ace = $"<a:ace><a:principal><a:rvp-principal>{server.UrlOf("KariHensien")}</a:rvp-principal><a:credentials><a:assertion/><a:digest/><a:ntlm/>"
            + "</a:credentials></a:principal><a:grant/><a:deny><a:send-to/><a:presence/></a:deny></a:ace>";

        var written = await Jo(scheme).Sends("ACL", "JoBrown", [], $"""
            <?xml version="1.0"?><a:rvpacl {Person.Namespaces}><a:acl><a:inheritance>none</a:inheritance>{ace}</a:acl></a:rvpacl>
            """);
        var read = await Jo(scheme).Sends("ACL", "JoBrown", []);
        var refused = await Kari(scheme)
            .Sends("NOTIFY", "JoBrown", ["RVP-Ack-Type: DeepOr", "RVP-Hop-Count: 1"], Message("Hello", "KariHensien", "JoBrown"));

        Assert.Equal("HTTP/1.1 200 Successful", written.StatusLine);
        Assert.Equal("HTTP/1.1 200 Successful", read.StatusLine);
        var rights = XElement.Parse(read.Body).Descendants(Acl + "ace").ToDictionary(
            a => a.Element(Acl + "principal")!.Element(Acl + "rvp-principal")?.Value ?? "everyone",
            a => $"+{Names(a.Element(Acl + "grant"))} -{Names(a.Element(Acl + "deny"))}");
        Assert.Equal("+ -send-to,presence", rights[server.UrlOf("KariHensien")]);
        Assert.Equal("+list,read,send-to,presence -", rights["everyone"]);
        Assert.Contains("writeacl", rights[server.UrlOf("JoBrown")], StringComparison.Ordinal);
        Assert.Equal("HTTP/1.1 412 Precondition Failed", refused.StatusLine);
    }

    [Theory]
    [InlineData("digest")]
    [InlineData("ntlm")]
    public async Task Unsubscribe_once(string scheme)
    {
        var signIn = await Jo(scheme).SignsIn(joCallback);
        var id = $"Subscription-Id: {signIn.SubscriptionId}";

        var first = await Jo(scheme).Sends("UNSUBSCRIBE", "JoBrown", [id]);
        var second = await Jo(scheme).Sends("UNSUBSCRIBE", "JoBrown", [id]);

        Assert.Equal("HTTP/1.1 200 Successful", first.StatusLine);
        Assert.Equal("", first.Body);
        Assert.Equal("HTTP/1.1 412 Precondition Failed", second.StatusLine);
    }

    [Theory]
    [InlineData("digest")]
    [InlineData("ntlm")]
    public async Task A_wrong_password_is_refused(string scheme)
    {
        var answer = await (Jo(scheme) with { Password = "Not-My-Word" }).SignsIn(joCallback);

        Assert.Equal("HTTP/1.1 401 Unauthorized", answer.StatusLine);
        Assert.Equal("0.2", answer.Header("RVP-Notifications-Version"));
        Assert.Collection(
            answer.Headers["WWW-Authenticate"],
            first => Assert.Matches("^Digest realm=\"127\\.0\\.0\\.5\", qop=\"auth\", algorithm=MD5, nonce=\"[^\"]+\", stale=false$", first),
            second => Assert.Equal("NTLM", second));
    }

    /// <summary>Somebody else, though correctly proven, is not the owner.</summary>
    [Fact]
    public async Task Another_ones_node_is_not_signed_in_to()
    {
        var answer = await Kari("digest").Sends(
            "SUBSCRIBE", "JoBrown", ["Notification-Type: pragma/notify", $"Call-Back: {kariCallback.Url}", "Subscription-Lifetime: 14400"]);

        Assert.Equal("HTTP/1.1 403 Forbidden", answer.StatusLine);
    }

    [Fact]
    public async Task HTTP_1_0_is_spoken_too()
    {
        var signIn = await Jo("digest").SignsIn(joCallback, "--http1.0");

        Assert.Matches("^HTTP/1\\.[01] 200 Successful$", signIn.StatusLine);
        Assert.InRange(signIn.SubscriptionId, 1, int.MaxValue);
    }

    [Theory]
    [InlineData("GET", "501")]
    [InlineData("LOCK", "501")]
    [InlineData("SEARCH", "501")]
    [InlineData("COPY", "405")]
    public async Task Verbs_that_nodes_do_not_have(string verb, string status)
    {
        var answer = await Jo("digest").Sends(verb, "JoBrown", []);

        Assert.Equal(status, answer.StatusLine.Split(' ')[1]);
        Assert.Equal("0.2", answer.Header("RVP-Notifications-Version"));
    }

    private CurlUser Jo(string scheme) => new(server, "JoBrown", RunningServer.JoPassword, scheme);

    private CurlUser Kari(string scheme) => new(server, "KariHensien", RunningServer.KariPassword, scheme);

    private static string Names(XElement? rights) => string.Join(',', rights?.Elements().Select(r => r.Name.LocalName) ?? []);

    private string Message(string text, string from = "JoBrown", string to = "KariHensien") =>
        $"<?xml version=\"1.0\"?><r:notification {Person.Namespaces}><r:message><r:notification-from><r:contact><d:href>{server.UrlOf(from)}</d:href>"
            + "</r:contact></r:notification-from>"
            + $"<r:notification-to><r:contact><d:href>{server.UrlOf(to)}</d:href></r:contact></r:notification-to><r:msgbody><r:mime-data>"
            + "<![CDATA[MIME-Version: 1.0\r\n"
            + "Content-Type: text/plain; charset=UTF-8\r\nX-MMS-IM-Format: FN=MS%20Shell%20Dlg; EF=; CO=0; CS=0; PF=0\r\n"
            + "Session-Id: {79FC61B5-1234-1234-8A10-941F33CA4C90}\r\n\r\n"
            + $"{text}]]></r:mime-data></r:msgbody></r:message></r:notification>";
}
