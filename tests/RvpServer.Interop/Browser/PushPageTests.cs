using System.Text.Json;
using Rvp.Testing;

namespace RvpServer.Interop.Browser;

/// <summary>Messages reach a browser that is closed. The push service is the test's own: a browser without windows has none.</summary>
[Collection(Chrome.Name)]
public sealed class PushPageTests(Chrome chrome)
{
    private const string OwnService =
        """
        form => {
          let made = null;
          const { endpoint, p256dh, auth } = JSON.parse(form);
          Object.defineProperty(Notification, 'permission', { get: () => 'granted' });
          Notification.requestPermission = async () => 'granted';
          PushManager.prototype.getSubscription = async () => made;
          PushManager.prototype.subscribe = async options => {
            globalThis.askedWith = options;
            return made = { endpoint, toJSON: () => ({ endpoint, keys: { p256dh, auth } }), unsubscribe: async () => { made = null; return true; } };
          };
        }
        """;

    [Fact]
    public async Task Who_wants_it_is_told_after_closing_the_page()
    {
        await using var service = await FakePushService.StartAsync();
        await using var server = await StartAsync(service);
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown", host: "localhost");
        await using var kari = server.Person("KariHensien");
        await using var joElsewhere = server.Person("JoBrown");
        await jo.Context.GrantPermissionsAsync(["notifications"]);
        await jo.Page.EvaluateAsync(OwnService, service.Form());
        var part = await jo.Settings("Notifications");

        await part.GetByLabel("With the beginning of the message").CheckAsync();
        var answer = await jo.Page.RunAndWaitForResponseAsync(
            () => part.GetByLabel("Also while this browser is closed").CheckAsync(), answer => answer.Request.Method == "POST");
        Assert.Equal((204, "/instmsg/push"), (answer.Status, new Uri(answer.Url).AbsolutePath));
        var asked = await jo.Page.EvaluateAsync<JsonElement>("() => globalThis.askedWith");
        await jo.Page.GotoAsync("about:blank");
        await kari.Says(joElsewhere, "Lunch?");

        var pushed = await service.TryTakeAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(("Lunch?", 1), (pushed?.Text, pushed?.Count));
        Assert.True(asked.GetProperty("userVisibleOnly").GetBoolean());
        Assert.Equal(87, asked.GetProperty("applicationServerKey").GetString()!.Length);
        Assert.Empty(jo.Mistakes);
    }

    private static Task<TestServer> StartAsync(FakePushService service) => TestServer.StartAsync(new Dictionary<string, string?>
    {
        ["VirtualServers:0:HostNames:2"] = "localhost",
        ["Messages:Offline"] = "true",
        ["Push:Enabled"] = "true",
        ["Push:Contact"] = "mailto:admin@adatum.com",
        ["Push:Services:0"] = service.Origin,
        ["Federation:CallableRanges:0"] = "127.0.0.0/8",
    });
}
