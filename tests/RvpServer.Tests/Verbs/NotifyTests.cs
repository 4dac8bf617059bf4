using System.Globalization;
using System.Text;
using Rvp.Testing;

namespace RvpServer.Tests.Verbs;

/// <summary>NOTIFY.</summary>
public sealed class NotifyTests : HomeServerTest
{
    private protected override IReadOnlyDictionary<string, string?> Settings =>
        new Dictionary<string, string?> { ["Delivery:Attempts"] = "1", ["Delivery:CallbackTimeout"] = "00:00:01" };

    [Theory]
    [InlineData("im.adatum.com", "/instmsg/aliases/KariHensien")]
    [InlineData("imhomeserver1.adatum.com", "/instmsg/local/im.adatum.com/instmsg/aliases/KariHensien")]
    [InlineData("imhomeserver1.adatum.com", "/instmsg/aliases/local/im.adatum.com/instmsg/aliases/KariHensien")]
    [InlineData("imhomeserver1.adatum.com", "/instmsg/local/im.adatum.com/instmsg/KariHensien")]
    public async Task A_message_is_passed_on_byte_for_byte_with_exact_headers(string host, string target)
    {
        await Kari.SignsIn();
        Jo.Host = host;
        // Double-encoded UTF-8, an emoji, white space in text and tags, and CDATA: nothing may be touched. [client]
        var body = Jo.MessageTo(Kari, "Ã¼ 😀  \t<b>&amp;</b>\r\n\n end ").Replace("<r:message>", "<r:message  >", StringComparison.Ordinal);

        var answer = await Jo.Asks("NOTIFY", target, "RVP-Ack-Type: DeepOr\r\nRVP-Hop-Count: 1\r\n", body);

        AssertAnswer(Empty("200 Successful"), answer);
        var heard = await Kari.Callback.NextAsync();
        Assert.Equal(body, heard.Body);
        Assert.Equal(
            $"NOTIFY / HTTP/1.1\r\nHost: 127.0.0.1:{Kari.Callback.Port}\r\nRVP-Notifications-Version: 0.2\r\nRVP-From-Principal: {Jo.Url}\r\n"
                + "RVP-Hop-Count: 2\r\n"
                + $"Subscription-Id: {Kari.SignIn}\r\nRVP-Ack-Type: DeepOr\r\nContent-Type: text/xml\r\n"
                + $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n", heard.Head);
    }

    // [client: pidgin-librvp]: white space is taken for the first element, and crashes it.
    [Fact]
    public async Task White_space_between_elements_is_taken_out_for_callbacks_and_for_polling()
    {
        await Kari.SignsIn();
        var tablet = Comes("KariHensien");
        await tablet.SignsInToPoll();
        var compact = Jo.MessageTo(Kari, " <b> </b>\r\n\n");

        var answer = await Jo.Asks("NOTIFY", Kari.Path, "RVP-Ack-Type: DeepOr\r\nRVP-Hop-Count: 1\r\n", Airy(compact));

        AssertAnswer(Empty("200 Successful"), answer);
        var heard = await Kari.Callback.NextAsync();
        Assert.Equal(compact, heard.Body);
        Assert.Equal(Encoding.UTF8.GetByteCount(compact).ToString(CultureInfo.InvariantCulture), heard["Content-Length"]);
        var polled = await tablet.Polls();
        Assert.Contains(compact[compact.IndexOf("<r:notification ", StringComparison.Ordinal)..], polled.Body, StringComparison.Ordinal);
    }

    // [client]: bare LF, and a body in pieces.
    [Fact]
    public async Task A_message_with_bare_line_feeds_is_understood()
    {
        await Kari.SignsIn();
        var body = Jo.MessageTo(Kari, "Hi").ReplaceLineEndings("\n");
        await using var connection = await Server.ConnectAsync();

        await connection.SendAsync(
            $"NOTIFY {Kari.Path} HTTP/1.1\nHost: im.adatum.com\nRVP-From-Principal: {Jo.Url}\n{(await Jo.Proof("NOTIFY", Kari.Path)).TrimEnd()}\n"
                + $"Content-Type: text/xml\nContent-Length: {body.Length}\n\n{body[..40]}");
        await connection.SendAsync(body[40..]);

        AssertAnswer(Empty("200 Successful"), await connection.ReadAnswerAsync());
        Assert.Equal(body, (await Kari.Callback.NextAsync()).Body);
    }

    [Theory]
    [InlineData("SingleHop", "hangs", 200)]
    [InlineData("SingleHop", "dead", 200)]
    [InlineData("DeepOr", "takes", 200)]
    [InlineData("DeepOr", "refuses takes", 200)]
    [InlineData("DeepOr", "dead takes", 200)]
    [InlineData("DeepOr", "hangs takes", 200)]
    [InlineData("DeepOr", "refuses", 500)]
    [InlineData("DeepOr", "dead refuses", 500)]
    [InlineData("DeepOr", "hangs", 412)]
    [InlineData("DeepOr", "dead", 412)]
    [InlineData("DeepAnd", "takes takes", 200)]
    [InlineData("DeepAnd", "takes refuses", 500)]
    [InlineData("DeepAnd", "takes hangs", 412)]
    [InlineData("DeepAnd", "takes dead", 412)]
    [InlineData("", "refuses takes", 200)]
    [InlineData("", "challenges", 412)]
    public async Task The_answer_is_what_the_ack_type_asks_for(string ackType, string callbacks, int status)
    {
        foreach (var kind in callbacks.Split(' ')) await SignsInAtOneMorePlace(kind);

        var answer = await Jo.Says(Kari, "Hello", ackType: ackType);

        var expected = status switch
        {
            200 => Empty("200 Successful"),
            500 => Refused("500 Refused By Recipient", "The recipient's client refused the message."),
            _ => Refused("412 Precondition Failed", "The recipient is not available."),
        };
        AssertAnswer(expected, answer);
    }

    [Fact]
    public async Task A_dead_callback_ends_its_view_and_watchers_see_offline()
    {
        await Jo.SignsIn();
        await Kari.SignsIn();
        await Kari.SetsState("online");
        await Jo.Watches(Kari);

        await Kari.Callback.DisposeAsync();
        await Jo.Says(Kari, "Hello");

        await Jo.Sees(Kari, "offline");
        Assert.DoesNotContain("<r:subscription>", (await Kari.ListsSignIns()).Body, StringComparison.Ordinal);
    }

    // [client]: one answers 500 to every property change.
    [Fact]
    public async Task A_client_that_answers_500_to_property_changes_stays()
    {
        Jo.Callback.Reply = CallbackReply.Status(500, "Internal Server Error");
        await Jo.SignsIn();
        await Jo.SetsState("online");
        await Jo.Watches(Kari);

        foreach (var state in (string[])["online", "busy", "away", "online"])
        {
            await Kari.SetsState(state);
            await Jo.Sees(Kari, state);
        }

        Assert.Equal("online", StateIn(await Kari.LooksUp(Jo)));
        Assert.Equal(4, Jo.Callback.All.Count);
    }

    [Fact]
    public async Task A_notify_that_was_written_but_not_answered_is_never_sent_again()
    {
        Kari.Callback.Reply = CallbackReply.Silent;
        await Kari.SignsIn();

        Assert.Equal(412, (await Jo.Says(Kari, "Hello")).Status);
        Kari.Callback.Reply = CallbackReply.Successful;
        Assert.Equal(200, (await Jo.Says(Kari, "Again")).Status);

        await Kari.Hears(Jo, "Hello");
        await Kari.Hears(Jo, "Again");
        Assert.Equal(2, Kari.Callback.All.Count);
    }

    // [client]: some answer no callback while their own request is under way.
    [Fact]
    public async Task No_answer_waits_for_ones_own_callback()
    {
        Kari.Callback.Reply = CallbackReply.Silent;
        await Kari.SignsIn();
        await Kari.Watches(Kari);

        Assert.Equal(207, (await Kari.SetsState("online")).Status);
        Assert.Equal(200, (await Kari.Says(Kari, "Note to myself")).Status);
    }

    [Fact]
    public async Task Who_is_not_signed_in_is_not_available() =>
        AssertAnswer(Refused("412 Precondition Failed", "The recipient is not available."), await Jo.Says(Kari, "Hello", ackType: "SingleHop"));

    [Fact]
    public async Task A_message_in_anothers_name_is_refused()
    {
        await Kari.SignsIn();

        AssertAnswer(
            Refused("403 Forbidden", "notification-from names someone other than the sender."),
            await Jo.Asks("NOTIFY", Kari.Path, "", Kari.MessageTo(Kari, "I am Kari")));
        await Kari.HearsNothing();
    }

    [Theory]
    [InlineData("r:notification-from")]
    [InlineData("r:notification-to")]
    [InlineData("Session-Id")]
    [InlineData("r:mime-data")]
    public async Task What_receivers_need_must_be_there(string needed)
    {
        await Kari.SignsIn();

        var answer = await Jo.Asks("NOTIFY", Kari.Path, "", Jo.MessageTo(Kari, "Hi").Replace(needed, "r:other", StringComparison.Ordinal));

        Assert.Equal(400, answer.Status);
        await Kari.HearsNothing();
    }

    private async Task SignsInAtOneMorePlace(string kind)
    {
        var place = Comes("KariHensien");
        await place.SignsIn();
        place.Callback.Reply = kind switch
        {
            "refuses" => CallbackReply.Status(500, "Internal Server Error"),
            "challenges" => CallbackReply.Status(401, "Unauthorized"),
            "hangs" => CallbackReply.Silent,
            _ => CallbackReply.Successful,
        };
        if (kind == "dead") await place.Callback.DisposeAsync();
    }

    // Between all tags of a document that has none; the prolog and the end count too.
    private static string Airy(string compact) =>
        compact.Replace("><r:", ">\r\n  <r:", StringComparison.Ordinal).Replace("><d:", "> \t<d:", StringComparison.Ordinal)
        .Replace("></r:", ">\n</r:", StringComparison.Ordinal).Replace("]]>\n", "]]>", StringComparison.Ordinal) + "\r\n";
}
