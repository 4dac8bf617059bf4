using System.Globalization;

namespace RvpServer.Tests.Verbs;

/// <summary>SUBSCRIBE pragma/notify.</summary>
public sealed class SignInTests : HomeServerTest
{
    [Theory]
    [InlineData("im.adatum.com", "/instmsg/aliases/JoBrown")]
    [InlineData("im.adatum.com:80", "/instmsg/aliases/jobrown")]
    [InlineData("imhomeserver1.adatum.com", "/instmsg/local/im.adatum.com/instmsg/aliases/JoBrown")]
    [InlineData("imhomeserver1.adatum.com", "/instmsg/aliases/local/im.adatum.com/instmsg/aliases/JoBrown")]
    [InlineData("imhomeserver1.adatum.com", "/instmsg/local/im.adatum.com/instmsg/JoBrown")]
    [InlineData("im.adatum.com", "/instmsg/aliases/JoBrown/")]
    [InlineData("im.adatum.com", "/instmsg/aliases/%4aoBrown")]
    public async Task A_sign_in_is_granted_with_id_and_lifetime_and_no_body(string host, string target)
    {
        Jo.Host = host;

        var answer = await Jo.Asks("SUBSCRIBE", target,
            $"Notification-Type: pragma/notify\r\nCall-Back: {Jo.Callback.Url}\r\nSubscription-Lifetime: 14400\r\n");

        Assert.Matches("^[1-9][0-9]*$", answer["Subscription-Id"]);
        AssertAnswer(Empty("200 Successful", $"Subscription-Id: {answer["Subscription-Id"]}\r\nSubscription-Lifetime: 14400\r\n"), answer);
    }

    [Fact]
    public async Task Without_proof_there_is_a_challenge_for_each_scheme()
    {
        var answer = await Server.AskAsync(
            "SUBSCRIBE /instmsg/aliases/JoBrown HTTP/1.1\r\nHost: im.adatum.com\r\nNotification-Type: pragma/notify\r\nCall-Back: http://127.0.0.1:1051\r\n"
            + "RVP-From-Principal: http://im.adatum.com/instmsg/aliases/JoBrown\r\nRVP-Notifications-Version: 0.2\r\n\r\n");

        const string line = "Prove who you are with one of the offered schemes.\n";
        var digest = answer.All("WWW-Authenticate")[0];
        Assert.Matches("^Digest realm=\"im\\.adatum\\.com\", qop=\"auth\", algorithm=MD5, nonce=\"[^\"]+\", stale=false$", digest);
        AssertAnswer(
            $"HTTP/1.1 401 Unauthorized\r\nContent-Length: {line.Length}\r\nContent-Type: text/plain; charset=utf-8\r\n"
            + $"WWW-Authenticate: {digest}\r\nWWW-Authenticate: NTLM\r\nRVP-Notifications-Version: 0.2\r\n\r\n{line}", answer);
    }

    [Theory]
    [InlineData("0.2", "0.2")]
    [InlineData("1.0", "1.0")]
    [InlineData(null, "0.2")]
    [InlineData("<script>", "0.2")]
    public async Task The_version_asked_with_is_the_version_answered_with(string? asked, string answered)
    {
        var proof = await Jo.Proof("SUBSCRIBE", Jo.Path);

        var answer = await Server.AskAsync(
            $"SUBSCRIBE {Jo.Path} HTTP/1.1\r\nHost: im.adatum.com\r\nNotification-Type: pragma/notify\r\nCall-Back: {Jo.Callback.Url}\r\n"
            + (asked is null ? "" : $"RVP-Notifications-Version: {asked}\r\n") + $"RVP-From-Principal: {Jo.Url}\r\n{proof}Content-Length: 0\r\n\r\n");

        AssertAnswer(Empty("200 Successful", $"Subscription-Id: {answer["Subscription-Id"]}\r\nSubscription-Lifetime: 14400\r\n", answered), answer);
    }

