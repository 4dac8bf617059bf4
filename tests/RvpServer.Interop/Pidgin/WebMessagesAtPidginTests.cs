using RvpServer.Interop.Curl;
using Xunit.Abstractions;

namespace RvpServer.Interop.Pidgin;

/// <summary>Replies, corrections and what is done to conversations with the web client are plain texts at Pidgin, which knows nothing of them.</summary>
public sealed class WebMessagesAtPidginTests(ITestOutputHelper output)
{
    private const string Namespaces = "xmlns:d='DAV:' xmlns:r='http://schemas.microsoft.com/rvp/' xmlns:a='http://schemas.microsoft.com/rvp/acl/'";

    [Theory]
    [InlineData("Message-Id: <1@im.adatum.com>", "Hello")]
    [InlineData("Message-Id: <2@im.adatum.com>\r\nIn-Reply-To: <1@im.adatum.com>", "> Lunch? Yes")]
    [InlineData("Message-Id: <1.1@im.adatum.com>\r\nX-Rvp-Replaces: <1@im.adatum.com>", "* Hello Kari")]
    [InlineData("Date: Tue, 24 Nov 2026 21:23:35 GMT\r\nMessage-Id: <3@im.adatum.com>\r\nX-Rvp-Deed: named\r\nX-Rvp-Name: Lunch%20%C3%B6",
        "Jo Brown called the conversation \"Lunch\".")]
    public async Task They_are_read(string heads, string text)
    {
        await using var server = await RunningServer.StartAsync("127.0.0.13", """{ "Schemes": ["Digest", "Ntlm"], "NtlmDomain": "ADATUM" }""");
        await using var kari = PurpleClient.Start(server.AddressOf("KariHensien"), RunningServer.KariPassword);
        var jo = new CurlUser(server, "JoBrown", RunningServer.JoPassword, Scheme: "digest");
        await kari.SignsIn();

        var answer = await jo.Sends("NOTIFY", "KariHensien", ["RVP-Ack-Type: DeepOr"], Message(server, heads, text));
        output.WriteLine($"{answer.StatusLine}\n{kari.Transcript}");

        await kari.HearsMessage(server.AddressOf("JoBrown"), text);
    }

    private static string Message(RunningServer server, string heads, string text) =>
        $"<?xml version=\"1.0\"?><r:notification {Namespaces}><r:message><r:notification-from>{Contact(server, "JoBrown")}</r:notification-from>"
        + $"<r:notification-to>{Contact(server, "KariHensien")}</r:notification-to><r:msgbody><r:mime-data><![CDATA[MIME-Version: 1.0\r\n"
        + "Content-Type: text/plain; charset=UTF-8\r\nX-MMS-IM-Format: FN=MS%20Shell%20Dlg; EF=; CO=0; CS=0; PF=0\r\n"
        + $"Session-Id: {{79FC61B5-1234-1234-8A10-941F33CA4C90}}\r\n{heads}\r\n\r\n{text}]]></r:mime-data></r:msgbody></r:message></r:notification>";

    private static string Contact(RunningServer server, string name) =>
        $"<r:contact><d:href>{server.UrlOf(name)}</d:href><r:description>{name}</r:description></r:contact>";
}
