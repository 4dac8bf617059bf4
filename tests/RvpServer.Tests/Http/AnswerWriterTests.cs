using System.Text;
using Microsoft.AspNetCore.Http;
using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Http;

namespace RvpServer.Tests.Http;

public class AnswerWriterTests
{
    [Fact]
    public async Task A_sign_in_is_answered_in_the_words_of_Exchange()
    {
        await using var host = await Answering(new Answer.Done { SubscriptionId = 456, Lifetime = TimeSpan.FromSeconds(14400) });

        var answer = await host.AskAsync(
            "SUBSCRIBE /instmsg/aliases/JoBrown HTTP/1.1", "Host: im.adatum.com", "RVP-Notifications-Version: 0.2", "Connection: close");

        Assert.Equal(
            "HTTP/1.1 200 Successful\r\nContent-Length: 0\r\nConnection: close\r\nSubscription-Id: 456\r\nSubscription-Lifetime: 14400\r\n"
                + "RVP-Notifications-Version: 0.2\r\n\r\n",
            answer);
    }

    [Fact]
    public async Task A_document_has_its_length_and_type()
    {
        await using var host = await Answering(new Answer.Done(207) { Body = Encoding.UTF8.GetBytes("<a>é</a>") });

        var answer = await host.AskAsync("PROPFIND / HTTP/1.1", "Host: im.adatum.com", "RVP-Notifications-Version: 1.0", "Connection: close");

        Assert.Equal(
            "HTTP/1.1 207 Multi-Status\r\nContent-Length: 9\r\nConnection: close\r\nContent-Type: text/xml\r\n"
            + "RVP-Notifications-Version: 1.0\r\n\r\n<a>é</a>",
            answer);
    }

    [Fact]
    public async Task A_refusal_is_one_line()
    {
        await using var host = await Answering(new Answer.Refused(Refusal.NotAvailable), TimeSpan.FromSeconds(1.5));

        var answer = await host.AskAsync("NOTIFY / HTTP/1.1", "Host: im.adatum.com", "Connection: close");

        Assert.Equal(
            "HTTP/1.1 412 Precondition Failed\r\nContent-Length: 32\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nRetry-After: 2\r\n"
                + "RVP-Notifications-Version: 0.2\r\n\r\nThe recipient is not available.\n",
            answer);
    }

    [Theory]
    [InlineData("2.1.3", "2.1.3")]
    [InlineData("", "0.2")]
    [InlineData(".1", "0.2")]
    [InlineData("0.2, 0.2", "0.2")]
    [InlineData("0.22222222", "0.2")]
    [InlineData("evil", "0.2")]
    public async Task The_version_of_the_request_comes_back_if_it_is_one(string asked, string answered)
    {
        await using var host = await Answering(new Answer.Done());

        var answer = await host.AskAsync("ACL / HTTP/1.1", "Host: im.adatum.com", $"RVP-Notifications-Version: {asked}", "Connection: close");

        Assert.Equal($"HTTP/1.1 200 Successful\r\nContent-Length: 0\r\nConnection: close\r\nRVP-Notifications-Version: {answered}\r\n\r\n", answer);
    }

    [Fact]
    public async Task Head_and_HTTP_1_0_get_what_they_can_read()
    {
        await using var host = await Answering(new Answer.Refused(Refusal.NotImplemented));

        var head = await host.AskAsync("HEAD / HTTP/1.1", "Host: im.adatum.com", "Connection: close");
        var old = await host.AskAsync("GET / HTTP/1.0");

        const string headers = "HTTP/1.1 501 Not Implemented\r\nContent-Length: 30\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n"
            + "RVP-Notifications-Version: 0.2\r\n\r\n";
        Assert.Equal(headers, head);
        Assert.Equal(headers + "This server does not do that.\n", old);
    }

    [Fact]
    public async Task An_answer_that_still_waits_for_deliveries_cannot_be_written() =>
        await Assert.ThrowsAsync<ArgumentException>(() => AnswerWriter.WriteAsync(new DefaultHttpContext(), new Answer.AsDelivered(AckType.DeepOr, [])));

    private static Task<KestrelHost> Answering(Answer answer, TimeSpan? retryAfter = null) =>
        KestrelHost.ServeAsync(context => AnswerWriter.WriteAsync(context, answer, retryAfter));
}
