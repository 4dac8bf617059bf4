using System.Text.RegularExpressions;
using Rvp.Testing;

namespace RvpServer.Interop.Systemd;

/// <summary>systemd's own judgement of the unit files.</summary>
public sealed partial class SystemdUnitTests : IDisposable
{
    private const string One = "rvpserver.service";
    private const string Several = "rvpserver@.service";

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(One)]
    [InlineData(Several)]
    public async Task Systemd_understands_every_line(string name)
    {
        // Unknown keys are only a warning without this option.
        var (code, output) = await AnalyzeAsync("verify", "--recursive-errors=no", "--man=no", Unit(name));

        Assert.Equal((0, ""), (code, output));
    }

    [Theory]
    [InlineData("postgres/standby.conf")]
    [InlineData("cluster/cluster.conf")]
    public async Task Systemd_understands_every_line_of_what_is_added(string name)
    {
        var (code, output) = await AnalyzeAsync("verify", "--recursive-errors=no", "--man=no", With(Repository.Read("deploy/examples/" + name)));

        Assert.Equal((0, ""), (code, output));
    }

    [Fact]
    public async Task A_misspelt_key_of_what_is_added_would_be_found()
    {
        var (code, output) = await AnalyzeAsync("verify", "--recursive-errors=no", "--man=no", With("[Service]\nRestartPreventExitStatos=3\n"));

        Assert.NotEqual(0, code);
        Assert.Contains("RestartPreventExitStatos", output, StringComparison.Ordinal);
    }

    /// <summary>Every other end is worth a start, also that of a process which alone does not reach the database.</summary>
    [Theory]
    [InlineData("postgres/standby.conf", "2 3")]
    [InlineData("cluster/cluster.conf", "2")]
    public void After_the_loss_of_the_store_alone_a_standby_is_not_started_again(string name, string kept)
    {
        var lines = (Repository.Read("deploy/systemd/" + One) + Repository.Read("deploy/examples/" + name)).Split('\n');

        var codes = lines.Where(line => line.StartsWith("RestartPreventExitStatus=", StringComparison.Ordinal)).Select(line => line.Split('=')[1]);
        Assert.Equal(kept, string.Join(' ', codes));
        Assert.Contains("Restart=on-failure", lines);
    }

    [Fact]
    public async Task A_misspelt_key_would_be_found()
    {
        var unit = Unit(One);
        await File.AppendAllTextAsync(unit, "\n[Service]\nNoNewPrivilegs=yes\n");

        var (code, output) = await AnalyzeAsync("verify", "--recursive-errors=no", "--man=no", unit);

        Assert.NotEqual(0, code);
        Assert.Contains("NoNewPrivilegs", output, StringComparison.Ordinal);
    }

    /// <summary>Exposure runs from 0 (everything is shut) to 100; a unit without hardening has 96.</summary>
    [Theory]
    [InlineData(One)]
    [InlineData(Several)]
    public async Task Systemd_finds_the_service_well_shut_in(string name)
    {
        var (code, output) = await AnalyzeAsync("security", "--offline=true", "--threshold=20", "--no-pager", Unit(name));

        Assert.True(code == 0, output);
    }

    // Beside the unit, where systemd looks for it.
    private string With(string added)
    {
        var unit = Unit(One);
        Directory.CreateDirectory(unit + ".d");
        folder.Write(One + ".d/added.conf", added);
        return unit;
    }

    // What ExecStart names must exist on the machine, and the server is not installed on this one.
    private string Unit(string name) => folder.Write(name, ExecStart().Replace(Repository.Read("deploy/systemd/" + name), "ExecStart=/bin/true"));

    private static async Task<(int Code, string Output)> AnalyzeAsync(params string[] arguments)
    {
        var ran = await Commands.RunAsync("systemd-analyze", arguments);
        return (ran.Code, ran.Out + ran.Error);
    }

    [GeneratedRegex("^ExecStart=.*$", RegexOptions.Multiline)]
    private static partial Regex ExecStart();
}
