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

    [Fact]
    public void The_unit_files_commands_use_it() =>
        Assert.Contains("#   deploy/publish /usr/lib/rvpserver", Repository.ReadLines("deploy/systemd/rvpserver.service"));

    [GeneratedRegex(@"\bsrc/\S+\.csproj")]
    private static partial Regex Projects();

    [GeneratedRegex(@"\$folder/([a-z]+)")]
    private static partial Regex Folders();
}
