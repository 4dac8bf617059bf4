using RvpServer.Interop.Curl;
using Xunit.Abstractions;

namespace RvpServer.Interop.Pidgin;

/// <summary>Jo Brown and Kari Hensien at Pidgin. Derived classes say how they prove who they are.</summary>
public abstract class PidginStories(ITestOutputHelper output, string domain, string authentication) : IAsyncLifetime
{
    private RunningServer server = null!;
    private PurpleClient jo = null!;
    private PurpleClient kari = null!;

    public async Task InitializeAsync()
    {
        server = await RunningServer.StartAsync(domain, authentication);
        jo = PurpleClient.Start(server.AddressOf("JoBrown"), RunningServer.JoPassword);
        kari = PurpleClient.Start(server.AddressOf("KariHensien"), RunningServer.KariPassword);
    }

    public async Task DisposeAsync()
    {
        // Shown by the runner only for a test that failed; after an initialization that failed there is nothing to show.
        output.WriteLine($"Jo's client:\n{jo?.Transcript}\nKari's client:\n{kari?.Transcript}\nThe server:\n{server?.Log}");
        foreach (var part in new IAsyncDisposable?[] { jo, kari, server }) if (part is not null) await part.DisposeAsync();
    }

    [Fact]
    public async Task They_add_each_other_and_see_each_other_online()
    {
        await jo.SignsIn();
        await kari.SignsIn();

        await jo.Adds(kari);
        await kari.Adds(jo);

        await jo.SeesStatus(kari, "online");
        await kari.SeesStatus(jo, "online");
    }

    [Fact]
    public async Task A_contact_who_comes_later_is_seen_coming()
    {
        await jo.SignsIn();
        await jo.Adds(kari);
        await jo.Says(kari, "fence");
        await jo.HearsThatItWasNotDelivered(kari, "fence");

        await kari.SignsIn();

        await jo.SeesStatus(kari, "online");
    }

    [Theory]
    [InlineData("Let's have lunch")]
    [InlineData("Grüße aus Köln, ça va? Привет, 你好 🎉👩‍💻")]
    [InlineData("]]> & <b>not bold</b> &amp; \"quoted\" 'single' <![CDATA[ a]]]]>b")]
    public async Task Messages_arrive_as_they_were_written(string text)
    {
        await TheySeeEachOther();

        await jo.Says(kari, text);
        await kari.HearsMessage(jo, text);
        await kari.Says(jo, text);
        await jo.HearsMessage(kari, text);
    }

    [Fact]
    public async Task A_message_to_someone_who_is_not_signed_in_is_not_delivered()
    {
        await jo.SignsIn();

        await jo.Says(kari, "Are you there?");

        await jo.HearsThatItWasNotDelivered(kari, "Are you there?");
    }

    [Fact]
    public async Task Typing_is_seen()
    {
        await TheySeeEachOther();

        await jo.Types(kari);

        await kari.SeesTyping(jo);
    }

    [Fact]
    public async Task Every_status_is_seen()
    {
        await TheySeeEachOther();

        foreach (var status in new[] { "busy", "away", "on-phone", "at-lunch", "back-soon", "idle", "online" })
        {
            await jo.SetsStatus(status);
            await kari.SeesStatus(jo, status);
        }
    }

    [Fact]
    public async Task Who_is_blocked_sees_offline_and_cannot_write_until_unblocked()
    {
        await TheySeeEachOther();
        await KarisAccessListNamesJo();

        await kari.Blocks(jo);
        await jo.SeesStatus(kari, "offline");
        await jo.Says(kari, "Why so silent?");
        await jo.HearsThatItWasNotDelivered(kari, "Why so silent?");

        await kari.Unblocks(jo);
        await jo.SeesStatus(kari, "online");
        await jo.Says(kari, "There you are");
        await kari.HearsMessage(jo, "There you are");
        Assert.Equal(["There you are"], kari.Messages);
    }

    [Fact]
    public async Task Sign_out_is_seen_and_a_new_sign_in_too()
    {
        await TheySeeEachOther();

        await jo.SignsOut();
        await kari.SeesStatus(jo, "offline");

        await jo.SignsIn();
        await kari.SeesStatus(jo, "online");
    }

    [Fact]
    public async Task Who_is_signed_in_twice_hears_it_twice_and_is_offline_when_both_have_signed_out()
    {
        await TheySeeEachOther();
        await using PurpleClient laptop = PurpleClient.Start(kari.Address, RunningServer.KariPassword);
        await laptop.SignsIn();

        await jo.Says(kari, "Where are you?");
        await kari.HearsMessage(jo, "Where are you?");
        await laptop.HearsMessage(jo, "Where are you?");
        await kari.SignsOut();
        await laptop.SetsStatus("busy");
        await jo.SeesStatus(kari, "busy");
        await laptop.SignsOut();
        await jo.SeesStatus(kari, "offline");

        Assert.Equal(["online", "busy", "offline"], jo.StatusesOf(kari));
    }

    /// <summary>This client never notices that a server has lost its session, and never subscribes again [client]: nothing may be lost.</summary>
    [Fact]
    public async Task Sessions_survive_a_killed_server()
    {
        await TheySeeEachOther();
        await jo.SetsStatus("busy");
        await kari.SeesStatus(jo, "busy");

        await server.KillAsync();
        await server.StartAgainAsync();

        await jo.Says(kari, "Did you notice?");
        await kari.HearsMessage(jo, "Did you notice?");
        await kari.Says(jo, "Notice what?");
        await jo.HearsMessage(kari, "Notice what?");
        await jo.SetsStatus("at-lunch");
        await kari.SeesStatus(jo, "at-lunch");
        await jo.SignsOut();
        await kari.SeesStatus(jo, "offline");
    }

    /// <summary>Adding a contact grants them access by an ACL of its own connection, which a block sent too soon would overtake. [client]</summary>
    private async Task KarisAccessListNamesJo()
    {
        var kari = new CurlUser(server, "KariHensien", RunningServer.KariPassword, Scheme: "anyauth");
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        CurlAnswer answer;
        do
        {
            deadline.Token.ThrowIfCancellationRequested();
            answer = await kari.Sends("ACL", "KariHensien", []);
        }
        while (!answer.Body.Contains($">{server.UrlOf("JoBrown")}<", StringComparison.OrdinalIgnoreCase));
    }

    private async Task TheySeeEachOther()
    {
        await Task.WhenAll(jo.SignsIn(), kari.SignsIn());
        await Task.WhenAll(jo.Adds(kari), kari.Adds(jo));
        await Task.WhenAll(jo.SeesStatus(kari, "online"), kari.SeesStatus(jo, "online"));
    }
}
