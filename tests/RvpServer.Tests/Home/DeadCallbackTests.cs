using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Delivery;
using RvpServer.Home;

namespace RvpServer.Tests.Home;

/// <summary>A dead callback's subscriptions end, also when the store is away just then.</summary>
public sealed class DeadCallbackTests
{
    private static readonly RvpUrl Kari = RvpUrl.ForAlias("im.adatum.com", 80, "KariHensien");

    [Fact]
    public async Task What_could_not_be_stored_is_tried_until_it_is()
    {
        var clock = new FakeTimeProvider();
        var store = new TroubledStore();
        await using var server = await TestServer.StartAsync(clock: clock, replace: store.Replace);
        await using var kari = server.Person("KariHensien");
        await kari.SignsIn();
        var node = server.Services.GetRequiredService<NodeTurns>().Find(Kari)!.Node;

        store.IsAway = true;
        server.Services.GetRequiredService<DeadCallbacks>().Report((Callback.Direct)node.SignIns[0].Callback, Kari);
        await Deadline.Until(() => store.Refused > 0, "an attempt", () => "none");
        Assert.Single(node.SignIns);
        store.IsAway = false;

        await Deadline.Until(
            () =>
            {
                clock.Advance(TimeSpan.FromSeconds(0.25));
                return node.SignIns.IsEmpty;
            },
            "the end of the sign-in", () => "it goes on");
    }

    [Fact]
    public async Task The_same_callback_is_reported_once_however_many_report_it()
    {
        var dead = new DeadCallbacks();
        for (var i = 0; i < 3; i++) dead.Report(new Callback.Direct(new Uri("http://127.0.0.1:1051")), Kari);

        Assert.Equal([(Kari, (Request)new EndCallback(new Callback.Direct(new Uri("http://127.0.0.1:1051"))))], await dead.TakeAsync(CancellationToken.None));
    }
}
