using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Rvp.Testing;
using RvpServer.Http;
using RvpServer.Requests;

namespace RvpServer.Tests.Hostile;

/// <summary>
/// What hangs takes nothing from those who have nothing to do with it: with two places for requests, ten wait for a silent client, a mute DNS or a server that
/// does not answer, and everybody else is served.
/// </summary>
public sealed class HangingTests : IAsyncLifetime
{
    private readonly ScriptedDns mute = ScriptedDns.Start(_ => null);
    private readonly List<Task<RawAnswer>> hanging = [];
    private TestServer server = null!;
    private Person jo = null!;
    private Person kari = null!;

    public async Task InitializeAsync()
    {
        server = await TestServer.StartAsync(new Dictionary<string, string?>
        {
            ["Limits:MaxOutstandingRequests"] = "2",
            ["Dns:Servers:0"] = mute.EndPoint.ToString(),
            ["Dns:Timeout"] = "00:00:05",
            ["Federation:Trusted:0"] = "127.0.0.0/8",
        });
        (jo, kari) = (server.Person("JoBrown"), server.Person("KariHensien"));
        Assert.Equal(200, (await jo.SignsIn()).Status);
        Assert.Equal(200, (await kari.SignsIn()).Status);
    }

    public async Task DisposeAsync()
    {
        await jo.DisposeAsync();
        await kari.DisposeAsync();
        await server.DisposeAsync();
        mute.Dispose();
        foreach (var request in hanging) await ((Task)request).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [Fact]
    public async Task Messages_for_a_client_that_does_not_answer()
    {
        kari.Callback.Reply = CallbackReply.Silent;

        await HangAsync(Awaited.Delivery, i => jo.Says(kari, $"Number {i}"));

        await OthersAreServedAsync();
    }

    [Fact]
    public async Task Callbacks_of_which_dns_does_not_know_the_address()
    {
        await HangAsync(Awaited.Names, i => jo.Asks(
            "SUBSCRIBE", jo.Path, $"Notification-Type: pragma/notify\r\nCall-Back: http://pc{i}.dead.example:1051\r\n"));

        await OthersAreServedAsync();
    }

    [Fact]
    public async Task Contacts_at_a_server_that_cannot_be_found()
    {
        await HangAsync(Awaited.Server, i => jo.Asks(
            "PROPFIND", $"/instmsg/local/im.dead{i}.example/instmsg/aliases/Somebody", "Depth: 0\r\n"));

        await OthersAreServedAsync();
    }

    [Fact]
    public async Task Who_sends_too_many_messages_to_a_silent_client_is_told_before_they_are_sent()
    {
        await server.DisposeAsync();
        server = await TestServer.StartAsync(new Dictionary<string, string?> { ["Limits:MaxRequestsPerSender"] = "3" });
        (jo.Server, kari.Server) = (server, server);
        await jo.SignsIn();
        await kari.SignsIn();
        kari.Callback.Reply = CallbackReply.Silent;
        for (var i = 0; i < 3; i++) hanging.Add(jo.Says(kari, "hanging"));
        await Deadline.Until(() => Waiting(Awaited.Delivery) == 3, "three messages that wait", () => $"{Waiting(Awaited.Delivery)}");

        var fourth = await jo.Says(kari, "refused");

        Assert.Equal(503, fourth.Status);
        Assert.Equal("5", fourth["Retry-After"]);
        Assert.Equal(200, (await kari.Says(jo, "Hello")).Status);
        Assert.DoesNotContain(kari.Callback.All, heard => heard.Body.Contains("refused", StringComparison.Ordinal));
    }

    private async Task HangAsync(Awaited what, Func<int, Task<RawAnswer>> ask)
    {
        for (var i = 0; i < 10; i++)
        {
            hanging.Add(ask(i));
            await Deadline.Until(() => Waiting(what) == i + 1, $"{i + 1} that wait", () => string.Create(CultureInfo.InvariantCulture, $"{Waiting(what)}"));
        }
        Assert.Equal(0, server.Services.GetRequiredService<RequestPlaces>().Taken);
    }

    private async Task OthersAreServedAsync()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(207, (await jo.LooksUp(kari)).Status);
            Assert.Equal(207, (await kari.SetsState(i % 2 == 0 ? "busy" : "online")).Status);
            Assert.Equal(200, (await kari.Says(jo, $"Hello {i}")).Status);
        }
        Assert.All(hanging, request => Assert.False(request.IsCompleted));
    }

    private long Waiting(Awaited what) => server.Services.GetRequiredService<Waits>().Taken(what);
}
