using Rvp.Testing;
using RvpServer.Interop.Curl;
using Xunit.Abstractions;

namespace RvpServer.Interop.Pidgin;

/// <summary>With messages that wait, as the server does unless it is told not to: clients that know nothing of it get them all the same.</summary>
public sealed class PidginMessagesThatWaitTests(ITestOutputHelper output) : IAsyncLifetime
{
    private RunningServer server = null!;
    private PurpleClient jo = null!;
    private PurpleClient kari = null!;

    public async Task InitializeAsync()
    {
        server = await RunningServer.StartAsync("127.0.31.7", """{ "Schemes": [ "Digest" ] }""", messages: """{ "Archive": true }""");
        jo = PurpleClient.Start(server.AddressOf("JoBrown"), RunningServer.JoPassword);
        kari = PurpleClient.Start(server.AddressOf("KariHensien"), RunningServer.KariPassword);
    }

    public async Task DisposeAsync()
    {
        output.WriteLine($"Jo's client:\n{jo?.Transcript}\nKari's client:\n{kari?.Transcript}\nThe server:\n{server?.Log}");
        foreach (var part in new IAsyncDisposable?[] { jo, kari, server }) if (part is not null) await part.DisposeAsync();
    }

    [Fact]
    public async Task What_was_written_to_her_while_she_was_away_is_there_when_she_signs_in_in_order_and_once_whatever_happens_to_the_server()
    {
        await jo.SignsIn();
        await jo.Adds(kari);
        var reader = new CurlUser(server, "KariHensien", RunningServer.KariPassword, "digest");
        // One after the other: the plugin sends each on a connection of its own.
        foreach (var text in (string[])["Lunch?", "At noon"])
        {
            await jo.Says(kari, text);
            await Deadline.Until(
                async () => (await reader.Sends("REPORT", "KariHensien", [], "<h:history-query xmlns:h='urn:rvpserver:history'/>")).Body
                    .Contains(text, StringComparison.Ordinal),
                "the server has " + text, () => jo.Transcript);
        }
        await server.KillAsync();
        await server.StartAgainAsync();

        await kari.SignsIn();

        await kari.HearsMessage(jo, "Lunch?");
        await kari.HearsMessage(jo, "At noon");
        await jo.Says(kari, "There you are");
        await kari.HearsMessage(jo, "There you are");
        Assert.Equal(["Lunch?", "At noon", "There you are"], kari.Messages);
        Assert.DoesNotContain("could not be delivered", jo.Transcript, StringComparison.Ordinal);
    }
}
