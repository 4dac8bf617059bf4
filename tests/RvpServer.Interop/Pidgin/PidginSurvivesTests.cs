using RvpServer.Interop.Curl;
using Xunit.Abstractions;

namespace RvpServer.Interop.Pidgin;

/// <summary>
/// Bodies that crash Pidgin's plugin where they reach it as they are, and dozens of others: each is refused, or Pidgin lives. Left out is
/// what differs in nothing from what honest clients send: who has offered a file, and was accepted, can answer as if the other had offered it.
/// </summary>
public sealed class PidginSurvivesTests(ITestOutputHelper output)
{
    private const string Namespaces = "xmlns:d='DAV:' xmlns:r='http://schemas.microsoft.com/rvp/' xmlns:a='http://schemas.microsoft.com/rvp/acl/'";
    private const string Session = "Session-Id: {79FC61B5-1234-1234-8A10-941F33CA4C90}";
    private const string Plain = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n";
    private const string Invitation = "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgsinvite; charset=UTF-8\r\n";
    private const string File = "Application-GUID: {5D3E02AB-6190-11d3-BBBB-00C04F795683}\r\n";
    private const string Good = Plain + Session + "\r\n\r\nhello";

    private string from = "";
    private string to = "";

    [Fact]
    public async Task No_body_crashes_it()
    {
        await using var server = await RunningServer.StartAsync("127.0.0.12", """{ "Schemes": ["Digest", "Ntlm"], "NtlmDomain": "ADATUM" }""");
        await using var kari = PurpleClient.Start(server.AddressOf("KariHensien"), RunningServer.KariPassword);
        await using var joAtPidgin = PurpleClient.Start(server.AddressOf("JoBrown"), RunningServer.JoPassword);
        (from, to) = (server.UrlOf("JoBrown"), server.UrlOf("KariHensien"));
        var jo = new CurlUser(server, "JoBrown", RunningServer.JoPassword, Scheme: "digest");
        await Task.WhenAll(kari.SignsIn(), joAtPidgin.SignsIn());

        var count = 0;
        foreach (var chat in Chats()) await PlayAsync(chat, isRefused: false);
        await Task.WhenAll(kari.Adds(joAtPidgin), joAtPidgin.Adds(kari));
        await kari.SeesStatus(joAtPidgin, "online");
        foreach (var refused in Refused()) await PlayAsync(refused, isRefused: true);
        // None of them has reached Pidgin.
        await PlayFenceAsync();
        foreach (var odd in Odd()) await PlayAsync(odd, isRefused: false);
        await joAtPidgin.Says(kari, "Still there?");
        await kari.HearsMessage(joAtPidgin, "Still there?");
        await kari.Says(joAtPidgin, "Yes");
        await joAtPidgin.HearsMessage(kari, "Yes");

        async Task PlayAsync((string What, string Body) play, bool isRefused)
        {
            var status = (await jo.Sends("NOTIFY", "KariHensien", ["RVP-Ack-Type: DeepOr"], play.Body)).StatusLine.Split(' ')[1];
            output.WriteLine($"{status} {play.What}");
            if (isRefused) Assert.Equal($"400 {play.What}", $"{status} {play.What}");
            else await PlayFenceAsync();
        }

        async Task PlayFenceAsync()
        {
            var fence = $"fence {++count}";
            await jo.Sends("NOTIFY", "KariHensien", ["RVP-Ack-Type: DeepOr"], Message($"<![CDATA[{Plain}Session-Id: {{{count:X8}}}\r\n\r\n{fence}]]>"));
            await kari.HearsMessage(joAtPidgin, fence);
        }
    }

    // Of somebody who is no contact. With a contact with whom a conversation is open, this plugin crashes on any chat, also of honest people.
    private IEnumerable<(string What, string Body)> Chats()
    {
        var good = Message($"<![CDATA[{Good}]]>");
        yield return ("a chat", good.Replace("</r:notification-to>", Contact(from + "2", "") + "</r:notification-to>", StringComparison.Ordinal)
            .Replace("79FC", "79FD", StringComparison.Ordinal));
        yield return ("a chat of 200", good.Replace("</r:notification-to>",
            string.Concat(Enumerable.Range(0, 200).Select(i => Contact(from + i, ""))) + "</r:notification-to>", StringComparison.Ordinal)
            .Replace("79FC", "79FE", StringComparison.Ordinal));
    }

