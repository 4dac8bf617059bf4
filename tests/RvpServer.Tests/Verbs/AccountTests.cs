using Microsoft.Extensions.DependencyInjection;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Directories.Local;
using RvpServer.Tests.Directories;

namespace RvpServer.Tests.Verbs;

/// <summary>Accounts that change while their owners are signed in.</summary>
public sealed class AccountTests : HomeServerTest
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_is_disabled_or_removed_while_signed_in_is_seen_offline(bool isRemoved)
    {
        await Jo.SignsIn();
        await Kari.SignsIn();
        await Kari.SetsState("online");
        await Jo.Watches(Kari);
        var accounts = Server.Services.GetRequiredService<Accounts>();
        Assert.True(ImAddress.TryParse("KariHensien@adatum.com", out var address));
        var account = await accounts.FindAsync(address, null, CancellationToken.None);

        if (isRemoved) await accounts.RemoveAsync(account!, CancellationToken.None);
        else await accounts.SetEnabledAsync(account!, false, CancellationToken.None);

        await Jo.Sees(Kari, "offline");
        Assert.Equal(404, (await Jo.Says(Kari, "Hello")).Status);
        Assert.Equal(401, (await Kari.SetsState("online")).Status);
    }

    [Fact]
    public async Task Who_is_enabled_again_finds_the_list_of_watchers_and_signs_in()
    {
        await Jo.SignsIn();
        await Kari.SignsIn();
        await Kari.SetsState("online");
        await Jo.Watches(Kari);
        var accounts = Server.Services.GetRequiredService<Accounts>();
        Assert.True(ImAddress.TryParse("KariHensien@adatum.com", out var address));
        var account = await accounts.FindAsync(address, null, CancellationToken.None);
        await accounts.SetEnabledAsync(account!, false, CancellationToken.None);
        await Jo.Sees(Kari, "offline");

        await accounts.SetEnabledAsync(account!, true, CancellationToken.None);
        await Rvp.Testing.Deadline.Until(() => Kari.SignsIn().GetAwaiter().GetResult().Status == 200, "a sign-in", () => "refused");
        await Comes("KariHensien").Asks("PROPPATCH", Kari.Path, "",
            $"<d:propertyupdate {Ns}><d:set><d:prop><r:state><r:busy/></r:state></d:prop></d:set></d:propertyupdate>");

        await Jo.Sees(Kari, "busy");
    }

    [Fact]
    public async Task After_a_start_and_when_one_of_many_accounts_changes_nobody_else_is_looked_up()
    {
        await using var server = await TestServer.StartAsync(replace: WatchedDirectory.Replace, accounts:
            [new("JoBrown@adatum.com", "Jo Brown"), new("KariHensien@adatum.com", "Kari Hensien"), new("DonHall@adatum.com", "Don Hall")]);
        await using var jo = server.Person("JoBrown");
        await using var kari = server.Person("KariHensien");
        await using var don = server.Person("DonHall");
        foreach (var person in new[] { jo, kari, don })
        {
            await person.SignsIn();
            await person.SetsState("online");
        }
        await jo.Watches(kari);
        // What was just made is looked at once more, account by account; what the store has is not.
        await server.StopAsync();
        await server.StartAgainAsync();
        var directory = server.Services.GetRequiredService<WatchedDirectory>();
        var accounts = server.Services.GetRequiredService<Accounts>();
        Assert.True(ImAddress.TryParse("KariHensien@adatum.com", out var address));
        var account = await accounts.FindAsync(address, null, CancellationToken.None);

        await accounts.SetEnabledAsync(account!, false, CancellationToken.None);

        await jo.Sees(kari, "offline");
        Assert.DoesNotContain("donhall", directory.Asked);
        Assert.Contains("karihensien", directory.Asked);
    }
}
