using System.Net;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Collections;
using RvpServer.Http;
using RvpServer.Nodes;
using RvpServer.Storage;
using RvpServer.Tests.Web;
using RvpServer.Tests.Webhooks;
using RvpServer.Webhooks;

namespace RvpServer.Tests.Verbs;

/// <summary>Every refusal of the catalogue is provoked over the wire. One that nobody provokes fails.</summary>
public sealed class RefusalTests : HomeServerTest
{
    private const int MaxOutstanding = 4;

    private protected override IReadOnlyDictionary<string, string?> Settings =>
        new Dictionary<string, string?>
        {
            ["Limits:MaxOutstandingRequests"] = $"{MaxOutstanding}",
            ["Firewall:Inside"] = "Proxy",
            ["Federation:Blocked:0"] = "evil.example",
            ["Dns:Servers:0"] = "127.0.0.1:1",
            ["Directory:PeopleSearch"] = "false",
        };

    // These are given for one property of many, inside a 207.
    private static readonly string[] OfProperties = [nameof(Refusal.Conflict), nameof(Refusal.Protected)];

    public static TheoryData<string> Catalogue =>
        [.. typeof(Refusal).GetFields(BindingFlags.Public | BindingFlags.Static).Where(entry => entry.FieldType == typeof(Refusal)).Select(entry => entry.Name)
            .Except(OfProperties)];

    [Theory]
    [InlineData(nameof(Refusal.Conflict), "<r:mobile-state>2</r:mobile-state>")]
    [InlineData(nameof(Refusal.Protected), "<r:email>Kari@adatum.com</r:email>")]
    public async Task Of_a_property_is_given_in_its_propstat(string name, string property)
    {
        var refusal = (Refusal)typeof(Refusal).GetField(name)!.GetValue(null)!;

        var answer = await Jo.Asks("PROPPATCH", Jo.Path, "", $"<d:propertyupdate {Ns}><d:set><d:prop>{property}</d:prop></d:set></d:propertyupdate>");

        Assert.Equal(207, answer.Status);
        Assert.Contains($"<d:status>HTTP/1.1 {refusal.Status} {refusal.Reason}</d:status>", answer.Body, StringComparison.Ordinal);
        Assert.Contains(name, OfProperties);
    }

    [Theory]
    [MemberData(nameof(Catalogue))]
    public async Task Is_given_with_its_status_its_reason_and_its_line(string name)
    {
        var refusal = (Refusal)typeof(Refusal).GetField(name)!.GetValue(null)!;

        var answer = await Provoke(name);

        Assert.Equal($"HTTP/1.1 {refusal.Status} {refusal.Reason}", answer.StatusLine);
        Assert.Equal(refusal.Line + "\n", answer.Body);
        Assert.Equal("text/plain; charset=utf-8", answer["Content-Type"]);
        Assert.Equal("0.2", answer["RVP-Notifications-Version"]);
    }

    private static async Task<RawAnswer> HttpsNeeded()
    {
        using var certificate = new WebCertificate();
        await using var server = await TestServer.StartAsync(certificate: certificate);
        return await server.AskAsync("GET /session HTTP/1.1\r\nHost: im.adatum.com\r\n\r\n");
    }

