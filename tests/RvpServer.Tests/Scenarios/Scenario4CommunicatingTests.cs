using RvpServer.Tests.Verbs;

namespace RvpServer.Tests.Scenarios;

/// <summary>Scenario 4: Users Communicate Using Instant Messaging. [white paper]</summary>
public sealed class Scenario4CommunicatingTests : HomeServerTest
{
    private const string Control = "text/x-msmsgscontrol; charset=UTF-8";

    [Fact]
    public async Task Jo_writes_and_Kari_answers()
    {
        await Jo.SignsIn();
        await Jo.SetsState("online");
        await Kari.SignsIn();
        await Kari.SetsState("online");

        // Steps 2 and 3: to the private URL, a control message opens the session.
        Jo.Prefix = "/instmsg/local/im.adatum.com";
        Assert.Equal("HTTP/1.1 200 Successful", (await Jo.Says(Kari, "", Control)).StatusLine);
        await Kari.Hears(Jo, "", Control);

        // Step 6: Jo is typing, more than once.
        var typing = Control + "\r\nTypingUser: JoBrown@adatum.com";
        Assert.Equal(200, (await Jo.Says(Kari, "", typing)).Status);
        Assert.Equal(200, (await Jo.Says(Kari, "", typing)).Status);
        await Kari.Hears(Jo, "", typing);
        await Kari.Hears(Jo, "", typing);

        // Step 7: the text.
        Assert.Equal("HTTP/1.1 200 Successful", (await Jo.Says(Kari, "Let's have lunch")).StatusLine);
        var heard = await Kari.Hears(Jo, "Let's have lunch");
        Assert.Equal("NOTIFY / HTTP/1.1", heard.RequestLine);
        Assert.Equal("2", heard["RVP-Hop-Count"]);

        Assert.Equal(200, (await Kari.Says(Jo, "At twelve")).Status);
        await Jo.Hears(Kari, "At twelve");
    }

    [Fact]
    public async Task Kari_is_not_signed_in()
    {
        await Jo.SignsIn();

        var answer = await Jo.Says(Kari, "Let's have lunch");

        Assert.Equal("HTTP/1.1 412 Precondition Failed", answer.StatusLine);
    }
}
