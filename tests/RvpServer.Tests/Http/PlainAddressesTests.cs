using Microsoft.AspNetCore.Builder;
using RvpServer.Http;

namespace RvpServer.Tests.Http;

public class PlainAddressesTests
{
    [Fact]
    public async Task Who_calls_by_IPv4_has_such_an_address_on_a_listener_for_both_families()
    {
        await using var host = await KestrelHost.StartAsync(
            app => app.Run(context => AnswerWriter.WriteAsync(context, 200, $"{context.Connection.RemoteIpAddress} {context.Connection.LocalIpAddress}")),
            null,
            ("Urls", "http://*:0"));

        var answer = await host.AskAsync("SUBSCRIBE / HTTP/1.1", "Host: im.adatum.com", "Connection: close");

        Assert.StartsWith("HTTP/1.1 200 127.0.0.1 127.0.0.1\r\n", answer, StringComparison.Ordinal);
    }
}
