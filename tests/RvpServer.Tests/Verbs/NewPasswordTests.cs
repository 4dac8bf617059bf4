using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Directories;
using RvpServer.Nodes;

namespace RvpServer.Tests.Verbs;

/// <summary>What was made with an earlier password ends when the account gets another.</summary>
public sealed class NewPasswordTests : HomeServerTest
{
    private const string New = "Another-Word-2";

    [Fact]
    public async Task A_new_password_ends_sign_ins_and_watchers_see_offline()
    {
        await Jo.SignsIn();
        await Kari.SignsIn();
        await Kari.SetsState("online");
        await Jo.Watches(Kari);

        await SetsPassword("KariHensien");

        await Jo.Sees(Kari, "offline");
        Assert.Equal(412, (await Jo.Says(Kari, "Are you there?")).Status);
    }

    [Fact]
    public async Task The_same_password_set_again_ends_sign_ins_too()
    {
        await Kari.SignsIn();

        await SetsPassword("KariHensien", TestServer.Password);

        await NobodyIsSignedIn(Kari);
    }

    [Fact]
    public async Task A_poll_that_waits_is_answered_at_once()
    {
        await Kari.SignsInToPoll();
        var poll = Kari.Polls(headers: "Prefer: wait=60\r\n");

        await SetsPassword("KariHensien");

        Assert.Equal(412, (await poll.WaitAsync(TimeSpan.FromSeconds(30))).Status);
    }

    [Fact]
    public async Task A_poll_that_has_waited_since_before_gets_nothing_that_came_after()
    {
        await Kari.SignsInToPoll();
        var account = await Server.FindAccountAsync("KariHensien@adatum.com");
        var nodes = Server.Services.GetRequiredService<INodes>();
        var kari = RvpUrl.ForAlias("im.adatum.com", 80, "KariHensien");
        var poll = new Poll([Kari.SignIn], null) { PasswordStamp = 12345 };

        var answer = await nodes.AskAsync(kari, NodeLocator.OwnerOf(account), poll, new Caller(kari, Credentials.Digest), default);

        Assert.Equal(Refusal.NoSuchSubscription, Assert.IsType<Answer.Refused>(answer.Answer).Refusal);
    }

    [Fact]
    public async Task A_sign_in_with_the_new_password_survives()
    {
        await Kari.SignsIn();
        await SetsPassword("KariHensien");
        var kari = Comes("KariHensien", New);

        await Deadline.Until(() => kari.SignsIn().GetAwaiter().GetResult().Status == 200, "a sign-in with the new password", () => "refused");
        await Deadline.Until(() => SignInsOf(kari).Length == 1, "one sign-in", () => $"{SignInsOf(kari).Length}");
        await SettlesAsync();

        Assert.Equal(200, (await Jo.Says(kari, "Hello")).Status);
        await kari.Hears(Jo, "Hello");
    }

    [Fact]
    public async Task A_sign_in_that_was_on_its_way_while_the_password_changed_ends()
    {
        await Kari.SignsIn();
        var account = await Server.FindAccountAsync("KariHensien@adatum.com");
        var kari = RvpUrl.ForAlias("im.adatum.com", 80, "KariHensien");
        var caller = new Caller(kari, Credentials.Digest);
        var late = new SignIn(caller, kari, Callback.Polled.Instance, null, IPAddress.Loopback) { PasswordStamp = 12345 };

        await Server.Services.GetRequiredService<INodes>().AskAsync(kari, NodeLocator.OwnerOf(account), late, caller, default);

        await Deadline.Until(() => SignInsOf(Kari).Length == 1, "one sign-in", () => $"{SignInsOf(Kari).Length}");
        Assert.Equal(Kari.SignIn, SignInsOf(Kari)[0].Id);
    }

    [Fact]
    public async Task Watches_made_with_the_earlier_password_end()
    {
        await Kari.SignsIn();
        await Kari.SetsState("online");
        var watch = await Jo.Asks("SUBSCRIBE", Kari.Path, $"Notification-Type: update/propchange\r\nCall-Back: {Jo.Callback.Url.ToString().TrimEnd('/')}\r\n");
        Assert.Equal(207, watch.Status);

        await SetsPassword("JoBrown");

        await Deadline.Until(
            () => !Kari.ListsWatchers().GetAwaiter().GetResult().Body.Contains("JoBrown", StringComparison.OrdinalIgnoreCase),
            "no watcher", () => "Jo watches still");
    }

    [Fact]
    public async Task Others_are_not_touched()
    {
        await Jo.SignsIn();
        await Kari.SignsIn();

        await SetsPassword("KariHensien");

        await NobodyIsSignedIn(Kari);
        Assert.Equal(200, (await Jo.Says(Jo, "Still here")).Status);
    }

    [Fact]
    public async Task What_was_changed_while_the_server_was_down_counts_too()
    {
        await Kari.SignsIn();
        await Server.StopAsync();
        await SetsPassword("KariHensien");

        await Server.StartAgainAsync();

        await NobodyIsSignedIn(Kari);
    }

    private Task SetsPassword(string name, string password = New) => Server.SetPasswordAsync(name + "@adatum.com", password);

    private System.Collections.Immutable.ImmutableArray<Subscription> SignInsOf(Person person) => NodeOf(person).SignIns;

    private Task NobodyIsSignedIn(Person person) =>
        Deadline.Until(() => SignInsOf(person).IsEmpty, "nobody signed in", () => SignInsOf(person).Length.ToString(CultureInfo.InvariantCulture));

    // Another account's change has been seen to, so this one's has too.
    private async Task SettlesAsync()
    {
        await Jo.SignsIn();
        await SetsPassword("JoBrown", TestServer.Password);
        await NobodyIsSignedIn(Jo);
    }
}
