using Microsoft.Extensions.Time.Testing;

namespace RvpServer.Tests.Hostile;

/// <summary>Requests of someone who has proven to be Jo Brown and is hostile.</summary>
public sealed class BadRequestTests : HostileTest
{
    private const string Jos = "/instmsg/aliases/JoBrown";
    private const string Karis = "/instmsg/aliases/KariHensien";
    private const string SignIn = "Notification-Type: pragma/notify\r\nCall-Back: {callback}\r\n";

    private static readonly string[] BadDocuments =
    [
        "this is not XML", "<d:propfind", "<a></b>", "<a/><b/>", "\0\0\0\0", "<x xmlns=''/>", "<propfind xmlns='urn:other'><allprop/></propfind>",
        "<!DOCTYPE x><x/>", "<!DOCTYPE x [<!ENTITY e 'eee'><!ENTITY f '&e;&e;&e;&e;'>]><x>&f;</x>", "<!DOCTYPE x SYSTEM 'http://127.0.0.1:1/x.dtd'><x/>",
        "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>", "<x>&undefined;</x>", "<?xml version='1.0' encoding='utf-16'?><x/>",
        "<?xml version='1.0' encoding='no-such'?><x/>", "<?xml version='9.9'?><x/>", "<undeclared:x/>", "<x a='1' a='2'/>", "<x>\u0001</x>",
        $"<d:multistatus {Ns}/>", "{deep}",
    ];

