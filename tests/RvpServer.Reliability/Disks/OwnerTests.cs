using System.Diagnostics;
using Rvp.Testing;

namespace RvpServer.Reliability.Disks;

/// <summary>A data directory has one owner, who notices when it is taken away.</summary>
public sealed class OwnerTests
{
    [Fact]
    public async Task A_second_server_on_the_same_data_is_refused_in_one_line()
    {
        await using var server = await RealServer.StartAsync(1);

        using var second = server.BeginSecond();
        var ran = RealServer.EndCommandAsync(second, "");
        if (await Task.WhenAny(ran, Task.Delay(TimeSpan.FromSeconds(15))) != ran) second.Kill();

        Assert.NotEqual(0, (await ran).Code);
        Assert.NotEqual(137, (await ran).Code);
        Assert.Contains(server.DataFolder, (await ran).Error, StringComparison.Ordinal);
        Assert.Single((await ran).Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(200, await server.ReadyAsync());
    }

    [Fact]
    public async Task A_write_ahead_log_that_was_deleted_ends_all_promises()
    {
        await using var server = await RealServer.StartAsync(1);
        await using var jo = new Member("User0", () => server.Port);
        await jo.SignsIn();
        Assert.Equal(207, (await jo.SetsState("busy"))?.Status);

        File.Delete(Directory.GetFiles(server.DataFolder, "*-wal").Single());
        var deleted = Stopwatch.GetTimestamp();

        await Deadline.Until(
            async () => await jo.SetsState("away") is not { Status: 207 }, "no promise that cannot be kept", () => server.LogText, TimeSpan.FromSeconds(3));
        Assert.InRange(Stopwatch.GetElapsedTime(deleted), TimeSpan.Zero, TimeSpan.FromSeconds(3));
        Assert.Contains(server.Log, line => line.IsSerious);
        if (server.Runs) Assert.NotEqual(200, await server.ReadyAsync());
    }
}
