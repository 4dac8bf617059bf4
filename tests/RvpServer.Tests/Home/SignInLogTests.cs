using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Rvp.Engine;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Admin;
using RvpServer.Delivery;
using RvpServer.Home;

namespace RvpServer.Tests.Home;

/// <summary>One line, and one count, for each sign-in that begins or ends.</summary>
public sealed class SignInLogTests : IAsyncLifetime
{
    private static readonly RvpUrl Jo = RvpUrl.ForAlias("im.adatum.com", 80, "JoBrown");
    private readonly LogCollector log = new();
    private readonly FakeTimeProvider clock = new();
    private TestServer server = null!;
    private Person jo = null!;

    public async Task InitializeAsync()
    {
        server = await TestServer.StartAsync(clock: clock, replace: services => services.AddSingleton<ILogger<SignInLog>>(log.Of<SignInLog>()));
        jo = server.Person("JoBrown");
    }

    public async Task DisposeAsync()
    {
        await jo.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_client_that_signs_in_renews_and_signs_out()
    {
        await jo.SignsIn();
        await jo.SetsState("online");
        await jo.Asks("SUBSCRIBE", jo.Path, $"Subscription-Id: {jo.SignIn}\r\nSubscription-Lifetime: 14400\r\n");
        await jo.Asks("UNSUBSCRIBE", jo.Path, $"Subscription-Id: {jo.SignIn}\r\n");

        Assert.Equal(
            [
                $"JoBrown of im.adatum.com signed in from 127.0.0.1 by Digest, called at {jo.Callback.Url.ToString().TrimEnd('/')}",
                "JoBrown of im.adatum.com signed out from 127.0.0.1: its client said so",
            ],
            log.Lines);
        var metrics = server.Services.GetRequiredService<PrometheusText>().Print();
        Assert.Contains("\nrvp_sign_ins_total{domain=\"im.adatum.com\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("\nrvp_sign_outs_total{domain=\"im.adatum.com\",reason=\"request\"} 1\n", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lease_that_runs_out_ends_one_that_polls()
    {
        await jo.SignsInToPoll();

        clock.Advance(TimeSpan.FromHours(5));

        await Deadline.Until(() => log.Lines.Count == 2, "the end", () => string.Join('\n', log.Lines));
        Assert.Equal(
            ["JoBrown of im.adatum.com signed in from 127.0.0.1 by Digest, polls", "JoBrown of im.adatum.com signed out from 127.0.0.1: its lease ran out"],
            log.Lines);
    }

    [Fact]
    public async Task A_dead_callback_ends_one()
    {
        await jo.SignsIn();

        var node = server.Services.GetRequiredService<NodeTurns>().Find(Jo)!.Node;
        server.Services.GetRequiredService<DeadCallbacks>().Report((Callback.Direct)node.SignIns[0].Callback, node.Url);

        await Deadline.Until(() => log.Lines.Count == 2, "the end", () => string.Join('\n', log.Lines));
        Assert.Equal("JoBrown of im.adatum.com signed out from 127.0.0.1: its callback is dead", log.Lines[1]);
    }
}
