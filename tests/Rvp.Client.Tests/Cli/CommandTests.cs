using System.Text.Json;
using Rvp.Protocol;
using Rvp.Testing;

namespace Rvp.Client.Tests.Cli;

public sealed class CommandTests : IAsyncLifetime
{
    private Home home = null!;
    private Shell jo = null!;

    public async Task InitializeAsync()
    {
        home = await Home.StartAsync();
        jo = new Shell(home, "JoBrown@adatum.com");
    }

    public async Task DisposeAsync() => await home.DisposeAsync();

    [Fact]
    public async Task Send_is_done_only_when_delivered()
    {
        var before = await jo.Run("", "send", "KariHensien@adatum.com", "hello");
        var kari = await home.SignedIn(Home.Kari);
        var after = await jo.Run("two\nlines\n", "send", "KariHensien@adatum.com");

        Assert.Equal(new Ran(1, "", "rvp: KariHensien@adatum.com is not available.\n"), before);
        Assert.Equal(new Ran(0, "", ""), after);
        Assert.Equal("two\nlines", (await kari.Hears<RvpEvent.MessageReceived>()).Text);
    }

    [Fact]
    public async Task What_is_too_long_is_said_to_be()
    {
        await home.SignedIn(Home.Kari);

        Assert.Equal(new Ran(1, "", "rvp: The message is longer than 120000 characters.\n"),
            await jo.Run(new string('x', 200_000), "send", "KariHensien@adatum.com"));
        Assert.Equal(new Ran(1, "", "rvp: The message is too long for the server of KariHensien@adatum.com.\n"),
            await jo.Run(new string('ö', 119_000), "send", "KariHensien@adatum.com"));
        Assert.Equal(new Ran(0, "", ""), await jo.Run(new string('x', 119_000), "send", "KariHensien@adatum.com"));
    }

    [Fact]
    public async Task A_message_that_begins_with_an_at_sign_is_text_and_no_name_of_a_file()
    {
        var name = "@" + Path.Combine(jo.Folder, "everyone");
        await File.WriteAllTextAsync(name[1..], "not to be sent");
        var kari = await home.SignedIn(Home.Kari);

        Assert.Equal(new Ran(0, "", ""), await jo.Run("", "send", "KariHensien@adatum.com", "@everyone"));
        Assert.Equal(new Ran(0, "", ""), await jo.Run("", "send", "KariHensien@adatum.com", name));

        Assert.Equal("@everyone", (await kari.Hears<RvpEvent.MessageReceived>()).Text);
        Assert.Equal(name, (await kari.Hears<RvpEvent.MessageReceived>()).Text);
    }

    [Theory]
    [InlineData("rvp: \"kari\" is no IM address: write it like JoBrown@adatum.com.\n", "send", "kari", "hello")]
    [InlineData("rvp: There is nothing to send: give TEXT or standard input.\n", "send", "KariHensien@adatum.com")]
    [InlineData("rvp: \"bored\" is no state: write one of offline, online, idle, away, busy, back-soon, on-phone, at-lunch, invisible.\n", "status", "bored")]
    [InlineData("rvp: \"file:///etc\" is no server: write it like http://im.adatum.com:8080.\n", "status", "--server", "file:///etc")]
    [InlineData("rvp: Callback ports must be between 1025 and 65535, not 80.\n", "watch", "KariHensien@adatum.com", "--connection", "ports=80-90")]
    [InlineData("rvp: The polling interval must be between 1 and 15 minutes, not 20.\n", "watch", "KariHensien@adatum.com", "--connection", "poll=20")]
    [InlineData("rvp: Required argument missing for command: 'send'. See rvp --help.\n", "send")]
    public async Task Wrong_usage_is_one_line_and_exit_code_2(string error, params string[] arguments) =>
        Assert.Equal(new Ran(2, "", error), await jo.Run("", arguments));

