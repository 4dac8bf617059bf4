using RvpServer.Interop.Curl;
using Xunit.Abstractions;

namespace RvpServer.Interop.Pidgin;

/// <summary>Jo Brown and Kari Hensien at Pidgin. Derived classes say how they prove who they are.</summary>
public abstract class PidginStories(ITestOutputHelper output, string domain, string authentication) : IAsyncLifetime
{
    private RunningServer _server = null!;
    private PurpleClient _jo = null!;
    private PurpleClient _kari = null!;

    public async Task InitializeAsync()
    {
        _server = await RunningServer.StartAsync(domain, authentication);
        _jo = PurpleClient.Start(_server.AddressOf("JoBrown"), RunningServer.JoPassword);
        _kari = PurpleClient.Start(_server.AddressOf("KariHensien"), RunningServer.KariPassword);
    }

    public async Task DisposeAsync()
    {
        // Shown by the runner only for a test that failed; after an initialization that failed there is nothing to show.
        output.WriteLine($"Jo's client:\n{_jo?.Transcript}\nKari's client:\n{_kari?.Transcript}\nThe server:\n{_server?.Log}");
        foreach (IAsyncDisposable? part in new IAsyncDisposable?[] { _jo, _kari, _server })
        {
            if (part is not null)
            {
                await part.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task They_add_each_other_and_see_each_other_online()
    {
        await _jo.SignsIn();
        await _kari.SignsIn();

        await _jo.Adds(_kari);
        await _kari.Adds(_jo);

        await _jo.SeesStatus(_kari, "online");
        await _kari.SeesStatus(_jo, "online");
    }

    [Fact]
    public async Task A_contact_who_comes_later_is_seen_coming()
    {
        await _jo.SignsIn();
        await _jo.Adds(_kari);
        await _jo.Says(_kari, "fence");
        await _jo.HearsThatItWasNotDelivered(_kari, "fence");

        await _kari.SignsIn();

        await _jo.SeesStatus(_kari, "online");
    }

    [Theory]
    [InlineData("Let's have lunch")]
    [InlineData("Grüße aus Köln, ça va? Привет, 你好 🎉👩‍💻")]
    [InlineData("]]> & <b>not bold</b> &amp; \"quoted\" 'single' <![CDATA[ a]]]]>b")]
    public async Task Messages_arrive_as_they_were_written(string text)
    {
        await TheySeeEachOther();

        await _jo.Says(_kari, text);
        await _kari.HearsMessage(_jo, text);
        await _kari.Says(_jo, text);
        await _jo.HearsMessage(_kari, text);
    }

    [Fact]
    public async Task A_message_to_someone_who_is_not_signed_in_is_not_delivered()
    {
        await _jo.SignsIn();

        await _jo.Says(_kari, "Are you there?");

        await _jo.HearsThatItWasNotDelivered(_kari, "Are you there?");
    }

    [Fact]
    public async Task Typing_is_seen()
    {
        await TheySeeEachOther();

        await _jo.Types(_kari);

        await _kari.SeesTyping(_jo);
    }

    [Fact]
    public async Task Every_status_is_seen()
    {
        await TheySeeEachOther();

        foreach (string status in new[] { "busy", "away", "on-phone", "at-lunch", "back-soon", "idle", "online" })
        {
            await _jo.SetsStatus(status);
            await _kari.SeesStatus(_jo, status);
        }
    }

    [Fact]
    public async Task Who_is_blocked_sees_offline_and_cannot_write_until_unblocked()
    {
        await TheySeeEachOther();
        await KarisAccessListNamesJo();

        await _kari.Blocks(_jo);
        await _jo.SeesStatus(_kari, "offline");
        await _jo.Says(_kari, "Why so silent?");
        await _jo.HearsThatItWasNotDelivered(_kari, "Why so silent?");

        await _kari.Unblocks(_jo);
        await _jo.SeesStatus(_kari, "online");
        await _jo.Says(_kari, "There you are");
        await _kari.HearsMessage(_jo, "There you are");
        Assert.Equal(["There you are"], _kari.Messages);
    }

    [Fact]
    public async Task Sign_out_is_seen_and_a_new_sign_in_too()
    {
        await TheySeeEachOther();

        await _jo.SignsOut();
        await _kari.SeesStatus(_jo, "offline");

        await _jo.SignsIn();
        await _kari.SeesStatus(_jo, "online");
    }

    [Fact]
    public async Task Who_is_signed_in_twice_hears_it_twice_and_is_offline_when_both_have_signed_out()
    {
        await TheySeeEachOther();
        await using PurpleClient laptop = PurpleClient.Start(_kari.Address, RunningServer.KariPassword);
        await laptop.SignsIn();

        await _jo.Says(_kari, "Where are you?");
        await _kari.HearsMessage(_jo, "Where are you?");
        await laptop.HearsMessage(_jo, "Where are you?");
        await _kari.SignsOut();
        await laptop.SetsStatus("busy");
        await _jo.SeesStatus(_kari, "busy");
        await laptop.SignsOut();
        await _jo.SeesStatus(_kari, "offline");

        Assert.Equal(["online", "busy", "offline"], _jo.StatusesOf(_kari));
    }

    /// <summary>This client never notices that a server has lost its session, and never subscribes afresh [client]: nothing may be lost.</summary>
    [Fact]
    public async Task Sessions_survive_a_killed_server()
    {
        await TheySeeEachOther();
        await _jo.SetsStatus("busy");
        await _kari.SeesStatus(_jo, "busy");

        await _server.KillAsync();
        await _server.StartAgainAsync();

        await _jo.Says(_kari, "Did you notice?");
        await _kari.HearsMessage(_jo, "Did you notice?");
        await _kari.Says(_jo, "Notice what?");
        await _jo.HearsMessage(_kari, "Notice what?");
        await _jo.SetsStatus("at-lunch");
        await _kari.SeesStatus(_jo, "at-lunch");
        await _jo.SignsOut();
        await _kari.SeesStatus(_jo, "offline");
    }

    /// <summary>Adding a contact grants them access by an ACL of its own connection, which a block sent too soon would overtake. [client]</summary>
    private async Task KarisAccessListNamesJo()
    {
        var kari = new CurlUser(_server, "KariHensien", RunningServer.KariPassword, Scheme: "anyauth");
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        CurlAnswer answer;
        do
        {
            deadline.Token.ThrowIfCancellationRequested();
            answer = await kari.Sends("ACL", "KariHensien", []);
        }
        while (!answer.Body.Contains($">{_server.UrlOf("JoBrown")}<", StringComparison.OrdinalIgnoreCase));
    }

    private async Task TheySeeEachOther()
    {
        await Task.WhenAll(_jo.SignsIn(), _kari.SignsIn());
        await Task.WhenAll(_jo.Adds(_kari), _kari.Adds(_jo));
        await Task.WhenAll(_jo.SeesStatus(_kari, "online"), _kari.SeesStatus(_jo, "online"));
    }
}
