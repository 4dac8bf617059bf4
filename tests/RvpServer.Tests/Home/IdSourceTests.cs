using Microsoft.Data.Sqlite;
using Rvp.Testing;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Tests.Home;

/// <summary>Only who signs in or watches needs an id: everybody else is served when there are none to be had.</summary>
public sealed class IdSourceTests
{
    [Fact]
    public async Task Without_new_ids_people_read_poll_talk_renew_and_sign_out()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = server.Person("JoBrown");
        await using var kari = server.Person("KariHensien");
        await jo.SignsIn();
        await jo.SetsState("online");
        await kari.SignsInToPoll();
        var watch = (await jo.Watches(kari))["Subscription-Id"]!;
        await server.StopAsync();
        using (var connection = SqliteFile.Open(Path.Combine(server.Folder, SqliteFile.Name), SqliteOpenMode.ReadWrite))
        {
            SqliteFile.Execute(connection,
                "CREATE TRIGGER no_ids BEFORE UPDATE ON counters WHEN NEW.name = 'next_id' BEGIN SELECT RAISE(ABORT, 'no room for a block of ids'); END");
        }
        await server.StartAgainAsync();

        Assert.Equal(503, (await jo.Watches(kari)).Status);
        Assert.Equal(207, (await jo.LooksUp(kari)).Status);
        Assert.Equal(200, (await jo.ReadsAcl()).Status);
        Assert.Equal(200, (await jo.Says(kari, "No ids")).Status);
        Assert.Equal(200, (await kari.Polls()).Status);
        Assert.Equal(200, (await jo.Renews(jo.SignIn)).Status);
        Assert.Equal(200, (await jo.StopsWatching(kari, watch)).Status);
        Assert.Equal(200, (await jo.SignsOut()).Status);
        Assert.Equal(200, (await kari.SignsOut()).Status);
    }
}
