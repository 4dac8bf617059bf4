using Rvp.Testing;

namespace RvpServer.Tests.Delivery;

/// <summary>The tools of other tests: what they show must be what was there.</summary>
public sealed class RawConnectionTests
{
    private const string Notify = "NOTIFY / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello";

    [Fact]
    public async Task An_answer_is_shown_as_it_came()
    {
        await using var callback = CallbackListener.Start(
            new CallbackReply("HTTP/1.1 207 Multi-Status\r\nX: 1\r\nx:  2\r\ncontent-length: 4\r\n\r\nbodyrest", AfterReply.Close));
        await using var connection = await RawConnection.OpenAsync(callback.Port);

        var answer = await connection.AskAsync(Notify);
        var rest = await connection.ReadToEndAsync();

        Assert.Equal("HTTP/1.1 207 Multi-Status", answer.StatusLine);
        Assert.Equal(207, answer.Status);
        Assert.Equal("Multi-Status", answer.Reason);
        Assert.Equal("1", answer["x"]);
        Assert.Equal(["1", "2"], answer.All("X"));
        Assert.Equal(["X", "x", "content-length"], answer.Headers.Select(header => header.Key));
        Assert.Equal("body", answer.Body);
        Assert.Equal("HTTP/1.1 207 Multi-Status\r\nX: 1\r\nx:  2\r\ncontent-length: 4\r\n\r\nbody", answer.Text);
        Assert.Equal("rest", rest);
    }

    [Fact]
    public async Task Without_a_length_the_body_ends_with_the_connection()
    {
        await using var callback = CallbackListener.Start(new CallbackReply("HTTP/1.1 200 OK\n\nall of it", AfterReply.Close));

        var answer = await RawConnection.AskAsync(callback.Port, Notify);

        Assert.Equal("all of it", answer.Body);
    }

    [Fact]
    public async Task A_request_sent_in_pieces_is_one_notify_and_several_answers_share_a_connection()
    {
        await using var callback = CallbackListener.Start(CallbackReply.KeepAlive);
        await using var connection = await RawConnection.OpenAsync(callback.Port);

        foreach (var piece in Notify.Chunk(7)) await connection.SendAsync(new string(piece));
        var first = await connection.ReadAnswerAsync();
        var second = await connection.AskAsync(Notify);

        Assert.Equal((200, 200), (first.Status, second.Status));
        Assert.Equal([Notify, Notify], callback.Drain().Select(notify => notify.ToString()));
    }

    [Fact]
    public async Task A_missing_answer_fails_with_what_did_arrive()
    {
        await using var callback = CallbackListener.Start(new CallbackReply("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", AfterReply.KeepOpen));
        await using var connection = await RawConnection.OpenAsync(callback.Port);
        await connection.SendAsync(Notify);

        var failure = await Assert.ThrowsAsync<TimeoutException>(() => connection.ReadAnswerAsync(TimeSpan.FromSeconds(0.3)));

        Assert.EndsWith("Arrived: half", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_notify_fails_with_what_did_arrive()
    {
        await using var callback = CallbackListener.Start();
        await RawConnection.AskAsync(callback.Port, Notify);
        await callback.NextAsync();

        var failure = await Assert.ThrowsAsync<TimeoutException>(() => callback.NextAsync(TimeSpan.FromSeconds(0.1)));

        Assert.EndsWith("Arrived: 1 in all, on 1 connections" + Environment.NewLine + Notify, failure.Message, StringComparison.Ordinal);
    }
}
