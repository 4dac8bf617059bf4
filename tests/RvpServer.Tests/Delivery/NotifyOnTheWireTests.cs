using System.Globalization;
using Rvp.Engine;
using Rvp.Testing;

namespace RvpServer.Tests.Delivery;

/// <summary>What callbacks see of us, and which of their answers we understand.</summary>
public sealed class NotifyOnTheWireTests
{
    [Fact]
    public async Task A_notify_is_exactly_these_bytes()
    {
        await using var test = new CallbackLanes();
        await using var kari = CallbackListener.Start();

        await CallbackLanes.Result(test.Message(kari, "<?xml version=\"1.0\"?><r:notification>Grüße\r\n</r:notification>"));
        var notify = await kari.NextAsync();

        var port = kari.Port.ToString(CultureInfo.InvariantCulture);
        Assert.Equal(
            "NOTIFY / HTTP/1.1\r\n" +
            "Host: 127.0.0.1:" + port + "\r\n" +
            "RVP-Notifications-Version: 0.2\r\n" +
            "RVP-From-Principal: http://im.adatum.com/instmsg/aliases/JoBrown\r\n" +
            "RVP-Hop-Count: 3\r\n" +
            "Subscription-Id: 456\r\n" +
            "RVP-Ack-Type: DeepOr\r\n" +
            "Content-Type: text/xml\r\n" +
            "Content-Length: 63\r\n" +
            "\r\n" +
            "<?xml version=\"1.0\"?><r:notification>Grüße\r\n</r:notification>",
            notify.ToString());
    }

    [Theory]
    [InlineData("", "/")]
    [InlineData("/", "/")]
    [InlineData("/rvp", "/rvp")]
    [InlineData("/A/../b%41%2f//c?x=1", "/A/../b%41%2f//c?x=1")]
    [InlineData("/with space", "/with%20space")]
    [InlineData("?x=1", "/?x=1")]
    public async Task The_request_target_is_the_path_as_the_client_wrote_it(string written, string target)
    {
        await using var test = new CallbackLanes();
        await using var kari = CallbackListener.Start();

        await CallbackLanes.Result(test.Message(new Uri(kari.Url.OriginalString + written), "x"));

        Assert.Equal("NOTIFY " + target + " HTTP/1.1", (await kari.NextAsync()).RequestLine);
    }

    [Fact]
    public async Task Header_values_leave_as_they_came_and_cannot_break_out()
    {
        await using var test = new CallbackLanes();
        await using var kari = CallbackListener.Start();
        var plain = CallbackLanes.Notification(kari.Url, "x", isPropertyChange: false);

        await CallbackLanes.Result(test.Send(plain with { From = "http://im.adatum.com/instmsg/aliases/Jö" }));
        await CallbackLanes.Result(test.Send(plain with { From = "im.adatum.com\r\nX-Evil: 1" }));
        var spelt = await kari.NextAsync();
        var evil = await kari.NextAsync();

        // The head is shown as Latin-1: these are the UTF-8 bytes of ö.
        Assert.Equal("http://im.adatum.com/instmsg/aliases/JÃ¶", spelt["RVP-From-Principal"]);
        Assert.Contains("RVP-From-Principal: im.adatum.com  X-Evil: 1\r\n", evil.Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_large_body_and_an_empty_one_carry_their_length()
    {
        await using var test = new CallbackLanes();
        await using var kari = CallbackListener.Start();
        var large = new string('x', 300_000);

        await CallbackLanes.Result(test.Message(kari, large));
        await CallbackLanes.Result(test.Message(kari, ""));
        var first = await kari.NextAsync();
        var second = await kari.NextAsync();

        Assert.Equal("300000", first["Content-Length"]);
        Assert.Equal(large, first.Body);
        Assert.Equal("0", second["Content-Length"]);
        Assert.Null(second["Transfer-Encoding"]);
    }

    public static TheoryData<string, int> Answers => new()
    {
        { "HTTP/1.1 200 Successful\r\nRVP-Notifications-Version: 0.2\r\n\r\n", 200 },
        { "HTTP/1.1 200 Successful\nRVP-Notifications-Version: 0.2\n\n", 200 },
        { "HTTP/1.1 200 OK\r\n\r\n", 200 },
        { "HTTP/1.1 200 \r\n\r\n", 200 },
        { "HTTP/1.0 200 OK\r\n\r\n", 200 },
        { "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200 },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", 200 },
        { "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshorter", 200 },
        { "HTTP/1.1 204 No Content\r\n\r\n", 200 },
        { "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", 200 },
        { "HTTP/1.1 302 Object moved\r\nLocation: http://127.0.0.1:9/\r\n\r\n", 302 },
        { "HTTP/1.1 400 Parse Error\r\nRVP-Notifications-Version: 0.2\r\n\r\n", 400 },
        { "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: NTLM\r\n\r\n", 401 },
        { "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n", 500 },
        { "SMTP is what I speak\r\n\r\n", 0 },
        { "\r\n\r\n", 0 },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Status_line_and_headers_are_the_whole_answer(string answer, int status)
    {
        foreach (var after in new[] { AfterReply.Close, AfterReply.KeepOpen })
        {
            await using var test = new CallbackLanes();
            await using var kari = CallbackListener.Start(new CallbackReply(answer, after));

            // Time stands still: an answer that leaves the connection open is an answer all the same.
            var result = await CallbackLanes.Result(test.Message(kari, "x"));

            var expected = status switch
            {
                200 => new DeliveryResult(DeliveryOutcome.Delivered),
                0 => new DeliveryResult(DeliveryOutcome.Unanswered),
                _ => new DeliveryResult(DeliveryOutcome.Refused, status),
            };
            Assert.Equal(expected, result);
            Assert.Single(kari.All);
        }
    }

    [Fact]
    public async Task A_connection_is_kept_after_an_answer_with_a_length_and_dropped_after_one_without()
    {
        await using var test = new CallbackLanes();
        await using var kari = CallbackListener.Start();
        kari.Script(CallbackReply.KeepAlive, CallbackReply.WithBody, CallbackReply.NoHeadersLeftOpen, CallbackReply.BareLineFeeds);

        for (var i = 0; i < 5; i++) await CallbackLanes.Result(test.Message(kari, "x"));

        Assert.Equal([1, 1, 1, 2, 3], kari.Drain().Select(notify => notify.Connection));
    }

    [Fact]
    public async Task An_outbound_proxy_gets_the_whole_url()
    {
        await using var proxy = CallbackListener.Start();
        await using var test = new CallbackLanes(proxy: proxy.Url);

        await CallbackLanes.Result(test.Message(new Uri("http://192.0.2.7:1051/cb"), "x"));

        Assert.Equal("NOTIFY http://192.0.2.7:1051/cb HTTP/1.1", (await proxy.NextAsync()).RequestLine);
    }
}
