using System.Globalization;
using Rvp.Testing;

namespace RvpServer.Reliability.Pauses;

/// <summary>Somebody sets the clock of the machine, or it was wrong until NTP came: people notice nothing.</summary>
public sealed class ClockTests : IDisposable
{
    private const string FakeTime = "faketime/libfaketimeMT.so.1";

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(5)]
    public async Task The_clock_is_set_while_people_are_signed_in(int hours)
    {
        await using var server = await StartAsync();
        await using var jo = new Member("User0", () => server.Port) { KeepsOrder = true };
        await using var kari = new Member("User1", () => server.Port, isPolled: true);
        await using var passing = new Member("User2", () => server.Port);
        await SignInAsync(jo, kari);
        Assert.Equal(200, (await jo.Says(kari, "before"))?.Status);
        Assert.Equal(200, (await passing.SignsIn())?.Status);
        Assert.Equal(207, (await passing.Tries(person => person.SetsState("away", lease: 3)))?.Status);

        SetClock(hours);

        // A lease that is over makes the server look at all of them.
        await Deadline.Until(
            async () => await jo.LooksUp(passing) == "offline", "the end of a lease of 3 s", () => server.LogText, TimeSpan.FromSeconds(20));
        Assert.Equal("busy", await jo.LooksUp(kari));
        Assert.DoesNotContain(jo.Told, told => told.State == "offline");
        await AssertSignedInAsync(jo, kari);
        Assert.Contains("before", kari.Shown.Keys);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task The_clock_is_set_while_the_server_is_down(int hours)
    {
        await using var server = await StartAsync();
        await using var jo = new Member("User0", () => server.Port) { KeepsOrder = true };
        await using var kari = new Member("User1", () => server.Port, isPolled: true);
        await SignInAsync(jo, kari);
        Assert.Equal(200, (await jo.Says(kari, "before"))?.Status);
        Assert.Equal(200, (await kari.Polls())?.Status);
        Assert.Equal(204, (await kari.Polls())?.Status);
        await server.KillAsync();

        SetClock(hours);
        await server.StartAsync();
        await jo.HangsUp();
        await kari.HangsUp();
        await AssertSignedInAsync(jo, kari);
        SetClock(0);
        await AssertSignedInAsync(jo, kari);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task Who_has_mistyped_a_password_is_not_locked_out_when_the_clock_is_set_back(int hours)
    {
        await using var server = await StartAsync();
        await using (var mistyping = new Member("User0", () => server.Port, password: "Wrong-Word-1"))
        {
            for (var i = 0; i < 2; i++) await mistyping.SignsIn();
        }

        SetClock(hours);

        await using var jo = new Member("User0", () => server.Port);
        await Deadline.Until(
            async () => await jo.SignsIn() is { Status: 200 }, "a sign-in with the right password", () => server.LogText, TimeSpan.FromSeconds(10));
    }

    private static async Task SignInAsync(Member jo, Member kari)
    {
        Assert.Equal(200, (await jo.SignsIn())?.Status);
        Assert.Equal(200, (await kari.SignsIn())?.Status);
        Assert.Equal(207, (await jo.SetsState("online"))?.Status);
        Assert.Equal(207, (await kari.SetsState("busy"))?.Status);
        Assert.Equal(207, (await jo.Watches(kari))?.Status);
    }

    private static async Task AssertSignedInAsync(Member jo, Member kari)
    {
        foreach (var member in new[] { jo, kari }) Assert.Equal(200, (await member.Tries(person => person.Renews(person.SignIn)))?.Status);
        Assert.Equal("busy", await jo.LooksUp(kari));
        Assert.Equal(207, (await kari.SetsState("busy"))?.Status);

        // Her cursor is still good, and so is the next.
        Assert.InRange((await kari.Polls())?.Status ?? 0, 200, 204);
        var text = Guid.NewGuid().ToString();
        Assert.Equal(200, (await jo.Says(kari, text))?.Status);
        Assert.Equal(200, (await kari.Polls())?.Status);
        Assert.Contains(text, kari.Shown.Keys);
        Assert.Equal(204, (await kari.Polls())?.Status);
    }

    private async Task<RealServer> StartAsync()
    {
        SetClock(0);
        var library = Directory.EnumerateDirectories("/usr/lib", "*-linux-*").Select(lib => Path.Combine(lib, FakeTime)).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException($"{FakeTime} is missing (Debian: faketime).");
        return await RealServer.StartAsync(3, new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = library,
            ["FAKETIME_TIMESTAMP_FILE"] = folder.File("clock"),
            ["FAKETIME_NO_CACHE"] = "1",
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
            ["DONT_FAKE_MONOTONIC"] = "1",
        });
    }

    private void SetClock(int hours)
    {
        var next = folder.Write("next", string.Create(CultureInfo.InvariantCulture, $"{hours:+0;-0;+0}h\n"));
        File.Move(next, folder.File("clock"), overwrite: true);
    }
}
