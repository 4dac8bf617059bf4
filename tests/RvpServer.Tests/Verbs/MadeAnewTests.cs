using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Directories;
using RvpServer.Home;
using RvpServer.Nodes;

namespace RvpServer.Tests.Verbs;

/// <summary>An account made anew under an old name is another account, and starts blank.</summary>
public sealed class MadeAnewTests : HomeServerTest
{
    private const string New = "Another-Word-2";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_gets_nothing_that_the_earlier_one_left(bool isServerDown)
    {
        await LeavesEverything();

        if (isServerDown) await Server.StopAsync();
        await Server.RemoveAccountAsync("KariHensien@adatum.com");
        await Server.AddAccountAsync(new TestAccount("KariHensien@adatum.com", "Kari Hensien", Password: New));
        if (isServerDown) await Server.StartAgainAsync();

        await AssertBlank();
    }

    [Fact]
    public async Task It_gets_nothing_although_the_directory_was_changed_behind_the_servers_back()
    {
        await LeavesEverything();
        var store = RvpServer.Storage.Sqlite.SqliteFile.Prepare(Path.Combine(Server.Folder, RvpServer.Storage.Sqlite.SqliteFile.Name));

        // As in LDAP: another entry has the name, and nobody has told this server.
        await using (var connection = store.Open())
        {
            RvpServer.Storage.Sqlite.SqliteFile.Execute(connection,
                "UPDATE accounts SET uid = 'another' WHERE name = 'KariHensien'; UPDATE counters SET value = value + 1 WHERE name = 'accounts'");
        }
        await Server.SetPasswordAsync("KariHensien@adatum.com", New);

        await Jo.Sees(Kari, "offline");
        await AssertBlank();
    }

    [Fact]
    public async Task An_account_that_is_only_written_in_other_letters_keeps_everything()
    {
        await LeavesEverything();
        var store = RvpServer.Storage.Sqlite.SqliteFile.Prepare(Path.Combine(Server.Folder, RvpServer.Storage.Sqlite.SqliteFile.Name));
        await using (var connection = store.Open())
        {
            RvpServer.Storage.Sqlite.SqliteFile.Execute(connection,
                "UPDATE accounts SET display_name = 'Kari H.' WHERE name = 'KariHensien'; UPDATE counters SET value = value + 1 WHERE name = 'accounts'");
        }
        await Deadline.Until(() => NodeOf(Kari).Owner.DisplayName == "Kari H.", "the new name", () => NodeOf(Kari).Owner.DisplayName);

        Assert.Single(NodeOf(Kari).SignIns);
        Assert.Contains("private note", (await Kari.LooksUp(Kari, "<x:note xmlns:x='urn:x'/>")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_of_the_earlier_owner_that_comes_late_does_not_bring_anything_back()
    {
        await LeavesEverything();
        var before = NodeLocator.OwnerOf(await Server.FindAccountAsync("KariHensien@adatum.com"));
        await Server.RemoveAccountAsync("KariHensien@adatum.com");
        await Server.AddAccountAsync(new TestAccount("KariHensien@adatum.com", "Kari Hensien", Password: New));
        await AssertBlank();
        var kari = RvpUrl.ForAlias("im.adatum.com", 80, "KariHensien");
        var caller = new Caller(kari, Credentials.Digest);
        var late = new SignIn(caller, kari, Callback.Polled.Instance, null, IPAddress.Loopback);

        var answer = await Server.Services.GetRequiredService<INodes>().AskAsync(kari, before, late, caller, default);

        Assert.Equal(Refusal.ProofNeeded, Assert.IsType<Answer.Refused>(answer.Answer).Refusal);
        Assert.Single(NodeOf(Kari).SignIns);
    }

    [Fact]
    public async Task A_removed_account_leaves_nothing_in_memory_or_store()
    {
        await LeavesEverything();

        await Server.RemoveAccountAsync("KariHensien@adatum.com");

        var turns = Server.Services.GetRequiredService<NodeTurns>();
        await Deadline.Until(() => turns.All.All(slot => slot.Node.Url.AliasName != "KariHensien"), "no node", () => "a node");
        await using var connection = RvpServer.Storage.Sqlite.SqliteFile.Prepare(
            Path.Combine(Server.Folder, RvpServer.Storage.Sqlite.SqliteFile.Name)).Open();
        foreach (var table in RvpServer.Storage.NodeRows.Tables)
        {
            Assert.Equal((table, 0), (table, RvpServer.Storage.Sqlite.SqliteFile.ReadNumber(
                connection, $"SELECT COUNT(*) FROM {table} WHERE node LIKE '%karihensien'")));
        }
    }

    // A sign-in with a message that waits, a state, a property, an entry in the access list, a watcher.
    private async Task LeavesEverything()
    {
        await Jo.SignsIn();
        await Kari.SignsInToPoll();
        await Kari.SetsState("online");
        await Jo.Watches(Kari);
        await Kari.Blocks(Comes("eve"));
        await Kari.Asks("PROPPATCH", Kari.Path, "",
            $"<d:propertyupdate {Ns}><d:set><d:prop><x:note xmlns:x='urn:x'>private note</x:note></d:prop></d:set></d:propertyupdate>");
        Assert.Equal(200, (await Jo.Says(Kari, "For the earlier Kari only")).Status);
    }

    private async Task AssertBlank()
    {
        var kari = Comes("KariHensien", New);
        await Deadline.Until(() => kari.SignsInToPoll().GetAwaiter().GetResult().Status == 200, "a sign-in", () => "refused");
        Assert.Equal(204, (await kari.Polls()).Status);
        Assert.Equal(412, (await kari.Asks("POLL", kari.Path, $"Subscription-Id: {Kari.SignIn}\r\n")).Status);
        Assert.DoesNotContain("private note", (await kari.LooksUp(kari, "<x:note xmlns:x='urn:x'/>")).Body, StringComparison.Ordinal);
        Assert.DoesNotContain("eve", (await kari.ReadsAcl()).Body, StringComparison.Ordinal);
        Assert.DoesNotContain("JoBrown", (await kari.ListsWatchers()).Body, StringComparison.OrdinalIgnoreCase);
        Assert.Single(NodeOf(kari).SignIns);
    }
}