    private IEnumerable<(string What, string Body)> Refused()
    {
        foreach (var head in new[]
        {
            Plain + "X: y\r\n\r\n", Plain + Session, Plain + Session + "\r\n", Session + "\n", Plain + Session + "\n \nhi", "", "\r\n\r\n" + Good, " ",
            Plain + " " + Session + "\r\n\r\n", Plain + "Session-Id : x\r\n\r\n", "  " + Session + "\r\n" + Plain + "\r\nhi",
            Plain + "X: " + new string('y', 5000) + "\r\n" + Session + "\r\n\r\nhi",
        })
        {
            yield return ($"head {Short(head)}", Message($"<![CDATA[{head}]]>"));
        }
        yield return ("a carriage return by reference before the empty line", Message($"{Plain}{Session}\n&#13;\nhello"));
        foreach (var fields in new[]
        {
            "", "Invitation-Command: INVITE", "Invitation-Command: INVITE\r\nInvitation-Cookie: 1\r\n", "Invitation-Command: ACCEPT\r\n",
            "Invitation-Command: INVITE\r\nInvitation-Cookie: 1\r\n" + File, "Invitation-Command:   INVITE\r\nInvitation-Cookie: 2\r\n",
            "Invitation-Command: INVITE\r\nInvitation-Cookie: 1\r\n" + File + "Application-File: a.txt\r\n",
            "Invitation-Command: INVITE\r\nInvitation-Cookie: 1\r\n" + File + "Application-File: a.txt\r\nApplication-FileSize : 1\r\n",
            "Invitation-Command: INVITE\r\nInvitation-Cookie: 1\r\n" + File + "Application-File: a.txt\r\n Application-FileSize: 1\r\n",
            "Invitation-Command: INVITE\r\nInvitation-Cookie: 1\r\n" + File.Replace("\r", " \r", StringComparison.Ordinal),
            "Invitation-Command: ACCEPT\r\nInvitation-Cookie: 1\r\n", "Invitation-Command: ACCEPT\r\nInvitation-Cookie: 1\r\nIP-Address: 127.0.0.1\r\n",
            "Invitation-Cookie: 1\r\n" + File, "Invitation-Command: CANCEL\r\n", "hello",
        })
        {
            yield return ($"invitation {Short(fields)}", Message($"<![CDATA[{Invitation}{Session}\r\n\r\n{fields}]]>"));
        }
        foreach (var type in new[]
        {
            "text/x-msmsgsinvite", "  text/x-msmsgsinvite", "text/x-msmsgsinvite charset=UTF-8", "text/x-msmsgsinvitefoo", "TEXT/X-MSMSGSINVITE",
            "text/x-msmsgsinvite\r\nContent-Type: text/plain", "text/plain\r\nContent-Type: text/x-msmsgsinvite", "\r\n text/x-msmsgsinvite",
        })
        {
            yield return ($"type {Short(type)}",
                Message($"<![CDATA[MIME-Version: 1.0\r\nContent-Type: {type}\r\n{Session}\r\n\r\nInvitation-Command: INVITE\r\n]]>"));
        }
        var good = Message($"<![CDATA[{Good}]]>");
        foreach (var (old, put) in new[]
        {
            ("<r:message>", "<r:message x='y'>"), ("<r:message>", "<r:message><!-- -->"), ("<r:message>", "<r:message><?p i?>"),
            ("<r:message>", "<r:message>x"),
            ("<r:message>", "<r:message><x/>"), ("<r:contact>", "<r:contact><r:description/>"), ("<r:mime-data>", "<r:mime-data x='y'>"),
            ("<r:mime-data>", "<r:mime-data/><r:mime-data>"), ("<r:msgbody>", "<r:msgbody><x/>"), ("<r:msgbody>", "<r:msgbody/><r:msgbody>"),
            ("</r:message>", "</r:message><r:message/>"), ("</r:notification>", "</r:notification><!-- -->"), ("</r:notification>", "</r:notification><?p i?>"),
            ("<?xml version=\"1.0\"?>", "<?xml version=\"1.0\"?><!-- -->"), ("<?xml version=\"1.0\"?>", "<!DOCTYPE r>"), (from, ""), (from, from + "/"),
            (from, from + "?x"), (from, " " + from), (from, "im.contoso.com"), (from, from.Replace("http", "HTTP", StringComparison.Ordinal)),
            ("notification-from", "notification-frum"), ("notification-to", "notification-two"), ("msgbody", "msgbodies"), ("<d:href>", "<d:href/><d:href>"),
            ("mime-data", "mime"), ("<r:description>Jo<", "<r:description><b>Jo</b><"), ("<r:description>Jo<", $"<r:description>{new string('J', 60_000)}<"),
            ("<r:notification ", "<r:notification xmlns:x='urn:x' x:a='b' "), ("r:contact", "x:contact"),
        })
        {
            yield return ($"{old} becomes {Short(put)}", good.Replace(old, put, StringComparison.Ordinal));
        }
        foreach (var property in new[]
        {
            "<r:state/>", "<r:state></r:state>", "<r:state>busy</r:state>", "<r:state> </r:state>", "<r:state><r:sleeping/></r:state>",
            "<r:state><r:busy/><r:away/></r:state>", "<r:state><r:leased-value/></r:state>", "<r:state><r:busy/></r:state><r:state/>",
            "<d:displayname><b xmlns=''/></d:displayname>", $"<d:displayname>{new string('x', 60_000)}</d:displayname>", "<r:mobile-state/>",
        })
        {
            yield return ($"property {Short(property)}", Change(property));
        }
    }

