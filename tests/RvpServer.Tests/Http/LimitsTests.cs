using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Rvp.Engine;
using Rvp.Testing;
using RvpServer.Http;

namespace RvpServer.Tests.Http;

public class LimitsTests
{
    private const string Empty = "HTTP/1.1 200 Successful\r\nContent-Length: 0\r\nConnection: close\r\nRVP-Notifications-Version: 0.2\r\n\r\n";

    private const string TooLarge =
        "HTTP/1.1 413 Payload Too Large\r\nContent-Length: 45\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n"
            + "RVP-Notifications-Version: 0.2\r\n\r\nThe body is larger than this server accepts.\n";

    [Fact]
    public async Task Header_lines_may_end_in_a_bare_line_feed()
    {
        await using var host = await KestrelHost.ServeAsync(context => AnswerWriter.WriteAsync(context, new Answer.Done()));
        await using var socket = await host.ConnectAsync();

        await socket.SendAsync("SUBSCRIBE /instmsg/aliases/JoBrown HTTP/1.1\nHost: im.adatum.com\nConnection: close\n\n");

        Assert.Equal(Empty, RawMessage.WithoutDate(await socket.ReadToEndAsync()));
    }

    [Fact]
    public async Task A_body_arrives_whole_however_it_is_sent()
    {
        await using var host = await Echo();

        var plain = await host.AskAsync("NOTIFY / HTTP/1.1", "Host: im.adatum.com", "Content-Length: 5", "Connection: close", "", "hello");
        var chunked = await host.AskAsync(
            "NOTIFY / HTTP/1.1", "Host: im.adatum.com", "Transfer-Encoding: chunked", "Connection: close", "", "2", "he", "3", "llo", "0");
        var none = await host.AskAsync("NOTIFY / HTTP/1.1", "Host: im.adatum.com", "Connection: close");

        const string hello = "HTTP/1.1 200 Successful\r\nContent-Length: 5\r\nConnection: close\r\nContent-Type: text/xml\r\n"
            + "RVP-Notifications-Version: 0.2\r\n\r\nhello";
        Assert.Equal(hello, plain);
        Assert.Equal(hello, chunked);
        Assert.Equal(Empty, none);
    }

    [Theory]
    [InlineData("Content-Length: 4097", "")]
    [InlineData("Content-Length: 99999999999", "")]
    [InlineData("Transfer-Encoding: chunked", "chunks")]
    public async Task A_body_beyond_the_limit_is_413(string header, string body)
    {
        await using var host = await Echo(("Rvp:Limits:MaxBodyBytes", "4096"));
        await using var socket = await host.ConnectAsync();

        await socket.SendAsync($"NOTIFY / HTTP/1.1\r\nHost: im.adatum.com\r\n{header}\r\n\r\n");
        if (body.Length > 0) await socket.SendAsync("1001\r\n" + new string('a', 0x1001) + "\r\n0\r\n\r\n");

        Assert.Equal(TooLarge, RawMessage.WithoutDate(await socket.ReadToEndAsync()));
    }

    [Fact]
    public async Task A_body_that_is_no_chunks_is_400_and_ends_the_connection()
    {
        await using var host = await Echo();

        var answer = await host.AskAsync("NOTIFY / HTTP/1.1", "Host: im.adatum.com", "Transfer-Encoding: chunked", "", "zz");

        Assert.Equal(
            "HTTP/1.1 400 Bad Request\r\nContent-Length: 30\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n"
                + "RVP-Notifications-Version: 0.2\r\n\r\nThe request is no valid HTTP.\n",
            answer);
    }