    [Fact]
    public async Task Without_an_account_or_a_password_it_says_how_to_give_one()
    {
        jo.Unset("RVP_PASSWORD");
        var password = await jo.Run("", "status");
        jo.Unset("RVP_ACCOUNT");
        var account = await jo.Run("", "status");

        Assert.Equal(new Ran(2, "", "rvp: No password: give --password-file FILE, set RVP_PASSWORD, or sign in with rvp signin.\n"), password);
        Assert.Equal(new Ran(2, "", "rvp: Which account? Give --account ADDRESS, set RVP_ACCOUNT, or sign in with rvp signin.\n"), account);
    }

    [Fact]
    public async Task A_wrong_password_fails_and_saves_nothing()
    {
        jo.Set("RVP_PASSWORD", "wrong");

        var ran = await jo.Run("", "signin");

        Assert.Equal(new Ran(1, "", "rvp: The server does not accept the account name or the password.\n"), ran);
        Assert.False(File.Exists(jo.AccountFile));
    }

    [Fact]
    public async Task Signin_keeps_the_account_for_other_commands_until_signout()
    {
        var kari = await home.SignedIn(Home.Kari);

        var signedIn = await jo.Run("", "signin");
        foreach (var variable in (string[])["RVP_ACCOUNT", "RVP_PASSWORD", "RVP_SERVER"]) jo.Unset(variable);
        var status = await jo.Run("", "status");
        var busy = await jo.Run("", "status", "busy");
        var seen = await kari.Client.WatchAsync(Home.Jo);
        var signedOut = await jo.Run("", "signout");

        Assert.Equal(new Ran(0, $"Signed in as JoBrown@adatum.com. Others see you online for 30 minutes; rvp chat keeps you online.\nThe password is saved in "
            + $"{jo.AccountFile}, which only you can read. rvp signout forgets it.\n", ""), signedIn);
        Assert.Equal(new Ran(0, "online\n", ""), status);
        Assert.Equal(new Ran(0, "busy\n", ""), busy);
        Assert.Equal(PresenceState.Busy, seen.State);
        Assert.Equal(new Ran(0, "JoBrown@adatum.com is signed out.\n", ""), signedOut);
        Assert.Equal(PresenceState.Offline, (await kari.Hears<RvpEvent.PresenceChanged>()).Contact.State);
        Assert.False(File.Exists(jo.AccountFile));
    }

