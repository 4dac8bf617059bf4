using Rvp.Protocol;
using RvpServer.Requests;

namespace RvpServer.Tests.Verbs;

/// <summary>Who may use which verb on Kari's node: nobody, someone else, the owner. A verb without a row fails.</summary>
public sealed class AccessTests : HomeServerTest
{
    private static readonly (string Form, string Verb, string Headers, string Body, int Nobody, int Other, int Owner)[] Table =
    [
        ("sign-in", "SUBSCRIBE", "Notification-Type: pragma/notify\r\n", "", 401, 403, 200),
        ("watch", "SUBSCRIBE", "Notification-Type: update/propchange\r\n", "", 401, 207, 207),
        ("renewal", "SUBSCRIBE", "Subscription-Id: {id}\r\n", "", 401, 412, 200),
        ("sign-out", "UNSUBSCRIBE", "Subscription-Id: {id}\r\n", "", 401, 412, 200),
        ("watchers", "SUBSCRIPTIONS", "Notification-Type: update/propchange\r\n", "", 401, 403, 200),
        ("sign-ins", "SUBSCRIPTIONS", "Notification-Type: pragma/notify\r\n", "", 401, 403, 200),
        ("message", "NOTIFY", "", "{message}", 401, 200, 200),
        ("look", "PROPFIND", "", $"<d:propfind {Ns}><d:allprop/></d:propfind>", 401, 207, 207),
        ("state", "PROPPATCH", "", $"<d:propertyupdate {Ns}><d:set><d:prop><r:state><r:away/></r:state></d:prop></d:set></d:propertyupdate>", 401, 403, 207),
        ("poll", "POLL", "Subscription-Id: {id}\r\n", "", 401, 403, 204),
        ("read list", "ACL", "", "", 401, 403, 200),
        ("write list", "ACL", "", $"<a:rvpacl {Ns}><a:acl/></a:rvpacl>", 401, 403, 200),
        ("search people", "REPORT", "", "<p:people-query xmlns:p='urn:rvpserver:people'><p:match>kari</p:match></p:people-query>", 401, 403, 200),
        ("read history", "REPORT", "", "<h:history-query xmlns:h='urn:rvpserver:history'/>", 401, 403, 200),
        ("list conversations", "REPORT", "", "<h:conversations-query xmlns:h='urn:rvpserver:history'/>", 401, 403, 200),
        ("delete history", "POST", "", "<h:forget xmlns:h='urn:rvpserver:history'/>", 401, 403, 200),
    ];

    private protected override IReadOnlyDictionary<string, string?> Settings =>
        new Dictionary<string, string?> { ["Messages:Offline"] = "true", ["Messages:Archive"] = "true" };

    public static TheoryData<string> Forms => [.. Table.Select(row => row.Form)];

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Who_may(string form)
    {
        var (_, verb, headers, body, nobody, other, owner) = Array.Find(Table, row => row.Form == form);
        await Kari.SignsInToPoll();
        headers = headers.Replace("{id}", $"{Kari.SignIn}", StringComparison.Ordinal);
        if (verb == "PROPFIND") headers += "Depth: 0\r\n";

        string BodyOf(Rvp.Testing.Person sender) => body.Replace("{message}", sender.MessageTo(Kari, "Hello"), StringComparison.Ordinal);
        Task<Rvp.Testing.RawAnswer> Unproven(string principal) => Server.AskAsync(
            $"{verb} {Kari.Path} HTTP/1.1\r\nHost: im.adatum.com\r\n{principal}{headers}Content-Type: text/xml\r\nContent-Length: {BodyOf(Kari).Length}\r\n"
                + $"\r\n{BodyOf(Kari)}");

        Assert.Equal(nobody, (await Unproven("")).Status);
        // A local account's assertion never counts.
        Assert.Equal(nobody, (await Unproven($"RVP-From-Principal: {Kari.Url}\r\n")).Status);
        Assert.Equal(other, (await Jo.Asks(verb, Kari.Path, headers, BodyOf(Jo))).Status);
        Assert.Equal(owner, (await Kari.Asks(verb, Kari.Path, headers, BodyOf(Kari))).Status);
    }

    [Fact]
    public void Every_verb_has_its_row()
    {
        Assert.Equal(VerbTable.Verbs.Select(verb => verb.Name).Order(), Table.Select(row => row.Verb).Distinct().Order());
        Assert.Equal(VerbTable.Verbs.Select(verb => verb.Name).Order(), RvpVerbs.All.Order());
    }
}
