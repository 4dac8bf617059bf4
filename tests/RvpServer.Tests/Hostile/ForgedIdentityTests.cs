using Rvp.Testing;
using RvpServer.Tests.Verbs;

namespace RvpServer.Tests.Hostile;

/// <summary>Texts that this server and another reader would take for two different people.</summary>
public sealed class ForgedIdentityTests : HomeServerTest
{
    private const string Stranger = "http://127.0.0.1/instmsg/aliases/KariHensien";

    private protected override IReadOnlyDictionary<string, string?> Settings =>
        new Dictionary<string, string?> { ["Federation:Trusted:0"] = "127.0.0.0/8" };

    // The first host and the last segment, which other readers take, are somebody else's.
    [Theory]
    [InlineData("http://im.adatum.com/instmsg/local/127.0.0.1/instmsg/aliases/KariHensien")]
    [InlineData("http://im.adatum.com/instmsg/aliases/local/127.0.0.1/instmsg/aliases/KariHensien")]
    [InlineData("http://127.0.0.1/instmsg/aliases/KariHensien?/instmsg/aliases/Boss")]
    [InlineData("http://127.0.0.1/instmsg/aliases/KariHensien#/Boss")]
    [InlineData("http://127.0.0.1/instmsg/aliases/KariHensien/")]
    [InlineData(" http://127.0.0.1/instmsg/aliases/KariHensien")]
    [InlineData("http://127.0.0.1/instmsg/aliases/%4BariHensien")]
    [InlineData("http://127.0.0.1:/instmsg/aliases/KariHensien")]
    [InlineData("HTTP://127.0.0.1/instmsg/aliases/KariHensien")]
    [InlineData("127.0.0.1")]
    public async Task A_sender_in_another_form_is_refused(string from)
    {
        await Jo.SignsIn();

        var answer = await Sends(Stranger, from);

        Assert.Equal(400, answer.Status);
        Assert.Equal("The d:href of a contact must be http://HOST[:PORT]/instmsg/aliases/NAME and nothing else.\n", answer.Body);
        await Jo.HearsNothing();
        Assert.Equal(200, (await Sends(Stranger, Stranger)).Status);
    }

    [Theory]
    [InlineData("http://127.0.0.1/instmsg/aliases/KariHensien/")]
    [InlineData("http://im.adatum.com/instmsg/local/127.0.0.1/instmsg/aliases/KariHensien")]
    [InlineData("http://127.0.0.1/instmsg/aliases/KariHensien?x")]
    [InlineData("http://127.0.0.1/instmsg/aliases/%4BariHensien")]
    [InlineData("HTTP://127.0.0.1/instmsg/aliases/KariHensien")]
    public async Task A_principal_in_another_form_is_refused_whoever_asks(string principal)
    {
        await Jo.SignsIn();

        Assert.Equal(400, (await Sends(principal, Stranger)).Status);
        var entry = $"<a:rvpacl {Ns}><a:acl><a:ace><a:principal><a:rvp-principal>{principal}</a:rvp-principal><a:credentials><a:any/></a:credentials>"
            + "</a:principal><a:grant><a:read/></a:grant></a:ace></a:acl></a:rvpacl>";
        Assert.Equal(400, (await Jo.Asks("ACL", Jo.Path, "", entry)).Status);
        var watch = await Jo.Asks("SUBSCRIBE", Kari.Path, $"Notification-Type: update/propchange\r\nCall-Back: {principal}\r\n");
        Assert.Equal(400, watch.Status);
        await Jo.HearsNothing();
    }

    // [client: pidgin-librvp]: answers nothing to any other type, and a callback that answers nothing is given up.
    [Theory]
    [InlineData("Text/XML; charset=UTF-16")]
    [InlineData("application/xml")]
    public async Task The_type_of_what_is_passed_on_is_not_the_senders(string type)
    {
        await Jo.SignsIn();

        var body = Kari.MessageTo(Jo, "Hello").Replace(Kari.Url, Stranger, StringComparison.Ordinal);
        Assert.Equal(200, (await Sends(Stranger, body, type)).Status);

        Assert.Equal("text/xml", (await Jo.Callback.NextAsync())["Content-Type"]);
    }

    [Fact]
    public async Task A_state_that_somebody_tells_of_himself_reaches_only_who_watches_him()
    {
        await Jo.SignsIn();
        var change = $"<r:notification {Ns}><r:propnotification><r:notification-from><r:contact><d:href>{Kari.Url}</d:href></r:contact></r:notification-from>"
            + "<d:propertyupdate><d:set><d:prop><r:state><r:busy/></r:state></d:prop></d:set></d:propertyupdate></r:propnotification></r:notification>";

        Assert.Equal(200, (await Kari.Asks("NOTIFY", Jo.Path, "", change)).Status);
        await Jo.HearsNothing();

        await Jo.Watches(Kari);
        Assert.Equal(200, (await Kari.Asks("NOTIFY", Jo.Path, "", change)).Status);
        await Jo.Sees(Kari, "busy");
    }

    [Fact]
    public async Task A_watch_in_an_odd_spelling_is_told_in_the_one_form()
    {
        await Jo.SignsIn();

        Assert.Equal(207, (await Jo.Asks("SUBSCRIBE", "/instmsg/aliases/%4bariHensien/", "Notification-Type: update/propchange\r\n")).Status);
        await Kari.SetsState("busy");

        await Jo.Sees(Kari, "busy");
    }

    private Task<RawAnswer> Sends(string principal, string from) =>
        Sends(principal, Kari.MessageTo(Jo, "forged").Replace(Kari.Url, from, StringComparison.Ordinal), "text/xml");

    private Task<RawAnswer> Sends(string principal, string body, string type) => Server.AskAsync(
        $"NOTIFY {Jo.Path} HTTP/1.1\r\nHost: im.adatum.com\r\nRVP-From-Principal: {principal}\r\nContent-Type: {type}\r\n"
            + $"Content-Length: {body.Length}\r\n\r\n{body}");
}
