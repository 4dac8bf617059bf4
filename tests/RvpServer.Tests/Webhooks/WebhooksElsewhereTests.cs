using RvpServer.Tests.Federation;
using RvpServer.Tests.Home.Moves;

namespace RvpServer.Tests.Webhooks;

/// <summary>Hooks whose recipient, or whose owner, is on another server.</summary>
public sealed class WebhooksElsewhereTests
{
    [Fact]
    public async Task A_recipient_of_another_organisation_gets_it_as_any_message()
    {
        await using var organisations = new Organisations();
        var jo = organisations.Person(await organisations.AdatumAsync(), "JoBrown");
        var kari = organisations.Person(await organisations.ContosoAsync(), "KariHensien", "im.contoso.com");
        await kari.SignsIn();
        var owner = new HookOwner(jo.Server, jo);
        var path = await owner.MakesAsync("""{"name":"CI","to":"KariHensien@im.contoso.com"}""");

        Assert.Equal(200, (await owner.PostsAsync(path, "build is green")).Status);

        var came = await kari.Callback.NextAsync();
        Assert.Equal(jo.Url, came["RVP-From-Principal"]);
        Assert.Contains("[CI] build is green", came.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_the_owner_moves_they_go_along()
    {
        await using var site = await MoveSite.StartAsync();
        var jo = site.Person("JoBrown", site.First);
        jo.Host = "imhomeserver1.adatum.com";
        var owner = new HookOwner(site.First, jo) { Host = "imhomeserver1.adatum.com" };
        var path = await owner.MakesAsync();
        Assert.Equal(200, (await owner.PostsAsync(path, "Hello")).Status);

        await site.MovesJoAsync();

        // The former home server leads programs on, as a router does; an older URL without the name is known at the new one alone.
        Assert.Equal(200, (await owner.PostsAsync(path, "Hello")).Status);
        var older = path.Replace("/JoBrown", "", StringComparison.Ordinal);
        Assert.Equal(404, (await owner.PostsAsync(older, "Hello")).Status);
        (owner.Server, owner.Host) = (site.Second, "imhomeserver2.adatum.com");
        Assert.Equal(200, (await owner.PostsAsync(path, "Hello")).Status);
        Assert.Equal(200, (await owner.PostsAsync(older, "Hello")).Status);
    }
}
