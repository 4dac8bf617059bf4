using Rvp.Testing;

namespace RvpServer.Tests.Outbound;

/// <summary>Callbacks by way of the organisation's HTTP proxy: its own errors are no answers of the client.</summary>
public sealed class OutboundProxyTests : IAsyncDisposable
{
    private const string Outside = "198.51.100.7";

    private readonly CallbackListener proxy = CallbackListener.Start();

    public ValueTask DisposeAsync() => proxy.DisposeAsync();

    [Theory]
    [InlineData("407 Proxy Authentication Required", "Proxy-Authenticate: Basic realm=proxy\r\n")]
    [InlineData("502 Bad Gateway", "")]
    [InlineData("503 Service Unavailable", "X-Squid-Error: ERR_CONNECT_FAIL 111\r\nVia: 1.1 proxy\r\n")]
    [InlineData("503 Service Unavailable", "")]
    [InlineData("500 Internal Server Error", "")]
    public async Task The_proxys_own_error_means_that_nobody_was_reached(string status, string headers)
    {
        await using var server = await StartAsync();
        await using var jo = server.Person("JoBrown");
        await using var kari = server.Person("KariHensien");
        Assert.Equal(200, await SignsInOutsideAsync(jo));
        proxy.Reply = Answer(status, headers);

        Assert.Equal(412, (await kari.Says(jo, "Hello")).Status);

        Assert.Equal($"NOTIFY http://{Outside}:1051/ HTTP/1.1", (await proxy.NextAsync()).RequestLine);
        await Deadline.Until(
            async () => !(await jo.ListsSignIns()).Body.Contains("subscription-id", StringComparison.Ordinal), "no sign-in any more", () => "one");
    }

    [Fact]
    public async Task The_clients_own_error_is_the_answer_and_the_client_lives()
    {
        await using var server = await StartAsync();
        await using var jo = server.Person("JoBrown");
        await using var kari = server.Person("KariHensien");
        await SignsInOutsideAsync(jo);
        proxy.Reply = Answer("500 Internal Server Error", "Via: 1.1 proxy\r\n");

        Assert.Equal(500, (await kari.Says(jo, "Hello")).Status);

        proxy.Reply = CallbackReply.KeepAlive;
        Assert.Equal(200, (await kari.Says(jo, "Better?")).Status);
        Assert.Equal(2, proxy.All.Count);
    }

    [Fact]
    public async Task Who_is_inside_is_called_directly()
    {
        await using var server = await StartAsync();
        await using var jo = server.Person("JoBrown");
        await using var kari = server.Person("KariHensien");
        await jo.SignsIn();

        Assert.Equal(200, (await kari.Says(jo, "Hello")).Status);

        Assert.Equal(kari.MessageTo(jo, "Hello"), (await jo.Callback.NextAsync()).Body);
        Assert.Equal(0, proxy.ConnectionCount);
    }

    // Behind a front proxy, which says that the client is outside.
    private static async Task<int> SignsInOutsideAsync(Person person) =>
        (await person.Asks("SUBSCRIBE", person.Path,
            $"X-Forwarded-For: {Outside}\r\nNotification-Type: pragma/notify\r\nCall-Back: http://{Outside}:1051\r\nSubscription-Lifetime: 14400\r\n")).Status;

    private static CallbackReply Answer(string status, string headers) =>
        new($"HTTP/1.1 {status}\r\n{headers}Content-Length: 0\r\n\r\n", AfterReply.KeepOpen);

    private Task<TestServer> StartAsync() => TestServer.StartAsync(
        new Dictionary<string, string?>
        {
            ["Proxies:0"] = "127.0.0.1",
            ["Firewall:OutboundProxy"] = proxy.Url.ToString(),
            ["Delivery:Attempts"] = "1",
        });
}