    private static readonly (string Verb, string Target, string Headers, string Body, int Status)[] Table =
    [
        .. BadDocuments.SelectMany(body =>
            new[] { ("PROPFIND", Karis, "", body, 400), ("PROPPATCH", Jos, "", body, 400), ("ACL", Jos, "", body, 400), ("NOTIFY", Karis, "", body, 400),
                ("REPORT", Jos, "", body, 400), ("POST", Jos, "", body, 400) }),
        ("PROPPATCH", Jos, "", "", 400), ("NOTIFY", Karis, "", "", 400),
        ("PROPFIND", Karis, "", $"<d:propfind {Ns}><d:prop/><d:allprop/></d:propfind>", 400),
        ("PROPPATCH", Jos, "", $"<d:propertyupdate {Ns}/>", 400),
        ("PROPPATCH", Jos, "", $"<d:propertyupdate {Ns}><d:set><d:prop><r:state><r:leased-value><r:value><r:online/></r:value><d:timeout>-5</d:timeout>"
            + "</r:leased-value></r:state></d:prop></d:set></d:propertyupdate>", 400),
        ("PROPPATCH", Jos, "", $"<d:propertyupdate {Ns}><d:set><d:prop><r:state><r:online/><r:view-id>99999999999</r:view-id></r:state></d:prop></d:set>"
            + "</d:propertyupdate>", 412),
        ("ACL", Jos, "", $"<a:rvpacl {Ns}><a:acl><a:ace><a:principal><a:rvp-principal>ftp://x/</a:rvp-principal><a:credentials><a:any/></a:credentials>"
            + "</a:principal></a:ace></a:acl></a:rvpacl>", 400),
        ("ACL", Jos, "", $"<a:rvpacl {Ns}><a:acl><a:ace><a:principal><a:allprincipals/><a:credentials><a:any/></a:credentials></a:principal><a:grant>"
            + "<a:fly/></a:grant></a:ace></a:acl></a:rvpacl>", 400),

        ("SUBSCRIBE", Jos, "", "", 400), ("SUBSCRIBE", Jos, "Notification-Type: everything\r\n", "", 400),
        ("SUBSCRIBE", Jos, "Notification-Type: pragma/notify\r\nNotification-Type: update/propchange\r\n", "", 400),
        ("SUBSCRIBE", Jos, SignIn + "Call-Back: http://127.0.0.1:5000\r\n", "", 400),
        ("SUBSCRIBE", Jos, SignIn + "Subscription-Lifetime: -1\r\n", "", 400), ("SUBSCRIBE", Jos, SignIn + "Subscription-Lifetime: soon\r\n", "", 400),
        ("SUBSCRIBE", Jos, SignIn + "Subscription-Lifetime: 1e3\r\n", "", 400),
        ("SUBSCRIBE", Jos, SignIn + "Subscription-Lifetime: 1\r\nSubscription-Lifetime: 2\r\n", "", 400),
        ("SUBSCRIBE", Jos, SignIn + "RVP-From-Principal: http://im.adatum.com/instmsg/aliases/KariHensien\r\n", "", 400),
        ("SUBSCRIBE", Jos, "Subscription-Id: -5\r\n", "", 400), ("SUBSCRIBE", Jos, "Subscription-Id: x\r\n", "", 400),
        ("SUBSCRIBE", Jos, "Subscription-Id: 0x10\r\n", "", 400),
        ("SUBSCRIBE", Jos, "Subscription-Id: 1,2\r\n", "", 400), ("SUBSCRIBE", Jos, "Subscription-Id: 0\r\n", "", 412),
        ("SUBSCRIBE", Jos, "Subscription-Id: 99999999999\r\n", "", 412),
        ("SUBSCRIBE", Karis, "Subscription-Id: {karis}\r\n", "", 412), ("UNSUBSCRIBE", Karis, "Subscription-Id: {karis}\r\n", "", 412),
        ("UNSUBSCRIBE", Jos, "Subscription-Id: {karis}\r\n", "", 412),
        ("UNSUBSCRIBE", Jos, "", "", 400), ("UNSUBSCRIBE", Jos, "Subscription-Id: 1\r\nSubscription-Id: 2\r\n", "", 400),
        ("UNSUBSCRIBE", Jos, "Subscription-Id: 2147483648\r\n", "", 412),
        ("POLL", Jos, "Subscription-Id: {karis}\r\n", "", 412), ("POLL", Karis, "Subscription-Id: {karis}\r\n", "", 403),
        ("POLL", Jos, "Subscription-Id: 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17\r\n", "", 400),
        ("SUBSCRIPTIONS", Jos, "", "", 400), ("SUBSCRIPTIONS", Karis, "Notification-Type: pragma/notify\r\n", "", 403),
        ("NOTIFY", Karis, "RVP-Ack-Type: Maybe\r\n", "{message}", 400), ("NOTIFY", Karis, "RVP-Hop-Count: -1\r\n", "{message}", 400),
        ("NOTIFY", Karis, "RVP-Hop-Count: 999\r\n", "{message}", 400),
        ("NOTIFY", Karis, "RVP-Hop-Count: 9\r\n", "{message}", 400), ("NOTIFY", Karis, "RVP-Hop-Count: x\r\n", "{message}", 400),
        ("NOTIFY", Karis, "Content-Type: image/png\r\n", "{message}", 400),
        ("PROPFIND", Karis, "Depth: 1\r\n", $"<d:propfind {Ns}><d:allprop/></d:propfind>", 412),
        ("PROPFIND", Karis, "Depth: 0\r\nDepth: 0\r\n", $"<d:propfind {Ns}><d:allprop/></d:propfind>", 400),

        .. from verb in (string[])["GET", "HEAD", "PUT", "DELETE", "LOCK", "UNLOCK", "OPTIONS", "PATCH", "MKCOL", "TRACE", "subscribe", "X"]
           select (verb, Jos, "", "", 501),
        ("COPY", Jos, "", "", 405), ("MOVE", Jos, "", "", 405), ("MOVE", "/nothing", "", "", 405),

        .. from target in (string[])
           [
               "/", "/instmsg", "/instmsg/aliases/", "/instmsg/aliases/Nobody", "/instmsg/aliases/Jo%2fBrown", "/instmsg/aliases/JoBrown/x",
               "/instmsg/local/im.adatum.com/instmsg/aliases/Nobody", "/instmsg/local/im.contoso.com/instmsg/aliases/KariHensien", "/groups/rec-cycling",
               "/../../etc/passwd", "/instmsg/aliases/../aliases/Nobody",
               "/instmsg/aliases/" + new string('x', 900), "/instmsg/aliases/'--",
           ]
           select ("PROPFIND", target, "", $"<d:propfind {Ns}><d:allprop/></d:propfind>", 404),
        ("ACL", "/instmsg/aliases/" + new string('x', 1100), "", "", 400), ("ACL", "/instmsg/aliases/JoBrown%0d%0aX:%20y", "", "", 400),
        ("ACL", "/instmsg/local/x:y:z/instmsg/aliases/JoBrown", "", "", 400),
    ];

