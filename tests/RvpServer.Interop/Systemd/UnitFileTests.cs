using System.Diagnostics;
using System.Text.RegularExpressions;

namespace RvpServer.Interop.Systemd;

/// <summary>systemd's own judgement of the unit file.</summary>
public sealed partial class UnitFileTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("rvpserver-unit-");
    private readonly string unit;

    public UnitFileTests()
    {
        // What ExecStart names must exist on the machine, and the server is not installed on this one.
        string text = File.ReadAllText(Path.Combine(BuiltPrograms.Repository, "deploy", "systemd", "rvpserver.service"));
        unit = Path.Combine(folder.FullName, "rvpserver.service");
        File.WriteAllText(unit, ExecStart().Replace(text, "ExecStart=/bin/true"));
    }

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Systemd_understands_every_line()
    {
        // Unknown keys are only a warning without this option.
        (int exitCode, string output) = await AnalyzeAsync("verify", "--recursive-errors=no", "--man=no", unit);

        Assert.Equal((0, ""), (exitCode, output));
    }

    [Fact]
    public async Task A_misspelt_key_would_be_found()
    {
        await File.AppendAllTextAsync(unit, "\n[Service]\nNoNewPrivilegs=yes\n");

        (int exitCode, string output) = await AnalyzeAsync("verify", "--recursive-errors=no", "--man=no", unit);

        Assert.NotEqual(0, exitCode);
        Assert.Contains("NoNewPrivilegs", output, StringComparison.Ordinal);
    }

    /// <summary>Exposure runs from 0 (everything is shut) to 100; a unit without hardening has 96.</summary>
    [Fact]
    public async Task Systemd_finds_the_service_well_shut_in()
    {
        (int exitCode, string output) = await AnalyzeAsync("security", "--offline=true", "--threshold=20", "--no-pager", unit);

        Assert.True(exitCode == 0, output);
    }

    private static async Task<(int ExitCode, string Output)> AnalyzeAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("systemd-analyze", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }

    [GeneratedRegex("^ExecStart=.*$", RegexOptions.Multiline)]
    private static partial Regex ExecStart();
}
