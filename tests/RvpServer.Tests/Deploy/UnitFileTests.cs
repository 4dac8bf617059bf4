using Rvp.Testing;

namespace RvpServer.Tests.Deploy;

/// <summary>What the server relies on; whether systemd understands the file is tested with systemd itself (RvpServer.Interop).</summary>
public class UnitFileTests
{
    private static readonly ILookup<string, string> Settings =
        LinesOf("rvpserver.service").Select(line => line.Split('=', 2)).ToLookup(pair => pair[0], pair => pair[1]);

    [Theory]
    [InlineData("Type", "notify")]
    [InlineData("User", "rvpserver")]
    [InlineData("StateDirectory", "rvpserver")]
    [InlineData("WorkingDirectory", "/var/lib/rvpserver")]
    [InlineData("Restart", "on-failure")]
    [InlineData("AmbientCapabilities", "CAP_NET_BIND_SERVICE")]
    [InlineData("CapabilityBoundingSet", "CAP_NET_BIND_SERVICE")]
    [InlineData("NoNewPrivileges", "yes")]
    [InlineData("ProtectSystem", "strict")]
    public void The_unit_says(string key, string value) => Assert.Equal([value], Settings[key]);

    [Fact]
    public void Its_user_is_made_by_the_sysusers_file()
    {
        var line = Assert.Single(Repository.ReadLines("deploy/systemd/rvpserver.sysusers"), l => !l.StartsWith('#'));

        Assert.StartsWith($"u {Settings["User"].Single()} ", line, StringComparison.Ordinal);
        Assert.EndsWith($" {Settings["WorkingDirectory"].Single()}", line, StringComparison.Ordinal);
    }

    /// <summary>The server ends within 10 s of SIGTERM; it must not be killed while it does.</summary>
    [Fact]
    public void It_waits_longer_than_the_server_takes_to_stop() =>
        Assert.InRange(int.Parse(Settings["TimeoutStopSec"].Single(), System.Globalization.CultureInfo.InvariantCulture), 11, 60);

    /// <summary>.NET compiles while it runs.</summary>
    [Fact]
    public void It_does_not_forbid_what_NET_needs() => Assert.Empty(Settings["MemoryDenyWriteExecute"]);

    /// <summary>systemd has no way for one unit to take over what another says, but for drop-ins.</summary>
    [Fact]
    public void The_unit_for_several_processes_says_the_same_but_for_what_is_each_ones_own()
    {
        var (one, several) = (LinesOf("rvpserver.service"), LinesOf("rvpserver@.service"));

        Assert.Equal(
            [
                "Description=RvpServer %i, presence and instant messaging by RVP",
                "ExecStart=/usr/lib/rvpserver/rvpserver run --config /etc/rvpserver/%i.json",
                "StateDirectory=rvpserver/%i", "LogsDirectory=rvpserver/%i", "WorkingDirectory=/var/lib/rvpserver/%i", "LimitCORE=0",
            ],
            several.Except(one));
        Assert.Equal(
            ["Description", "ExecStart", "StateDirectory", "LogsDirectory", "WorkingDirectory"], one.Except(several).Select(line => line.Split('=')[0]));
    }

    private static List<string> LinesOf(string unit) =>
        [.. Repository.ReadLines("deploy/systemd/" + unit).Where(line => line.Contains('=', StringComparison.Ordinal) && !line.StartsWith('#'))];
}
