using Microsoft.AspNetCore.Builder;
using RvpServer.Http;

namespace RvpServer.Tests.Http;

public class FrontProxiesTests
{
    [Theory]
    [InlineData("127.0.0.1", "X-Forwarded-For: 192.0.2.7", "192.0.2.7 True")]
    [InlineData("127.0.0.0/8", "X-Forwarded-For: 198.51.100.1, 192.0.2.7, 127.0.0.9", "192.0.2.7 True")]
    [InlineData("127.0.0.1", "X-Forwarded-For: nonsense", "127.0.0.1 True")]
    [InlineData("127.0.0.1", "X-Other: 1", "127.0.0.1 True")]
    [InlineData("10.0.0.0/8", "X-Forwarded-For: 192.0.2.7", "127.0.0.1 False")]
    [InlineData("10.0.0.0/8", "X-Original-For: 192.0.2.7", "127.0.0.1 False")]
    [InlineData("10.0.0.0/8", "X-Forwarded-For: 10.0.0.1", "127.0.0.1 False")]
    public async Task Only_a_known_proxy_is_believed_about_the_caller(string proxies, string header, string caller)
    {
        var settings = ("Rvp:Proxies:0", proxies);
        await using var host = await KestrelHost.StartAsync(
            app =>
            {
                app.UseFrontProxies(KestrelHost.SettingsOf(app).Proxies);
                app.Run(context => AnswerWriter.WriteAsync(context, 200, $"{context.Connection.RemoteIpAddress} {FrontProxies.CameThroughProxy(context)}"));
            },
            null,
            settings);

        var answer = await host.AskAsync("SUBSCRIBE / HTTP/1.1", "Host: im.adatum.com", header, "Connection: close");

        Assert.StartsWith($"HTTP/1.1 200 {caller}\r\n", answer, StringComparison.Ordinal);
    }
}