    private IEnumerable<(string What, string Body)> Odd()
    {
        var good = Message($"<![CDATA[{Good}]]>");
        yield return ("white space everywhere", System.Text.RegularExpressions.Regex.Replace(good, @"(?<!\])><(?!!)", ">\r\n  <"));
        yield return ("white space in msgbody", good.Replace("<r:msgbody>", "<r:msgbody> ", StringComparison.Ordinal));
        yield return ("white space by reference", good.Replace("<r:msgbody>", "<r:msgbody>&#32;&#10;", StringComparison.Ordinal));
        yield return ("white space around the MIME data", Message($"\n<![CDATA[{Good}]]>\n "));
        yield return ("text instead of CDATA", Message(Good));
        yield return ("CDATA in pieces", Message($"<![CDATA[{Plain}Sess]]><![CDATA[ion-Id: {{1}}\r\n\r\n]]>hel<![CDATA[lo]]>"));
        yield return ("CDATA that is empty", Message($"<![CDATA[]]><![CDATA[{Good}]]>"));
        yield return ("line ends by reference", Message(Good.Replace("\r", "&#13;", StringComparison.Ordinal)));
        yield return ("bare line ends", Message(Good.Replace("\r", "", StringComparison.Ordinal)));
        yield return ("other prefixes", good.Replace("<r:", "<x:", StringComparison.Ordinal).Replace("</r:", "</x:", StringComparison.Ordinal)
            .Replace("xmlns:r", "xmlns:x", StringComparison.Ordinal));
        yield return ("a byte order mark", "\ufeff" + good);
        yield return ("no declaration", good["<?xml version=\"1.0\"?>".Length..]);
        yield return ("no description", good.Replace("<r:description>Jo</r:description>", "", StringComparison.Ordinal));
        yield return ("an open and empty description", good.Replace(">Jo<", "><", StringComparison.Ordinal));
        yield return ("a description in CDATA", good.Replace(">Jo<", "><![CDATA[%n%s<b>]]><", StringComparison.Ordinal));
        yield return ("recipients in another order", Turned(good));
        foreach (var head in new[]
        {
            Session, "Content-Type: \r\n" + Session, "Content-Type: ;\r\n" + Session, "Content-Type: application/octet-stream\r\n" + Session,
            "Content-Type: text/plain; charset=x-unknown\r\n" + Session, "Content-Type: text/plain; charset=\r\n" + Session, Plain + "Session-Id:",
            Plain + "Session-Id: {", Plain + "session-id: x", Plain + "Session-Id: " + new string('x', 3000), Plain + Session + "\r\n" + Session,
            Plain + "junk\r\n: junk\r\nX:\r\n folded\r\n" + Session, Plain + "X-MMS-IM-Format: \r\n" + Session, Plain + "X-MMS-IM-Format: %\r\n" + Session,
            Plain + "X-MMS-IM-Format: FN=%n%s;EF=BIUS;CO=fffffffffffffff;CS=;;=\r\n" + Session, Plain + "X-MMS-IM-Format: FN\r\n" + Session,
            "Content-Type: text/x-msmsgscontrol\r\nTypingUser: jo@127.0.0.1\r\n" + Session, "Content-Type: text/x-msmsgscontrol\r\nTypingUser:\r\n" + Session,
            "Content-Type: text/x-msmsgscontrol\r\n" + Session, "Content-Type: text/x-imleave\r\n" + Session, "Content-Type: text/x-imleave\r\nSession-Id: {9}",
        })
        {
            foreach (var text in new[] { "", "%n%s <b>&#1; &bogus; <a href=\"" })
                yield return ($"head {Short(head)} {text}", Message($"<![CDATA[{head}\r\n\r\n{text}]]>"));
        }
        foreach (var fields in new[]
        {
            "Invitation-Command: INVITE\r\nInvitation-Cookie: 31\r\n" + File + "Application-File: a.txt\r\nApplication-FileSize: 12\r\n",
            "Invitation-Command: INVITE\r\nInvitation-Cookie: -1\r\n" + File + "Application-File: ../a.txt\r\nApplication-FileSize: 99999999999999999999",
            "Invitation-Command: INVITE\r\nInvitation-Cookie: x\r\n" + File + "Application-File:\r\nApplication-FileSize:",
            "Invitation-Command: INVITE\r\nInvitation-Cookie: 33\r\nApplication-GUID: {x}\r\n", "Invitation-Command: X\r\nInvitation-Cookie: 34\r\n",
            "Invitation-Command: ACCEPT\r\nInvitation-Cookie: 35\r\nLaunch-Application: FALSE\r\nRequest-Data: IP-Address:\r\n",
            "Invitation-Command: ACCEPT\r\nInvitation-Cookie: 31\r\nIP-Address: 127.0.0.1\r\nPort: 9\r\nAuthCookie: 1\r\n",
            "Invitation-Command: ACCEPT\r\nInvitation-Cookie: 31\r\nIP-Address:\r\nPort:\r\nAuthCookie:\r\n",
            "Invitation-Command: CANCEL\r\nInvitation-Cookie: 31\r\nCancel-Code: TIMEOUT\r\n", "Invitation-Command: CANCEL\r\nInvitation-Cookie: 99\r\n",
        })
        {
            yield return ($"invitation {Short(fields)}", Message($"<![CDATA[{Invitation}{Session}\r\n\r\n{fields}]]>"));
        }
        foreach (var property in new[]
        {
            "", "<r:state><r:invisible/></r:state>", "<r:state> <r:busy/>\n</r:state>", "<r:state><busy xmlns=''/></r:state>",
            "<r:state><r:leased-value><r:value><r:away/></r:value><r:default-value><r:offline/></r:default-value><d:timeout>1</d:timeout></r:leased-value>"
                + "<r:view-id>5</r:view-id></r:state>",
            "<d:displayname/>", "<d:displayname>%n%s &lt;b&gt;</d:displayname><r:state><r:online/></r:state>", "<r:email/>", "<x xmlns='urn:x'/>",
            "<r:mobile-state>1</r:mobile-state><r:mobile-description></r:mobile-description>",
        })
        {
            yield return ($"property {property}", Change(property));
        }
    }

