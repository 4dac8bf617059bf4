using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Directories;
using RvpServer.Http;
using RvpServer.Storage;

namespace RvpServer.Tests.Http;

public class ErrorAnswersTests
{
    [Fact]
    public async Task Malformed_input_gets_its_own_line()
    {
        await using var host = await Throwing(new RvpException("Depth is no number."));

        var answer = await host.AskAsync("PROPFIND / HTTP/1.1", "Host: im.adatum.com", "Connection: close");

        Assert.StartsWith("HTTP/1.1 400 Bad Request\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nDepth is no number.\n", answer, StringComparison.Ordinal);
        var logged = Assert.Single(host.Log.Entries);
        Assert.Equal(("RequestMalformed", LogLevel.Information), (logged.Event, logged.Level));
    }

    [Fact]
    public async Task A_host_that_is_not_served_is_nothing_an_operator_reads()
    {
        await using var host = await Throwing(new RvpException(Refusal.NoSuchHost));

        var answer = await host.AskAsync("ACL / HTTP/1.1", "Host: adatum.com", "Connection: close");

        Assert.StartsWith("HTTP/1.1 404 Not Found\r\n", answer, StringComparison.Ordinal);
        Assert.Empty(host.Log.Lines);
    }

    [Fact]
    public async Task A_flood_of_malformed_requests_is_no_flood_of_lines()
    {
        await using var host = await Throwing(new RvpException("Depth is no number."));

        for (var i = 0; i < 200; i++) await host.AskAsync("PROPFIND / HTTP/1.1", "Host: im.adatum.com", "Connection: close");

        Assert.InRange(host.Log.Lines.Count, 50, 150);
    }

    public static TheoryData<Exception> Faults =>
        [new StoreException("disk /var/lib full"), new DirectoryException("dc1 is silent"), new OperationCanceledException()];

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public async Task A_part_that_does_not_answer_is_worth_another_try(Exception fault)
    {
        await using var host = await Throwing(fault);

        var answer = await host.AskAsync("SUBSCRIBE / HTTP/1.1", "Host: im.adatum.com", "Connection: close");

        Assert.Equal(
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 40\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nRetry-After: 5\r\n"
                + "RVP-Notifications-Version: 0.2\r\n\r\nThe server cannot answer at the moment.\n",
            answer);
    }

    [Fact]
    public async Task A_flood_of_requests_while_the_store_is_out_is_one_line()
    {
        await using var host = await Throwing(new StoreException("disk /var/lib full"));

        for (var i = 0; i < 20; i++) await host.AskAsync("SUBSCRIBE / HTTP/1.1", "Host: im.adatum.com", "Connection: close");

        Assert.Equal("Serving some requests fails: disk /var/lib full", Assert.Single(host.Log.Lines));
    }

    [Fact]
    public async Task A_bug_is_logged_in_full_and_told_to_nobody()
    {
        var bug = new InvalidOperationException("secret detail");
        await using var host = await Throwing(bug);

        var answer = await host.AskAsync("SUBSCRIBE /x HTTP/1.1", "Host: im.adatum.com", "Connection: close");

        Assert.Equal(
            "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 15\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n"
                + "RVP-Notifications-Version: 0.2\r\n\r\ninternal error\n",
            answer);
        var logged = Assert.Single(host.Log.Entries);
        Assert.Equal(new LogEntry("RequestFailed", LogLevel.Error, "SUBSCRIBE /x failed", bug), logged);
    }

    [Fact]
    public async Task Half_an_answer_never_looks_like_a_whole_one()
    {
        var halfWasRead = new TaskCompletionSource();
        await using var host = await KestrelHost.ServeAsync(async context =>
        {
            await context.Response.WriteAsync("half");
            await context.Response.Body.FlushAsync();
            await halfWasRead.Task;
            throw new InvalidOperationException("after the start");
        });
        await using var socket = await host.ConnectAsync();
        await socket.SendAsync("SUBSCRIBE / HTTP/1.1\r\nHost: im.adatum.com\r\n\r\n");

        var half = await socket.ReadUntilAsync("half\r\n");
        halfWasRead.SetResult();
        var rest = await socket.ReadToEndAsync();

        Assert.EndsWith("4\r\nhalf\r\n", half, StringComparison.Ordinal);
        Assert.Equal("", rest);
        Assert.Equal("RequestFailed", Assert.Single(host.Log.Entries).Event);
    }

    [Fact]
    public async Task Nobody_is_told_anything_about_a_caller_who_went_away()
    {
        var left = new TaskCompletionSource();
        var ended = new TaskCompletionSource();
        await using var host = await KestrelHost.StartAsync(app =>
        {
            app.Use(async (context, next) =>
            {
                await next(context);
                ended.SetResult();
            });
            app.UseMiddleware<RequestFrame>();
            app.Run(async context =>
            {
                left.SetResult();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            });
        });

        var socket = await host.ConnectAsync();
        await socket.SendAsync("POLL / HTTP/1.1\r\nHost: im.adatum.com\r\n\r\n");
        await left.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await socket.DisposeAsync();

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Empty(host.Log.Entries);
    }

    private static Task<KestrelHost> Throwing(Exception exception) => KestrelHost.ServeAsync(_ => throw exception);
}
