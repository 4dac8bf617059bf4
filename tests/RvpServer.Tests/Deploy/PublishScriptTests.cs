using System.Diagnostics;
using System.Text.RegularExpressions;
using Rvp.Testing;

namespace RvpServer.Tests.Deploy;

public partial class PublishScriptTests
{
    private const string Script = "deploy/publish";

    private static readonly string Text = string.Join('\n', Repository.ReadLines(Script));

    [Fact]
    public void It_publishes_the_server_and_the_command_line() =>
        Assert.Equal(["src/RvpServer/RvpServer.csproj", "src/Rvp.Cli/Rvp.Cli.csproj"], Projects().Matches(Text).Select(match => match.Value));

    [Fact]
    public void Every_project_that_it_publishes_exists() =>
        Assert.All(Projects().Matches(Text), match => Assert.True(File.Exists(Repository.PathOf(match.Value)), match.Value));

    /// <summary>PagesTests tests that the server offers what lies in this folder.</summary>
    [Fact]
    public void The_command_line_goes_where_the_clients_page_looks() =>
        Assert.Equal(["downloads"], Folders().Matches(Text).Select(match => match.Groups[1].Value).Distinct());

    [Fact]
    public void It_can_be_run_and_stops_at_the_first_error()
    {
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(Repository.PathOf(Script)).HasFlag(UnixFileMode.UserExecute));
        Assert.StartsWith("#!/usr/bin/env bash\n", Text, StringComparison.Ordinal);
        Assert.Contains("\nset -euo pipefail\n", Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 0, "")]
    [InlineData("win-x64 osx-arm64", 1, """
        deploy/publish: no rvp for win-x64: NU1101: Unable to find package Runtime.win-x64.
        deploy/publish: no rvp for osx-arm64: NU1101: Unable to find package Runtime.osx-arm64.
        deploy/publish: not made: win-x64 osx-arm64. What downloads has for them is from before.

        """)]
    public async Task A_machine_whose_download_cannot_be_made_is_named_and_the_others_are_made(string missing, int code, string error)
    {
        using var folder = new TempFolder();
        var dotnet = folder.Write("dotnet", """
            #!/usr/bin/env bash
            while [ $# -gt 0 ]; do case $1 in -r) machine=$2 ;; -o) out=$2 ;; esac; shift; done
            case " $MISSING " in *" $machine "*) echo "x.csproj : error NU1101: Unable to find package Runtime.$machine."; exit 1 ;; esac
            mkdir -p "$out" && echo "$machine" > "$out/rvp"

            """);
        var zip = folder.Write("zip", "#!/bin/sh\n: > \"$2\"\n");
        foreach (var program in (string[])[dotnet, zip])
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var start = new ProcessStartInfo(Repository.PathOf(Script), ["-c", "linux-x64", "-c", "win-x64", "-c", "osx-arm64", folder.File("out")]);
        start.Environment["PATH"] = $"{folder.Path}:{start.Environment["PATH"]}";
        start.Environment["MISSING"] = missing;

        var ran = await Ran.OfProcessAsync(start);

        Assert.Equal((code, error), (ran.Code, ran.Error));
        string[] wanted = ["rvp-linux-x64.tar.gz", .. missing.Length == 0 ? (string[])["rvp-osx-arm64.tar.gz", "rvp-win-x64.zip"] : []];
        Assert.Equal(wanted, Directory.GetFiles(folder.File("out/downloads")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_unit_files_commands_use_it() =>
        Assert.Contains("#   deploy/publish /usr/lib/rvpserver", Repository.ReadLines("deploy/systemd/rvpserver.service"));

    [GeneratedRegex(@"\bsrc/\S+\.csproj")]
    private static partial Regex Projects();

    [GeneratedRegex(@"\$folder/([a-z]+)")]
    private static partial Regex Folders();
}