    [Fact]
    public async Task One_request_too_many_is_refused_at_once_and_the_next_one_served()
    {
        var (arrived, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var host = await KestrelHost.StartAsync(
            app =>
            {
                app.Use((context, next) => context.Request.Method == "POLL" ? AnswerWriter.WriteAsync(context, new Answer.Done()) : next(context));
                app.UseRequestPlaces();
                app.Run(async context =>
                {
                    if (context.Request.Path == "/slow")
                    {
                        arrived.TrySetResult();
                        await release.Task;
                    }
                    await AnswerWriter.WriteAsync(context, new Answer.Done());
                });
            },
            null,
            ("Rvp:Limits:MaxOutstandingRequests", "1"));
        var slow = host.AskAsync("NOTIFY /slow HTTP/1.1", "Host: im.adatum.com", "Connection: close");
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(10));

        var refused = await host.AskAsync("NOTIFY / HTTP/1.1", "Host: im.adatum.com", "Connection: close");
        var poll = await host.AskAsync("POLL / HTTP/1.1", "Host: im.adatum.com", "Connection: close");
        release.SetResult();
        var first = await slow;
        var next = await host.AskAsync("NOTIFY / HTTP/1.1", "Host: im.adatum.com", "Connection: close");

        Assert.Equal(
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 46\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nRetry-After: 2\r\n"
                + "RVP-Notifications-Version: 0.2\r\n\r\nThe server has too many outstanding requests.\n",
            refused);
        Assert.Equal([Empty, Empty, Empty], (string[])[poll, first, next]);
    }

    [Fact]
    public async Task One_organisations_page_that_hangs_is_not_in_the_way_of_the_others()
    {
        var (arrived, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var host = await KestrelHost.StartAsync(
            app =>
            {
                app.UseRequestPlaces();
                app.Run(async context =>
                {
                    if (context.Request.Path == "/slow")
                    {
                        arrived.TrySetResult();
                        await release.Task;
                    }
                    await AnswerWriter.WriteAsync(context, new Answer.Done());
                });
            },
            null,
            ("Rvp:VirtualServers:1:Name", "contoso"), ("Rvp:VirtualServers:1:Domain", "im.contoso.com"),
            ("Rvp:VirtualServers:1:HostNames:0", "im.contoso.com"), ("Rvp:Domains:im.contoso.com:Limits:MaxRequests", "1"));
        var slow = host.AskAsync("GET /slow HTTP/1.1", "Host: im.contoso.com", "Connection: close");
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(10));

        var refused = await host.AskAsync("GET / HTTP/1.1", "Host: im.contoso.com", "Connection: close");
        var other = await host.AskAsync("GET / HTTP/1.1", "Host: im.adatum.com", "Connection: close");
        release.SetResult();
        var first = await slow;
        var next = await host.AskAsync("GET / HTTP/1.1", "Host: im.contoso.com", "Connection: close");

        Assert.StartsWith("HTTP/1.1 503 Service Unavailable\r\n", refused, StringComparison.Ordinal);
        Assert.Contains("\r\nRetry-After: 2\r\n", refused, StringComparison.Ordinal);
        Assert.Equal([Empty, Empty, Empty], (string[])[other, first, next]);
    }

    [Fact]
    public async Task Headers_beyond_the_limit_are_431()
    {
        await using var host = await Echo(("Rvp:Limits:MaxHeaderBytes", "4096"));

        var answer = await host.AskAsync("NOTIFY / HTTP/1.1", "Host: im.adatum.com", "X-Long: " + new string('a', 5000));

        Assert.StartsWith("HTTP/1.1 431 Request Header Fields Too Large\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_without_a_request_ends_in_time()
    {
        await using var host = await KestrelHost.ServeAsync(
            context => AnswerWriter.WriteAsync(context, new Answer.Done()), ("Rvp:Limits:KeepAliveTimeout", "00:00:01"));
        await using var socket = await host.ConnectAsync();

        Assert.Equal("", await socket.ReadToEndAsync());
    }

    [Fact]
    public async Task Header_lines_that_trickle_are_408()
    {
        await using var host = await Echo(("Rvp:Limits:HeaderTimeout", "00:00:01"));
        await using var socket = await host.ConnectAsync();

        await socket.SendAsync("NOTIFY / HTTP/1.1\r\nHost: im");

        Assert.StartsWith("HTTP/1.1 408 Request Timeout\r\n", await socket.ReadToEndAsync(), StringComparison.Ordinal);
    }

    private static Task<KestrelHost> Echo(params (string Key, string Value)[] settings) => KestrelHost.ServeAsync(
        async context => await AnswerWriter.WriteAsync(
            context, new Answer.Done { Body = (await BodyReader.ReadAsync(context, 4096, TimeSpan.FromSeconds(10), context.RequestAborted)).ToArray() }),
        settings);
}
