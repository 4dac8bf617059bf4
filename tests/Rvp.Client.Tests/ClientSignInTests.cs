using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Rvp.Protocol;
using Rvp.Testing;

namespace Rvp.Client.Tests;

public sealed class ClientSignInTests
{
    public static TheoryData<string> Modes => ["callback", "long poll", "fixed ports"];

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Presence_and_messages_arrive_in_every_mode(string mode)
    {
        await using var home = await Home.StartAsync();
        var jo = await home.SignedIn(Home.Jo, options => options with { Mode = ModeOf(mode) });
        var kari = await home.SignedIn(Home.Kari);

        var seen = await jo.Client.WatchAsync(Home.Kari);
        await kari.Client.SetStateAsync(PresenceState.OnPhone);
        // News take another way than messages, and one may overtake the other.
        var news = await jo.Hears<RvpEvent.PresenceChanged>();
        var sent = await kari.Client.SendAsync(Home.Jo, "Let's have lunch");

        Assert.Equal(new Contact(Home.Kari, RvpUrl.ForAlias("im.adatum.com", 80, "KariHensien"), "Kari Hensien", PresenceState.Online), seen);
        Assert.Equal(PresenceState.OnPhone, news.Contact.State);
        Assert.Equal(new MessageResult(MessageOutcome.Delivered, "Delivered to JoBrown@adatum.com."), sent);
        var message = await jo.Hears<RvpEvent.MessageReceived>();
        Assert.Equal((Home.Kari, "Kari Hensien", "Let's have lunch"), (message.From, message.Name, message.Text));
    }

    [Fact]
    public async Task A_polling_client_asks_when_the_interval_is_over()
    {
        await using var home = await Home.StartAsync();
        var clock = new FakeTimeProvider();
        var jo = await home.SignedIn(Home.Jo, options => options with { Mode = ConnectionMode.Polling(), Clock = clock });
        var kari = await home.SignedIn(Home.Kari);

        await kari.Client.SendAsync(Home.Jo, "Let's have lunch");
        var message = jo.Hears<RvpEvent.MessageReceived>();
        await Deadline.Until(() => Pass(clock, TimeSpan.FromMinutes(10), message), "a poll", () => "none");

        Assert.Equal("Let's have lunch", (await message).Text);
    }

    [Fact]
    public async Task A_polling_client_is_there_between_its_polls()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        await using var home = await Home.StartAsync(clock: clock);
        await home.SignedIn(Home.Jo, options => options with { Mode = ConnectionMode.Polling(TimeSpan.FromMinutes(15)) });
        var kari = home.Client(Home.Kari);