    private Task<RawAnswer> Provoke(string refusal) => refusal switch
    {
        nameof(Refusal.ProofNeeded) => Server.AskAsync($"ACL {Jo.Path} HTTP/1.1\r\nHost: im.adatum.com\r\n\r\n"),
        nameof(Refusal.NotYou) => NotYou(),
        nameof(Refusal.ForeignPage) =>
            Server.AskAsync($"ACL {Jo.Path} HTTP/1.1\r\nHost: im.adatum.com\r\nCookie: rvp-session=any\r\nOrigin: http://contoso.com\r\n\r\n"),
        nameof(Refusal.HttpsNeeded) => HttpsNeeded(),
        nameof(Refusal.NotAllowed) => Jo.Asks("ACL", Kari.Path),
        nameof(Refusal.ForeignSender) => Jo.Asks("NOTIFY", Kari.Path, "", Kari.MessageTo(Kari, "")),
        nameof(Refusal.DomainKeptOut) =>
            Server.AskAsync($"NOTIFY {Jo.Path} HTTP/1.1\r\nHost: im.adatum.com\r\nRVP-From-Principal: http://im.evil.example/instmsg/aliases/Eve\r\n\r\n"),
        nameof(Refusal.ForeignCallback) => Jo.Asks("SUBSCRIBE", Jo.Path, "Notification-Type: pragma/notify\r\nCall-Back: http://10.10.1.98:1051\r\n"),
        nameof(Refusal.CallbackThroughProxy) =>
            Jo.Asks("SUBSCRIBE", Jo.Path, $"Via: 1.1 squid\r\nNotification-Type: pragma/notify\r\nCall-Back: {Jo.Callback.Url}\r\n"),
        nameof(Refusal.NoHistory) => Jo.Asks("REPORT", Jo.Path, "", "<h:history-query xmlns:h='urn:rvpserver:history'/>"),
        nameof(Refusal.NoPeopleSearch) =>
            Jo.Asks("REPORT", Jo.Path, "", "<p:people-query xmlns:p='urn:rvpserver:people'><p:match>kari</p:match></p:people-query>"),
        nameof(Refusal.NoSuchNode) => Jo.Asks("ACL", "/instmsg/aliases/Nobody"),
        nameof(Refusal.NoSuchHost) => Server.AskAsync($"ACL {Jo.Path} HTTP/1.1\r\nHost: im.contoso.com\r\n\r\n"),
        nameof(Refusal.NoSuchAddress) => AskedInTheWebClient("Nobody@adatum.com"),
        nameof(Refusal.InternalError) => InternalError(),
        // No host is called that, and no DNS server is at port 1.
        nameof(Refusal.NoSuchDomain) =>
            Jo.Asks("SUBSCRIBE", $"/instmsg/local/{new string('x', 64)}.com/instmsg/aliases/KariHensien", "Notification-Type: update/propchange\r\n"),
        nameof(Refusal.DnsUnavailable) => AskedInTheWebClient("KariHensien@contoso.com"),
        nameof(Refusal.MethodNotAllowed) => Jo.Asks("COPY", Jo.Path),
        nameof(Refusal.TooSlow) => TooSlow(),
        nameof(Refusal.DepthNotZero) => Jo.Asks("PROPFIND", Jo.Path, "Depth: 1\r\n", "<x/>"),
        nameof(Refusal.NoSuchSubscription) => Jo.Renews(2_000_000_000),
        nameof(Refusal.NoSuchView) =>
            Jo.Asks("PROPPATCH", Jo.Path, "",
                $"<d:propertyupdate {Ns}><d:set><d:prop><r:state><r:away/><r:view-id>1</r:view-id></r:state></d:prop></d:set></d:propertyupdate>"),
        nameof(Refusal.NotAvailable) => Jo.Says(Kari, "Hello"),
        nameof(Refusal.BodyTooLarge) => TooLarge(),
        nameof(Refusal.NotXml) => NotXml(),
        nameof(Refusal.NotAForm) => Server.AskAsync("POST /session HTTP/1.1\r\nHost: im.adatum.com\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}"),
        nameof(Refusal.NodeFull) => NodeFull(),
        nameof(Refusal.TooManyAttempts) => TooManyAttempts(),
        nameof(Refusal.NotImplemented) => Jo.Asks("OPTIONS", Jo.Path),
        nameof(Refusal.Busy) => Busy(),
        nameof(Refusal.Unavailable) => Unavailable(),
        nameof(Refusal.Loop) => Jo.Asks("NOTIFY", Kari.Path, "RVP-Hop-Count: 9\r\n", Jo.MessageTo(Kari, "")),
        nameof(Refusal.CredentialsNotSpecified) =>
            Jo.Asks("ACL", Jo.Path, "", $"<a:rvpacl {Ns}><a:acl><a:ace><a:principal><a:allprincipals/></a:principal><a:grant/></a:ace></a:acl></a:rvpacl>"),
        nameof(Refusal.PeerFailed) => Jo.Asks("SUBSCRIBE", "/instmsg/local/127.0.0.1/instmsg/aliases/KariHensien", "Notification-Type: update/propchange\r\n"),
        nameof(Refusal.ResolverFailed) =>
            Jo.Asks("SUBSCRIBE", "/instmsg/local/im.contoso.com/instmsg/aliases/KariHensien", "Notification-Type: update/propchange\r\n"),
        nameof(Refusal.RoutersDisagree) => RoutersDisagree(),
        nameof(Refusal.NotForWebhooks) => new HookOwner(Server, Jo).AsksAsync("PUT"),
        nameof(Refusal.NoSuchWebhook) => new HookOwner(Server, Jo).PostsAsync("/instmsg/hooks/none", "Hello"),
        nameof(Refusal.TooManyWebhooks) => TooManyWebhooks(),
        nameof(Refusal.TooManyMessages) => TooManyMessages(),
        _ => throw new ArgumentException($"Refusal.{refusal} is never provoked: add a request that does.", nameof(refusal)),
    };

    private async Task<RawAnswer> TooManyWebhooks()
    {
        var owner = new HookOwner(Server, Jo);
        for (var i = 0; i < StoredWebhooks.MaxPerAccount; i++) await owner.MakesAsync();
        return await owner.AsksAsync("POST", body: "{}");
    }

    private Task<RawAnswer> TooManyMessages()
    {
        var throttle = Server.Services.GetRequiredService<WebhookThrottle>();
        while (throttle.WaitAt(IPAddress.Loopback) is null)
        {
        }
        return new HookOwner(Server, Jo).PostsAsync("/instmsg/hooks/none", "Hello");
    }

    private async Task<RawAnswer> NotYou() =>
        await Server.AskAsync($"ACL {Jo.Path} HTTP/1.1\r\nHost: im.adatum.com\r\nRVP-From-Principal: {Kari.Url}\r\n{await Jo.Proof("ACL", Jo.Path)}\r\n");

    private async Task<RawAnswer> AskedInTheWebClient(string address)
    {
        var browser = new Browser(Server);
        await browser.SignsInAsync();
        return await browser.AsksAsync("GET", "/address?of=" + address);
    }

