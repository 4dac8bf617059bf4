using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rvp.Testing;

namespace RvpServer.Tests.Hostile;

/// <summary>
/// An administrator has put a proxy in front of the server, or a router, and has not listed it. What depends on an address or on a connection does not count
/// then, since both are the proxy's and several people share them.
/// </summary>
public class UnlistedProxyTests
{
    private const string Believed = "RVP-From-Principal: http://im.contoso.com/instmsg/aliases/KariHensien\r\n";
    private const string Watch = "SUBSCRIBE /instmsg/aliases/JoBrown HTTP/1.1\r\nHost: im.adatum.com\r\nNotification-Type: update/propchange\r\n"
        + Believed + "Call-Back: http://im.contoso.com/instmsg/aliases/KariHensien\r\nContent-Length: 0\r\n";

    private static readonly IReadOnlyDictionary<string, string?> Trusting = new Dictionary<string, string?> { ["Federation:Trusted:0"] = "127.0.0.0/8" };

    public static TheoryData<string> Signs => ["Via: 1.1 squid", "Forwarded: for=203.0.113.99", "X-Forwarded-For: 203.0.113.99"];

    [Theory]
    [MemberData(nameof(Signs))]
    public async Task Nobody_is_believed_without_a_proof(string sign)
    {
        await using var server = await TestServer.StartAsync(Trusting);

        Assert.Equal(207, (await server.AskAsync(Watch + "\r\n")).Status);
        Assert.Equal(401, (await server.AskAsync(Watch + sign + "\r\n\r\n")).Status);
    }

    [Theory]
    [MemberData(nameof(Signs))]
    public async Task No_server_is_believed_about_its_people(string sign)
    {
        await using var server = await TestServer.StartAsync(Trusting);
        await using var jo = server.Person("JoBrown");
        await jo.SignsIn();
        var body = $"<?xml version=\"1.0\"?><r:notification {Person.Namespaces}><r:propnotification><r:notification-from><r:contact>"
            + "<d:href>http://im.contoso.com/instmsg/aliases/KariHensien</d:href><r:description/></r:contact></r:notification-from>"
            + "<r:notification-to><r:contact><d:href>http://im.adatum.com/instmsg/aliases/JoBrown</d:href><r:description/></r:contact></r:notification-to>"
            + "<d:propertyupdate><d:set><d:prop><r:state><r:busy/></r:state></d:prop></d:set></d:propertyupdate></r:propnotification></r:notification>";
        var request = "NOTIFY /instmsg/aliases/JoBrown HTTP/1.1\r\nHost: im.adatum.com\r\nRVP-From-Principal: im.contoso.com\r\n"
            + $"Content-Type: text/xml\r\nContent-Length: {body.Length}\r\n";

        Assert.Equal(401, (await server.AskAsync($"{request}{sign}\r\n\r\n{body}")).Status);
    }

    [Theory]
    [MemberData(nameof(Signs))]
    public async Task No_proof_of_a_connection_is_offered_and_none_counts(string sign)
    {
        await using var server = await TestServer.StartAsync();

        var open = await server.AskAsync("ACL /instmsg/aliases/JoBrown HTTP/1.1\r\nHost: im.adatum.com\r\n\r\n");
        var hidden = await server.AskAsync($"ACL /instmsg/aliases/JoBrown HTTP/1.1\r\nHost: im.adatum.com\r\n{sign}\r\n\r\n");

        Assert.Contains("NTLM", open.All("WWW-Authenticate"));
        Assert.StartsWith("Digest ", Assert.Single(hidden.All("WWW-Authenticate")), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Signs))]
    public async Task No_callback_is_taken_but_who_polls_may_sign_in(string sign)
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = server.Person("JoBrown");

        var callback = await jo.Asks("SUBSCRIBE", jo.Path, $"{sign}\r\nNotification-Type: pragma/notify\r\nCall-Back: {jo.Callback.Url}\r\n");
        var polled = await jo.Asks("SUBSCRIBE", jo.Path, $"{sign}\r\nNotification-Type: pragma/notify\r\n");

        Assert.Equal(403, callback.Status);
        Assert.Contains("a proxy that this server does not know", callback.Body, StringComparison.Ordinal);
        Assert.Equal(200, polled.Status);
    }

    [Fact]
    public async Task A_listed_proxy_hides_nobody_but_one_before_it_does()
    {
        await using var server = await TestServer.StartAsync(
            new Dictionary<string, string?> { ["Proxies:0"] = "127.0.0.1", ["Federation:Trusted:0"] = "192.0.2.0/24" });

        Assert.Equal(207, (await server.AskAsync(Watch + "X-Forwarded-For: 192.0.2.7\r\nVia: 1.1 nginx\r\n\r\n")).Status);
        Assert.Equal(401, (await server.AskAsync(Watch + "X-Forwarded-For: 203.0.113.5, 192.0.2.7\r\nVia: 1.1 nginx\r\n\r\n")).Status);
    }

    [Fact]
    public async Task The_administrator_is_warned_once()
    {
        var log = new LogCollector();
        await using var server = await TestServer.StartAsync(
            replace: services => services.AddSingleton<ILoggerFactory>(_ => LoggerFactory.Create(logging => logging.AddProvider(log.MakeProvider()))));

        for (var i = 0; i < 3; i++) await server.AskAsync("ACL /instmsg/aliases/JoBrown HTTP/1.1\r\nHost: im.adatum.com\r\nVia: 1.1 squid\r\n\r\n");

        var warning = Assert.Single(log.Entries, entry => entry.Event == "UnlistedProxy");
        Assert.StartsWith("127.0.0.1 passes on requests of others (Via) and is not listed in Rvp:Proxies", warning.Message, StringComparison.Ordinal);
        Assert.Contains(log.Entries, entry => entry is { Event: "Abuse", Message: "Refused UnlistedProxy from 127.0.0.1" });
    }
}