    private static readonly (string Callback, int Status)[] Callbacks =
    [
        ("http://10.10.1.98:1051", 403), ("http://127.0.0.1:22", 403), ("http://127.0.0.1", 403), ("http://127.0.0.1:1024", 403),
        ("http://127.0.0.1:{server}", 403), ("http://[::ffff:127.0.0.1]:{server}", 403),
        ("http://2130706433:{server}", 403), ("http://0x7f.1:{server}", 403), ("http://127.0.0.1:{admin}", 403), ("http://0.0.0.0:5000", 403),
        ("http://[::]:5000", 403), ("http://169.254.169.254:8080/latest/meta-data", 403),
        ("http://224.0.0.1:5000", 403), ("http://255.255.255.255:5000", 403), ("https://127.0.0.1:5000", 403), ("ftp://127.0.0.1:5000", 403),
        ("file:///etc/passwd", 403), ("gopher://127.0.0.1:5000/x", 403),
        ("http://jo:word@127.0.0.1:5000", 403), ("http://127.0.0.1:5000/#x", 403), ("http://no-such-host.invalid:5000", 403),
        ("http://im.adatum.com/instmsg/aliases/KariHensien", 403),
        ("127.0.0.1:5000", 400), ("nonsense", 400), ("http://", 400), ("http://127.0.0.1:99999", 400), ("http://127.0.0.1:-5", 400),
    ];

    private protected override FakeTimeProvider? Clock { get; } = new();

    public static TheoryData<int, string> Rows => Numbered(Table.Select(row => $"{row.Verb} {row.Target} {row.Headers} {row.Body}"));

    public static TheoryData<int, string> CallbackRows => Numbered(Callbacks.Select(row => row.Callback));

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_bad_request_is_refused_and_changes_nothing(int row, string request)
    {
        var (verb, target, headers, body, status) = Table[row];
        var before = await Given();
        headers = headers.Replace("{callback}", Jo.Callback.Url.ToString(), StringComparison.Ordinal)
            .Replace("{karis}", $"{Kari.SignIn}", StringComparison.Ordinal);
        body = body.Replace("{message}", Jo.MessageTo(Kari, "x"), StringComparison.Ordinal)
            .Replace("{deep}", string.Concat(Enumerable.Repeat("<x>", 1000)) + string.Concat(Enumerable.Repeat("</x>", 1000)), StringComparison.Ordinal);

        var answer = await Jo.Asks(verb, target, headers, body);

        Assert.True(status == answer.Status, $"{request} is answered {answer}");
        // The answer to HEAD has no body, and so no reason.
        if (verb != "HEAD") AssertRefused(status, answer);
        await AssertUnchanged(before);
    }

    [Theory]
    [MemberData(nameof(CallbackRows))]
    public async Task A_hostile_callback_is_refused_and_changes_nothing(int row, string callback)
    {
        var before = await Given();
        callback = callback.Replace("{server}", $"{Server.Port}", StringComparison.Ordinal).Replace("{admin}", $"{Server.AdminPort}", StringComparison.Ordinal);

        foreach (var (type, target) in new[] { ("pragma/notify", Jos), ("update/propchange", Karis) })
            AssertRefused(Callbacks[row].Status, await Jo.Asks("SUBSCRIBE", target, $"Notification-Type: {type}\r\nCall-Back: {callback}\r\n"));

        await AssertUnchanged(before);
    }

    // The table's place and not its text is the key: texts with control characters do not survive every test runner.
    private static TheoryData<int, string> Numbered(IEnumerable<string> titles)
    {
        var rows = new TheoryData<int, string>();
        foreach (var (i, title) in titles.Index()) rows.Add(i, string.Concat(title.Where(c => !char.IsControl(c)).Take(120)));
        return rows;
    }
}