    // For the list that a failure shows.
    private static string Short(string text)
    {
        var line = text.ReplaceLineEndings("|");
        return line.Length <= 120 ? line : line[..120];
    }

    private static string Turned(string message)
    {
        var sender = message.IndexOf("<r:notification-from>", StringComparison.Ordinal);
        var body = message.IndexOf("<r:msgbody>", StringComparison.Ordinal);
        var end = message.IndexOf("</r:message>", StringComparison.Ordinal);
        return message[..sender] + message[body..end] + message[sender..body] + message[end..];
    }

    private string Message(string mimeData) =>
        $"<?xml version=\"1.0\"?><r:notification {Namespaces}><r:message>{Head()}<r:msgbody><r:mime-data>{mimeData}</r:mime-data></r:msgbody></r:message>"
            + "</r:notification>";

    private string Change(string property) =>
        $"<?xml version=\"1.0\"?><r:notification {Namespaces}><r:propnotification>{Head()}<d:propertyupdate><d:set><d:prop>{property}</d:prop></d:set>"
            + "</d:propertyupdate></r:propnotification></r:notification>";

    private string Head() => $"<r:notification-from>{Contact(from, "Jo")}</r:notification-from><r:notification-to>{Contact(to, "")}</r:notification-to>";

    private static string Contact(string url, string name) => $"<r:contact><d:href>{url}</d:href><r:description>{name}</r:description></r:contact>";
}
