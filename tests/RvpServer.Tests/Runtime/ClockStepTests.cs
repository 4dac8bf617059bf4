using Microsoft.Extensions.DependencyInjection;
using Rvp.Testing;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Tests.Runtime;

/// <summary>
/// The wall clock is put right by an hour, or a day: by NTP after a start with a wrong battery clock, or when a virtual machine is resumed. People whose
/// clients run notice nothing.
/// </summary>
public sealed class ClockStepTests
{
    private const string Wrong = "Wrong-Word-1";

    private readonly SteppedClock clock = new();

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(24)]
    public async Task Nobody_is_signed_off_and_leases_end_in_time(int hours)
    {
        await using var server = await TestServer.StartAsync(clock: clock);
        await using var jo = server.Person("JoBrown");
        await using var kari = server.Person("KariHensien");
        await jo.SignsIn();
        await jo.SetsState("busy", lease: 1200);
        await kari.SignsIn();
        await kari.Watches(jo);

        clock.Step = TimeSpan.FromHours(hours);
        clock.Advance(TimeSpan.FromMinutes(19));
        await kari.HearsNothing();
        Assert.Equal(200, (await kari.Says(jo, "still there")).Status);
        Assert.Equal(200, (await jo.Renews(jo.SignIn)).Status);
        Assert.Equal(207, (await jo.SetsState("busy", lease: 60)).Status);
        clock.Advance(TimeSpan.FromSeconds(61));

        await kari.Sees(jo, "offline");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Whoever_mistyped_waits_no_longer_for_it(int hours)
    {
        await using var server = await TestServer.StartAsync(clock: clock);
        await using var mistyping = server.Person("JoBrown", password: Wrong);
        await using var jo = server.Person("JoBrown");
        for (var i = 0; i < 3; i++) await InTime(mistyping.SignsIn());

        clock.Step = TimeSpan.FromHours(hours);

        Assert.Equal(200, (await InTime(jo.SignsIn())).Status);
    }

    [Fact]
    public async Task Nonces_of_a_day_ahead_keep_nobody_out()
    {
        clock.Step = TimeSpan.FromDays(1);
        await using var server = await TestServer.StartAsync(clock: clock);
        await using var jo = server.Person("JoBrown");
        Assert.Equal(200, (await jo.SignsIn()).Status);

        clock.Step = TimeSpan.Zero;
        await using var kari = server.Person("KariHensien");

        Assert.Equal(200, (await kari.SignsIn()).Status);
        Assert.Equal(200, (await kari.Says(jo, "on time")).Status);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_restart_with_another_time_keeps_sign_ins_cursors_and_messages(int hours)
    {
        await using var server = await TestServer.StartAsync(clock: clock);
        await using var jo = server.Person("JoBrown");
        await using var kari = server.Person("KariHensien");
        await jo.SignsInToPoll();
        await jo.SetsState("busy");
        await kari.SignsIn();
        await kari.Says(jo, "before");
        var before = await jo.Polls();
        Assert.Contains("before", before.Body);

        await server.StopAsync();
        clock.Step = TimeSpan.FromHours(hours);
        await server.StartAgainAsync();
        await kari.Says(jo, "after");
        var after = await jo.Polls(before["RVP-Poll-Cursor"]);

        Assert.Equal(200, after.Status);
        Assert.Contains("after", after.Body);
        Assert.DoesNotContain("before", after.Body);
        Assert.Equal(204, (await jo.Polls(after["RVP-Poll-Cursor"])).Status);
        Assert.Contains("<r:busy/>", (await kari.LooksUp(jo)).Body);
    }

    [Fact]
    public async Task The_time_of_the_server_goes_on_after_a_crash_where_it_was()
    {
        clock.Step = TimeSpan.FromHours(-3);
        await using var server = await TestServer.StartAsync(clock: clock);
        await using var jo = server.Person("JoBrown");
        await jo.SignsIn();
        await jo.SetsState("busy", lease: 3600);
        var time = Time(server);
        // The wall clock is put right while the server runs, and that is noted within a second or two.
        clock.Step = TimeSpan.Zero;
        await Deadline.Until(
            () =>
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                return IsNoted(server);
            },
            "the difference is kept", () => "nothing");

        await using var next = await server.AfterPowerCutAsync();

        Assert.InRange(Time(next) - time, TimeSpan.Zero, TimeSpan.FromMinutes(30));
    }

    // Wrong passwords are answered late, by seconds of the clock.
    private async Task<RawAnswer> InTime(Task<RawAnswer> asking)
    {
        await Deadline.Until(
            () =>
            {
                clock.Advance(TimeSpan.FromMilliseconds(10));
                return asking.IsCompleted;
            },
            "an answer after some seconds of the clock", () => "nothing");
        return await asking;
    }

    private static DateTimeOffset Time(TestServer server) => server.Services.GetRequiredService<TimeProvider>().GetUtcNow();

    private static bool IsNoted(TestServer server)
    {
        var file = server.Services.GetRequiredService<SqliteFile>();
        using var connection = file.Open();
        return SqliteFile.ReadNumber(connection, "SELECT value FROM counters WHERE name = 'time_ahead'") < -3_600_000;
    }
}
