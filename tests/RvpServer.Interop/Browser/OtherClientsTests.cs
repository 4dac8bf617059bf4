using Rvp.Testing;
using RvpServer.Interop.Pidgin;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace RvpServer.Interop.Browser;

/// <summary>The three clients at one table: Kari in the browser, Jo at Pidgin, and Jo's scripts with <c>rvp</c>.</summary>
[Collection(Chrome.Name)]
public sealed class OtherClientsTests(Chrome chrome, ITestOutputHelper output) : IAsyncLifetime
{
    private const string Domain = "127.0.0.10";

    private RunningServer server = null!;
    private PurpleClient jo = null!;

    public async Task InitializeAsync()
    {
        server = await RunningServer.StartAsync(Domain, """{ "Schemes": ["Digest", "Ntlm"], "NtlmDomain": "ADATUM" }""");
        jo = PurpleClient.Start(server.AddressOf("JoBrown"), RunningServer.JoPassword);
    }

    public async Task DisposeAsync()
    {
        output.WriteLine($"Jo's client:\n{jo?.Transcript}\nThe server:\n{server?.Log}");
        if (jo is not null) await jo.DisposeAsync();
        if (server is not null) await server.DisposeAsync();
    }

    [Fact]
    public async Task Browser_and_Pidgin_see_and_write_to_each_other()
    {
        await using var kari = await WebUser.SignsInAtAsync(chrome, Domain, "KariHensien", RunningServer.KariPassword);
        await jo.SignsIn();
        await jo.Adds(server.AddressOf("KariHensien"));
        await jo.SeesStatus(server.AddressOf("KariHensien"), "online");

        await kari.Adds(server.AddressOf("JoBrown"));
        await kari.Sees("Jo Brown", "Online");
        await kari.Says("Lunch at noon? Zoë pays ☺");
        await jo.Hears($"^received-im {server.AddressOf("JoBrown").Replace("JoBrown", "KariHensien", StringComparison.Ordinal)} .*Lunch at noon\\? ");
        await kari.HasDeliveredAll();
        await kari.SetsStatus("On The Phone");
        await jo.SeesStatus(server.AddressOf("KariHensien"), "on-phone");
        await jo.SetsStatus("busy");
        await kari.Sees("Jo Brown", "Busy");
        await jo.SignsOut();
        await kari.Sees("Jo Brown", "Offline");
        Assert.Empty(kari.Mistakes);
    }

    [Fact]
    public async Task A_script_writes_to_the_browser_and_hears_whether_it_arrived()
    {
        await using var kari = await WebUser.SignsInAtAsync(chrome, Domain, "KariHensien", RunningServer.KariPassword);

        var delivered = await RvpAsync("send", server.AddressOf("KariHensien"), "build is green");

        Assert.Equal((0, ""), (delivered.Code, delivered.Error));
        await kari.Opens("Jo Brown");
        await kari.Hears("build is green");
        await kari.Chooses("Sign out");
        await Expect(kari.Page.GetByLabel("Password")).ToBeVisibleAsync();
        Assert.Equal(1, (await RvpAsync("send", server.AddressOf("KariHensien"), "still there?")).Code);
    }

    private static Task<Ran> RvpAsync(params string[] arguments) => Commands.RunAsync(
        "dotnet", [BuiltPrograms.CommandLineClient, .. arguments], environment: new Dictionary<string, string>
        {
            ["RVP_ACCOUNT"] = "JoBrown@" + Domain,
            ["RVP_PASSWORD"] = RunningServer.JoPassword,
            ["RVP_SERVER"] = "http://" + Domain,
        });
}