    [Fact]
    public async Task The_saved_files_are_for_their_owner_alone_and_a_password_file_is_not_copied()
    {
        var secret = Path.Combine(jo.Folder, "secret");
        await File.WriteAllTextAsync(secret, TestServer.Password + "\n");
        jo.Unset("RVP_PASSWORD");

        var ran = await jo.Run("", "signin", "--password-file", secret);

        Assert.Equal(0, ran.Code);
        Assert.DoesNotContain(TestServer.Password, await File.ReadAllTextAsync(jo.AccountFile), StringComparison.Ordinal);
        Assert.Equal(new Ran(0, "online\n", ""), await jo.Run("", "status"));
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(jo.AccountFile)!))
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task Contacts_block_list_and_watchers_are_listed()
    {
        var kari = await home.SignedIn(Home.Kari);
        await kari.Client.WatchAsync(Home.Jo);

        Assert.Equal(
            new Ran(1, "", "rvp: There is no nobody@adatum.com.\n"), await jo.Run("", "contacts", "add", "KariHensien@adatum.com", "nobody@adatum.com"));
        Assert.Equal(new Ran(0, "", ""), await jo.Run("", "contacts"));
        Assert.Equal(new Ran(0, "", ""), await jo.Run("", "contacts", "add", "KariHensien@adatum.com"));
        Assert.Equal(new Ran(0, "KariHensien@adatum.com  online  Kari Hensien\n", ""), await jo.Run("", "contacts"));
        Assert.Equal(new Ran(1, "", "rvp: nobody@adatum.com is not on your list.\n"), await jo.Run("", "contacts", "remove", "nobody@adatum.com"));
        Assert.Equal(new Ran(0, "[{\"address\":\"KariHensien@adatum.com\",\"state\":\"online\",\"displayName\":\"Kari Hensien\"}]\n", ""),
            await jo.Run("", "contacts", "--json"));
        Assert.Equal(new Ran(0, "KariHensien@adatum.com\n", ""), await jo.Run("", "watchers"));
        Assert.Equal(new Ran(0, "KariHensien@adatum.com is blocked.\n", ""), await jo.Run("", "block", "KariHensien@adatum.com"));
        Assert.Equal(new Ran(0, "[{\"address\":\"KariHensien@adatum.com\"}]\n", ""), await jo.Run("", "block", "--json"));
        Assert.Equal(new Ran(0, "evil.example is blocked.\n", ""), await jo.Run("", "block", "evil.example"));
        Assert.Equal(new Ran(0, "KariHensien@adatum.com\nevil.example\n", ""), await jo.Run("", "block"));
        Assert.Equal(new Ran(0, "[{\"address\":\"KariHensien@adatum.com\"},{\"domain\":\"evil.example\"}]\n", ""), await jo.Run("", "block", "--json"));
        Assert.Equal(new Ran(0, "evil.example is no longer blocked.\n", ""), await jo.Run("", "unblock", "Evil.Example"));
        Assert.Equal(2, (await jo.Run("", "block", "evil")).Code);
        Assert.Equal(new Ran(0, "KariHensien@adatum.com is no longer blocked.\n", ""), await jo.Run("", "unblock", "KariHensien@adatum.com"));
        Assert.Equal(new Ran(0, "", ""), await jo.Run("", "block"));
        Assert.Equal(
            new Ran(0, "KariHensien@adatum.com was not blocked.\nevil.example was not blocked.\n", ""),
            await jo.Run("", "unblock", "KariHensien@adatum.com", "evil.example"));
    }

    [Fact]
    public async Task A_contact_who_cannot_be_found_any_more_is_unknown_and_not_offline()
    {
        await home.Client(Home.Jo).Client.SetContactListAsync([Home.Kari, Home.Address("gone@adatum.com")]);

        Assert.Equal(
            new Ran(0, "KariHensien@adatum.com  offline  Kari Hensien\ngone@adatum.com         unknown  gone@adatum.com\n", ""), await jo.Run("", "contacts"));
    }

    [Fact]
    public async Task Send_waits_until_the_recipient_is_there()
    {
        var waiting = jo.Run("", "send", "--wait", "60", "KariHensien@adatum.com", "hello");
        var late = await jo.Run("", "send", "--wait", "0.2s", "KariHensien@adatum.com", "too late");
        var kari = await home.SignedIn(Home.Kari);

        Assert.Equal(new Ran(1, "", "rvp: KariHensien@adatum.com has not come.\n"), late);
        Assert.Equal(new Ran(0, "", ""), await waiting);
        Assert.Equal("hello", (await kari.Hears<RvpEvent.MessageReceived>()).Text);
    }

    [Fact]
    public async Task Send_says_in_json_what_became_of_the_message()
    {
        var nobody = await jo.Run("", "send", "--json", "KariHensien@adatum.com", "hello");
        await home.SignedIn(Home.Kari);
        var there = await jo.Run("", "send", "--json", "KariHensien@adatum.com", "hello");

        Assert.Equal(
            new Ran(1, "{\"address\":\"KariHensien@adatum.com\",\"outcome\":\"not-available\"}\n", "rvp: KariHensien@adatum.com is not available.\n"), nobody);
        Assert.Equal(new Ran(0, "{\"address\":\"KariHensien@adatum.com\",\"outcome\":\"delivered\"}\n", ""), there);
    }

    [Fact]
    public async Task The_password_comes_from_standard_input_and_the_connection_is_kept()
    {
        jo.Unset("RVP_PASSWORD");

        var ran = await jo.Run(TestServer.Password + "\n", "signin", "--password-stdin", "--connection", "poll=5");
        foreach (var variable in (string[])["RVP_ACCOUNT", "RVP_SERVER"]) jo.Unset(variable);

        Assert.Equal(0, ran.Code);
        using var saved = JsonDocument.Parse(await File.ReadAllTextAsync(jo.AccountFile));
        Assert.Equal("poll=5", saved.RootElement.GetProperty("connection").GetString());
        Assert.Equal($"http://127.0.0.1:{home.Server.Port}/", saved.RootElement.GetProperty("server").GetString());
        Assert.Equal(new Ran(0, "online\n", ""), await jo.Run("", "status"));
        Assert.Equal(new Ran(2, "", "rvp: Standard input holds no password.\n"), await jo.Run("", "signin", "--password-stdin"));
    }

    /// <summary>Pidgin's plugin writes an entry for every contact; so does this one.</summary>
    [Fact]
    public async Task Where_only_contacts_see_presence_a_new_contact_does_and_a_blocked_one_does_not()
    {
        await using var closed = await Home.StartAsync(new Dictionary<string, string?> { ["Presence:NewAccountAccess"] = "Contacts" });
        var shell = new Shell(closed, "JoBrown@adatum.com");
        await closed.SignedIn(Home.Jo);
        var kari = closed.Client(Home.Kari);

        Assert.Equal(PresenceState.Offline, (await kari.Client.GetPresenceAsync(Home.Jo)).State);
        Assert.Equal(new Ran(0, "", ""), await shell.Run("", "contacts", "add", "KariHensien@adatum.com"));
        Assert.Equal(PresenceState.Online, (await kari.Client.GetPresenceAsync(Home.Jo)).State);
        await shell.Run("", "block", "KariHensien@adatum.com");
        await shell.Run("", "contacts", "add", "KariHensien@adatum.com");
        Assert.Equal(PresenceState.Offline, (await kari.Client.GetPresenceAsync(Home.Jo)).State);
    }

    [Fact]
    public async Task Watch_prints_a_line_per_change_until_stopped()
    {
        using var stop = new CancellationTokenSource();
        var lines = new Lines();
        var kari = await home.SignedIn(Home.Kari);

        var running = jo.Run(TextReader.Null, lines, stop.Token, "watch", "KariHensien@adatum.com");
        await lines.Shows("KariHensien@adatum.com online\n");
        await kari.Client.SetStateAsync(PresenceState.OnPhone);
        await lines.Shows("on-phone\n");
        await stop.CancelAsync();

        Assert.Equal(0, await Deadline.For(running, "the end", lines.ToString));
        Assert.Equal("KariHensien@adatum.com online\nKariHensien@adatum.com on-phone\n", lines.ToString());
    }

    [Fact]
    public async Task Watch_prints_an_object_per_line_where_asked()
    {
        using var stop = new CancellationTokenSource();
        var lines = new Lines();

        var running = jo.Run(TextReader.Null, lines, stop.Token, "watch", "--json", "KariHensien@adatum.com");
        await lines.Shows("}\n");
        await stop.CancelAsync();

        await Deadline.For(running, "the end", lines.ToString);
        using var line = JsonDocument.Parse(lines.ToString());
        Assert.Equal(["time", "address", "state", "displayName"], line.RootElement.EnumerateObject().Select(property => property.Name));
        Assert.Equal("offline", line.RootElement.GetProperty("state").GetString());
    }

    [Fact]
    public async Task Messages_that_come_while_one_watches_are_objects_too()
    {
        using var stop = new CancellationTokenSource();
        var lines = new Lines();
        var kari = await home.SignedIn(Home.Kari);

        var running = jo.Run(TextReader.Null, lines, stop.Token, "watch", "--json", "KariHensien@adatum.com");
        await lines.Shows("}\n");
        await kari.Client.SendAsync(Home.Jo, "one\ntwo");
        await lines.Shows("\"text\":\"one\\ntwo\"");
        await stop.CancelAsync();

        Assert.Equal(0, await Deadline.For(running, "the end", lines.ToString));
    }
}
