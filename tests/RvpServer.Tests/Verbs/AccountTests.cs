using Microsoft.Extensions.DependencyInjection;
using Rvp.Protocol;
using RvpServer.Directories.Local;

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
}