    // [client]: old clients end lines with a bare LF and send no Content-Length.
    [Theory]
    [InlineData("HTTP/1.1", "\r\n", "Content-Length: 0\r\n", "")]
    [InlineData("HTTP/1.1", "\n", "", "")]
    [InlineData("HTTP/1.0", "\r\n", "", "Connection: close\r\n")]
    [InlineData("HTTP/1.0", "\n", "Connection: Keep-Alive\n", "Connection: keep-alive\r\n")]
    [InlineData("HTTP/1.1", "\r\n", "Connection: close\r\n", "Connection: close\r\n")]
    public async Task Old_ways_of_writing_http_are_understood(string version, string lineEnd, string headers, string connectionAnswered)
    {
        var proof = (await Jo.Proof("SUBSCRIBE", Jo.Path)).TrimEnd();
        string[] lines =
        [
            $"SUBSCRIBE {Jo.Path} {version}", "Host: im.adatum.com", "Notification-Type: pragma/notify", $"Call-Back: {Jo.Callback.Url}",
            $"RVP-From-Principal: {Jo.Url}", proof,
        ];
        await using var connection = await Server.ConnectAsync();

        var answer = await connection.AskAsync(string.Join(lineEnd, lines) + lineEnd + headers + lineEnd);

        Assert.Equal(
            $"HTTP/1.1 200 Successful\r\nContent-Length: 0\r\n{connectionAnswered}Subscription-Id: {answer["Subscription-Id"]}\r\n"
                + "Subscription-Lifetime: 14400\r\nRVP-Notifications-Version: 0.2\r\n\r\n",
            WithoutDate(answer));
        if (connectionAnswered.Contains("close", StringComparison.Ordinal)) Assert.Equal("", await connection.ReadToEndAsync());
        else
        {
            Assert.Equal(200, (await connection.AskAsync(
                string.Join("\r\n", lines[..^1]) + "\r\n" + await Jo.Proof("SUBSCRIBE", Jo.Path) + "Connection: close\r\n\r\n")).Status);
        }
    }

    [Fact]
    public async Task Anothers_node_cannot_be_signed_in_to()
    {
        var answer = await Jo.Asks("SUBSCRIBE", Kari.Path, $"Notification-Type: pragma/notify\r\nCall-Back: {Jo.Callback.Url}\r\n");

        AssertAnswer(Refused("403 Forbidden", "The access list of this node does not allow this."), answer);
        Assert.DoesNotContain("<r:subscription>", (await Kari.ListsSignIns()).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 14400)]
    [InlineData("Subscription-Lifetime: 0\r\n", 14400)]
    [InlineData("Subscription-Lifetime: 14000\r\n", 14000)]
    [InlineData("Subscription-Lifetime: 60\r\n", 1800)]
    [InlineData("Subscription-Lifetime: 99999999999999999999\r\n", 14400)]
    public async Task The_lifetime_is_bounded_and_never_permanent(string lifetime, int granted)
    {
        var answer = await Jo.Asks("SUBSCRIBE", Jo.Path, $"Notification-Type: pragma/notify\r\nCall-Back: {Jo.Callback.Url}\r\n{lifetime}");

        Assert.Equal(granted.ToString(CultureInfo.InvariantCulture), answer["Subscription-Lifetime"]);
    }

    [Fact]
    public async Task Every_place_signed_in_at_has_its_own_id_and_gets_every_message_once()
    {
        var laptop = Comes("KariHensien");
        await Kari.SignsIn();
        await Kari.SignsIn();
        await laptop.SignsIn();
        await Jo.SignsIn();

        Assert.Equal(200, (await Jo.Says(Kari, "Where are you?", ackType: "DeepAnd")).Status);

        var atDesk = await Kari.Hears(Jo, "Where are you?");
        var atLaptop = await laptop.Hears(Jo, "Where are you?");
        Assert.Equal(Kari.SignIn.ToString(CultureInfo.InvariantCulture), atDesk["Subscription-Id"]);
        Assert.Equal(laptop.SignIn.ToString(CultureInfo.InvariantCulture), atLaptop["Subscription-Id"]);
        await Kari.HearsNothing();
    }

    [Fact]
    public async Task A_sign_in_over_one_connection_goes_on_over_it()
    {
        await using var connection = await Server.ConnectAsync();
        for (var i = 0; i < 3; i++)
        {
            var answer = await connection.AskAsync(
                $"SUBSCRIBE {Jo.Path} HTTP/1.1\r\nHost: im.adatum.com\r\nNotification-Type: pragma/notify\r\nCall-Back: {Jo.Callback.Url}\r\n"
                    + $"RVP-From-Principal: {Jo.Url}\r\n{await Jo.Proof("SUBSCRIBE", Jo.Path)}\r\n");

            Assert.Equal(200, answer.Status);
            Assert.Null(answer["Transfer-Encoding"]);
        }
    }
}
