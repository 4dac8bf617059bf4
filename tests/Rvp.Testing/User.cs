using System.Text;
using System.Text.RegularExpressions;

namespace Rvp.Testing;

/// <summary>Someone with an account: writes requests that prove it by Digest, with one nonce and a count that grows.</summary>
internal sealed partial class User(int number)
{
    private readonly DigestClient digest = new(NameOf(number), TestServer.Password);

    public string Path { get; } = "/instmsg/aliases/" + NameOf(number);

    public string Url => "http://im.adatum.com" + Path;

    public static string NameOf(int number) => "User" + number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Where nobody listens.</summary>
    public static Uri CallbackOf(int number) => new("http://127.0.0.1:1051/" + NameOf(number));

    /// <summary>A request with proof, once a challenge was taken.</summary>
    public byte[] Request(string verb, string target, string headers = "", string body = "") =>
        Write(verb, target, Url, digest.HeaderFor(verb, target) + headers, body);

    /// <summary>Asks, and once more with proof where the server wants it; fails unless the status is the expected one.</summary>
    public async Task<HttpConnection> AskAsync(
        HttpConnection connection, int expected, string verb, string target, string headers, string body, CancellationToken stop)
    {
        var status = await connection.AskAsync(Request(verb, target, headers, body), stop);
        if (status == 401)
        {
            Take(connection.Head);
            status = await connection.AskAsync(Request(verb, target, headers, body), stop);
        }
        return status == expected ? connection : throw new InvalidOperationException($"{verb} {target} got {connection.Head}");
    }

    /// <summary>Takes the challenge of an answer.</summary>
    public void Take(string head) => digest.Take(Challenge().Match(head).Value);

    /// <summary>Takes another challenge, with a request that needs one: a nonce serves for five minutes.</summary>
    public async Task TakeChallengeAsync(HttpConnection connection, CancellationToken stop)
    {
        await connection.AskAsync(Write("SUBSCRIPTIONS", Path, Url, "", ""), stop);
        Take(connection.Head);
    }

    /// <summary>Shows a state to whoever watches.</summary>
    public byte[] ShowRequest(string state) => Request("PROPPATCH", Path, "", StateDocument(state));

    /// <summary>The document of a PROPPATCH that sets a state, for four hours unless said otherwise.</summary>
    public static string StateDocument(string state, int seconds = 14400) =>
        $"<?xml version=\"1.0\"?><d:propertyupdate {Person.Namespaces}><d:set><d:prop><r:state><r:leased-value><r:value><r:{state}/></r:value>"
            + $"<r:default-value><r:offline/></r:default-value><d:timeout>{seconds}</d:timeout></r:leased-value></r:state></d:prop></d:set></d:propertyupdate>";

    /// <summary>Shows a state; fails unless it is accepted.</summary>
    public Task ShowAsync(HttpConnection connection, string state, CancellationToken stop) =>
        AskAsync(connection, 207, "PROPPATCH", Path, "", StateDocument(state), stop);

    /// <summary>Watches somebody; news goes to the own node.</summary>
    public Task WatchAsync(HttpConnection connection, string path, CancellationToken stop) =>
        AskAsync(connection, 207, "SUBSCRIBE", path, $"Notification-Type: update/propchange\r\nCall-Back: {Url}\r\nSubscription-Lifetime: 14400\r\n", "", stop);

    /// <summary>Signs in, with a challenge first where there was none; news goes to a callback.</summary>
    public async Task SignInAsync(HttpConnection connection, string callback, CancellationToken stop) =>
        await AskAsync(connection, 200, "SUBSCRIBE", Path, $"Notification-Type: pragma/notify\r\nCall-Back: {callback}\r\nSubscription-Lifetime: 14400\r\n",
            "", stop);

    /// <summary>A request as it goes out.</summary>
    public static byte[] Write(string verb, string target, string from, string headers, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var type = bytes.Length > 0 ? "Content-Type: text/xml\r\n" : "";
        return
        [
            .. Encoding.UTF8.GetBytes($"{verb} {target} HTTP/1.1\r\nHost: im.adatum.com\r\nRVP-Notifications-Version: 0.2\r\nRVP-From-Principal: {from}\r\n"
                + $"{headers}{type}Content-Length: {bytes.Length}\r\n\r\n"),
            .. bytes,
        ];
    }

    /// <summary>The document of a message of one line.</summary>
    public static string Message(string from, string to) =>
        $"<?xml version=\"1.0\"?><r:notification {Person.Namespaces}><r:message><r:notification-from><r:contact><d:href>{from}</d:href><r:description>Jo "
            + "Brown</r:description></r:contact></r:notification-from>"
            + $"<r:notification-to><r:contact><d:href>{to}</d:href><r:description>Kari Hensien</r:description></r:contact></r:notification-to><r:msgbody>"
            + "<r:mime-data><![CDATA[MIME-Version: 1.0\r\n"
            + "Content-Type: text/plain; charset=UTF-8\r\nX-MMS-IM-Format: FN=MS%20Shell%20Dlg; EF=; CO=0; CS=0; PF=0\r\n"
            + "Session-Id: {79FC61B5-1234-1234-8A10-941F33CA4C90}\r\n\r\nLet's have lunch]]></r:mime-data></r:msgbody></r:message></r:notification>";

    [GeneratedRegex("Digest [^\r]*")]
    private static partial Regex Challenge();
}