    private async Task<RawAnswer> NotXml() => await Server.AskAsync(
        $"NOTIFY {Jo.Path} HTTP/1.1\r\nHost: im.adatum.com\r\nContent-Type: application/json\r\n{await Jo.Proof("NOTIFY", Jo.Path)}Content-Length: 2\r\n"
            + $"\r\n{{}}");

    private async Task<RawAnswer> TooLarge() => await Server.AskAsync(
        $"NOTIFY {Jo.Path} HTTP/1.1\r\nHost: im.adatum.com\r\n{await Jo.Proof("NOTIFY", Jo.Path)}Content-Length: 10485760\r\n\r\n");

    // A body that stops coming: Kestrel waits five seconds for the next bytes.
    private async Task<RawAnswer> TooSlow()
    {
        await using var connection = await Begun();
        return await connection.ReadAnswerAsync(TimeSpan.FromSeconds(30));
    }

    private async Task<RawAnswer> NodeFull()
    {
        foreach (var group in (string[])["A", "B"])
        {
            var aces = Enumerable.Range(0, 600).Select(i =>
                $"<a:ace><a:principal><a:rvp-principal>http://im.contoso.com/instmsg/aliases/{group}{i}</a:rvp-principal>"
                    + "<a:credentials><a:any/></a:credentials></a:principal><a:grant><a:read/></a:grant></a:ace>");
            var answer = await Jo.Asks("ACL", Jo.Path, "", $"<a:rvpacl {Ns}><a:acl>{string.Concat(aces)}</a:acl></a:rvpacl>");
            if (group == "B") return answer;
            Assert.Equal(200, answer.Status);
        }
        throw new InvalidOperationException();
    }

    private async Task<RawAnswer> TooManyAttempts()
    {
        // Two rounds within what may be under way at once: each wrong password is answered late.
        for (var round = 0; round < 3; round++)
            await Task.WhenAll(Enumerable.Range(0, MaxOutstanding).Select(_ => WrongPassword()));
        return await WrongPassword();
    }

    private async Task<RawAnswer> WrongPassword()
    {
        var digest = new DigestClient("JoBrown", "Wrong-Word-1");
        var challenge = await Server.AskAsync($"ACL {Jo.Path} HTTP/1.1\r\nHost: im.adatum.com\r\n\r\n");
        digest.Take(challenge["WWW-Authenticate"]!);
        return await Server.AskAsync($"ACL {Jo.Path} HTTP/1.1\r\nHost: im.adatum.com\r\n{digest.HeaderFor("ACL", Jo.Path)}\r\n");
    }

    // Work that has every place, as requests do in their nodes' turns.
    private async Task<RawAnswer> Busy()
    {
        var places = Server.Services.GetRequiredService<RequestPlaces>();
        List<RequestPlaces.Place> taken = [];
        // Each of another sender: nobody alone may have all.
        while (places.TryTake(new Sharer(taken.Count), IPAddress.Loopback, Urgency.Renewal, "im.adatum.com") is { } place) taken.Add(place);
        var answer = await Jo.Asks("ACL", Jo.Path);
        foreach (var place in taken) place.Dispose();
        return answer;
    }

    private async Task<RawAnswer> RoutersDisagree()
    {
        await Server.AddAccountAsync(new TestAccount("Away@adatum.com", "Away", Home: "imhomeserver9.adatum.com"));
        return await Server.AskAsync("ACL /instmsg/aliases/Away HTTP/1.1\r\nHost: im.adatum.com\r\nVia: 1.1 im.adatum.com\r\n\r\n");
    }

    private static async Task<RawAnswer> InternalError()
    {
        await using var server = await TestServer.StartAsync(replace: services => services.AddSingleton<INodes, BrokenNodes>());
        await using var jo = server.Person("JoBrown");
        return await jo.Asks("ACL", jo.Path);
    }

    private async Task<RawAnswer> Unavailable()
    {
        await ((IAsyncDisposable)Server.Services.GetRequiredService<IStore>()).DisposeAsync();
        return await Jo.SignsIn();
    }

    private async Task<RawConnection> Begun()
    {
        var connection = await Server.ConnectAsync();
        await connection.SendAsync($"NOTIFY {Jo.Path} HTTP/1.1\r\nHost: im.adatum.com\r\n{await Jo.Proof("NOTIFY", Jo.Path)}Content-Length: 1000\r\n\r\n<r:");
        return connection;
    }

    /// <summary>A bug of ours behind the interface.</summary>
    private sealed class BrokenNodes : INodes
    {
        public ValueTask<NodeReply> AskAsync(RvpUrl node, NodeOwner owner, Request request, Caller caller, CancellationToken stop) =>
            throw new InvalidOperationException("a bug");

        public Task<bool> TellWatchersAsync(RvpUrl node, IReadOnlyDictionary<int, int>? watches, CancellationToken stop) => Task.FromResult(false);

        public void Receive(RvpUrl node, IReadOnlyList<Notification> news) => throw new InvalidOperationException("a bug");
    }
}
