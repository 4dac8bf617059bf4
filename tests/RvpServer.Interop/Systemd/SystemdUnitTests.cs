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
