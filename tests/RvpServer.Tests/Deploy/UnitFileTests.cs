using Rvp.Testing;

namespace RvpServer.Tests.Deploy;

/// <summary>What the server relies on; whether systemd understands the file is tested with systemd itself (RvpServer.Interop).</summary>
public class UnitFileTests
{
    private static readonly ILookup<string, string> Settings = Repository.ReadLines("deploy/systemd/rvpserver.service")
        .Where(l => l.Contains('=', StringComparison.Ordinal) && !l.StartsWith('#')).Select(l => l.Split('=', 2)).ToLookup(p => p[0], p => p[1]);

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
}