        for (var minute = 0; minute < 14; minute++)
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(PresenceState.Online, (await kari.Client.GetPresenceAsync(Home.Jo)).State);
        }
        Assert.True((await kari.Client.SendAsync(Home.Jo, "When you look next")).IsDelivered);
    }

    [Fact]
    public async Task Who_signs_out_is_offline_for_watchers()
    {
        await using var home = await Home.StartAsync();
        var jo = await home.SignedIn(Home.Jo);
        var kari = await home.SignedIn(Home.Kari);
        await jo.Client.WatchAsync(Home.Kari);

        await kari.Client.SignOutAsync();

        Assert.Equal(PresenceState.Offline, (await jo.Hears<RvpEvent.PresenceChanged>()).Contact.State);
        Assert.Equal(ConnectionState.SignedOut, kari.Client.State);
    }

    [Fact]
    public async Task A_wrong_password_is_told_in_one_line()
    {
        await using var home = await Home.StartAsync();
        var jo = home.Client(Home.Jo, options => options with { Password = "wrong" });

        var failure = await Assert.ThrowsAsync<RvpClientException>(() => jo.Client.SignInAsync());

        Assert.Equal((RvpError.WrongPassword, "The server does not accept the account name or the password."), (failure.Error, failure.Message));
    }

    [Fact]
    public async Task An_unknown_account_is_told_in_one_line()
    {
        await using var home = await Home.StartAsync();
        var nobody = home.Client(Home.Address("nobody@im.adatum.com"));

        var failure = await Assert.ThrowsAsync<RvpClientException>(() => nobody.Client.SignInAsync());

        Assert.Equal(RvpError.WrongPassword, failure.Error);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_told_in_one_line()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        taken.Stop();
        await using var client = new RvpClient(new RvpClientOptions { Address = Home.Jo, Password = "x", Server = new Uri($"http://127.0.0.1:{port}") });

        var failure = await Assert.ThrowsAsync<RvpClientException>(() => client.VerifyAsync());

        Assert.Equal((RvpError.Unreachable, $"The server 127.0.0.1:{port} cannot be reached."), (failure.Error, failure.Message));
    }

    [Theory]
    [InlineData(1024, 2000, "Callback ports must be between 1025 and 65535, not 1024.")]
    [InlineData(5000, 65536, "Callback ports must be between 1025 and 65535, not 65536.")]
    [InlineData(6000, 5000, "The first callback port, 6000, is higher than the last, 5000.")]
    public void Ports_out_of_range_are_refused(int first, int last, string reason)
    {
        var refusal = Assert.Throws<ArgumentException>(() => ConnectionMode.FixedPorts(first, last));

        Assert.Equal(reason, refusal.Message);
    }

    [Theory]
    [InlineData(0, "The polling interval must be between 1 and 15 minutes, not 0.")]
    [InlineData(16, "The polling interval must be between 1 and 15 minutes, not 16.")]
    public void Polling_intervals_out_of_range_are_refused(int minutes, string reason)
    {
        var refusal = Assert.Throws<ArgumentException>(() => ConnectionMode.Polling(TimeSpan.FromMinutes(minutes)));

        Assert.Equal(reason, refusal.Message);
    }

    [Fact]
    public async Task Where_no_port_of_the_range_is_free_nobody_signs_in()
    {
        await using var home = await Home.StartAsync();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var jo = home.Client(Home.Jo, options => options with { Mode = ConnectionMode.FixedPorts(port, port) });

        var failure = await Assert.ThrowsAsync<RvpClientException>(() => jo.Client.SignInAsync());

        Assert.Equal((RvpError.NoFreePort, $"No callback port from {port} to {port} is free."), (failure.Error, failure.Message));
    }

    [Fact]
    public async Task Ntlm_proves_the_account_where_the_server_offers_nothing_else()
    {
        await using var home = await Home.StartAsync(
            new Dictionary<string, string?> { ["Authentication:Schemes:0"] = "Ntlm", ["Authentication:NtlmDomain"] = "ADATUM" });
        var jo = await home.SignedIn(Home.Jo);
        var kari = await home.SignedIn(Home.Kari, options => options with { UserName = @"ADATUM\KariHensien" });

        var sent = await kari.Client.SendAsync(Home.Jo, "hello");

        Assert.True(sent.IsDelivered);
        Assert.Equal("hello", (await jo.Hears<RvpEvent.MessageReceived>()).Text);
    }

    [Fact]
    public async Task Ntlm_does_not_accept_a_wrong_password()
    {
        await using var home = await Home.StartAsync(
            new Dictionary<string, string?> { ["Authentication:Schemes:0"] = "Ntlm", ["Authentication:NtlmDomain"] = "ADATUM" });
        var jo = home.Client(Home.Jo, options => options with { Password = "wrong" });

        var failure = await Assert.ThrowsAsync<RvpClientException>(() => jo.Client.SignInAsync());

        Assert.Equal(RvpError.WrongPassword, failure.Error);
    }

    [Fact]
    public async Task A_detached_sign_in_is_taken_up_again_with_what_came_meanwhile()
    {
        await using var home = await Home.StartAsync();
        var first = home.Client(Home.Jo, options => options with { KeepAlive = false });
        await first.Client.SignInAsync(PresenceState.Busy);
        var left = await first.Client.DetachAsync();
        var kari = await home.SignedIn(Home.Kari);
        await kari.Client.SendAsync(Home.Jo, "are you there?");

        var again = home.Client(Home.Jo, options => options with { Resume = left });
        await again.Client.SignInAsync(null);

        Assert.Equal("are you there?", (await again.Hears<RvpEvent.MessageReceived>()).Text);
        Assert.Equal(PresenceState.Busy, (await kari.Client.WatchAsync(Home.Jo)).State);
    }

    // The client may not have begun to wait: time goes on until it has.
    private static bool Pass(FakeTimeProvider clock, TimeSpan time, Task awaited)
    {
        clock.Advance(time);
        return awaited.IsCompleted;
    }

    private static ConnectionMode ModeOf(string mode) => mode switch
    {
        "callback" => ConnectionMode.Default,
        "long poll" => ConnectionMode.LongPoll,
        _ => ConnectionMode.FixedPorts(42_000, 42_999),
    };
}
