using System.Diagnostics;
using Rvp.Testing;

namespace RvpServer.Reliability.Disks;

/// <summary>The disk under the store falls ill while people are at work: what is refused is refused honestly, and all is well when the disk is.</summary>
public sealed class SickDiskTests : IAsyncLifetime, IDisposable
{
    private readonly SickDisk disk = new();
    private RealServer server = null!;
    private Member jo = null!;
    private Member kari = null!;

    public async Task InitializeAsync()
    {
        server = await RealServer.StartAsync(2, disk.Environment);
        jo = new Member("User0", () => server.Port);
        kari = new Member("User1", () => server.Port);
        await jo.SignsIn();
        await kari.SignsIn();
        Assert.Equal(207, (await jo.SetsState("busy"))?.Status);
        Assert.Equal(207, (await kari.Watches(jo))?.Status);
    }

    public async Task DisposeAsync()
    {
        await jo.DisposeAsync();
        await kari.DisposeAsync();
        await server.DisposeAsync();
    }

    public void Dispose() => disk.Dispose();

    [Theory]
    [InlineData("full", "write ENOSPC")]
    [InlineData("failing at fsync", "sync EIO")]
    [InlineData("failing at write", "write EIO")]
    [InlineData("mounted read-only", "any EROFS")]
    [InlineData("writing a half", "write SHORT")]
    public async Task A_disk_that_is(string _, string illness)
    {
        var before = server.Log.Count;

        disk.FallsIll(server.DataFolder, illness);
        for (var i = 0; i < 20; i++) AssertRefused(await jo.SetsState("away"));
        Assert.Equal(207, (await kari.Tries(person => person.LooksUp(jo.Person)))?.Status);
        Assert.Equal("busy", await kari.LooksUp(jo));
        Assert.Equal(200, (await jo.Says(kari, "while the disk is ill"))?.Status);
        Assert.Equal("busy", kari.PictureOf(jo));

        disk.Recovers();
        await IsWellAgainAsync();
        Assert.Equal(1, kari.Shown["while the disk is ill"]);
        // Each part that could not go on says so once, and not each of the twenty requests.
        var said = server.Log.Skip(before).Where(line => line.IsSerious).ToList();
        Assert.True(said.Count is >= 1 and <= 4, $"The log has {said.Count} lines:\n{string.Join('\n', said.Take(6))}");
    }

    [Fact]
    public async Task A_disk_that_hangs_holds_up_only_what_must_be_stored()
    {
        disk.FallsIll(server.DataFolder, "write HANG", "sync HANG");
        var storing = jo.SetsState("away");
        for (var i = 0; i < 50; i++)
        {
            var began = Stopwatch.GetTimestamp();
            Assert.Equal(200, (await kari.Says(kari, "to myself"))?.Status);
            Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(2));
        }
        Assert.False(storing.IsCompleted);
        Assert.Equal("busy", kari.PictureOf(jo));

        disk.Recovers();
        Assert.Equal(207, (await storing)?.Status);
        await IsWellAgainAsync();
    }

    // Without a restart; and after one that nobody expected, all that was answered is there.
    private async Task IsWellAgainAsync()
    {
        await Deadline.Until(
            async () => (await jo.SetsState("on-phone"))?.Status == 207, "a state that is kept", () => server.LogText, TimeSpan.FromSeconds(5));
        await Deadline.Until(() => kari.PictureOf(jo) == "on-phone", "on-phone", () => kari.PictureOf(jo) ?? "nothing");
        Assert.Equal(200, await server.ReadyAsync());

        await server.KillAsync();
        await server.StartAsync();
        await jo.HangsUp();
        await kari.HangsUp();
        Assert.Equal("on-phone", await kari.LooksUp(jo));
        Assert.Equal(200, (await jo.Tries(person => person.Renews(person.SignIn)))?.Status);
        Assert.Equal(200, (await kari.Tries(person => person.Renews(person.SignIn)))?.Status);
    }

    private static void AssertRefused(RawAnswer? answer)
    {
        Assert.Equal(503, answer?.Status);
        Assert.NotNull(answer!["Retry-After"]);
    }
}
