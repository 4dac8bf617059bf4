using Rvp.Testing;

namespace RvpServer.Tests.Deploy;

public class WindowsScriptTests
{
    private const string Install = "deploy/windows/install-service.ps1";
    private const string Uninstall = "deploy/windows/uninstall-service.ps1";

    /// <summary>Windows PowerShell 5.1 reads a file without byte order mark in the machine's own code page.</summary>
    [Theory]
    [InlineData(Install)]
    [InlineData(Uninstall)]
    public void Scripts_are_plain_ASCII(string path) =>
        Assert.All(Repository.ReadLines(path), line => Assert.True(line.All(char.IsAscii), line));

    [Theory]
    [InlineData(Install)]
    [InlineData(Uninstall)]
    public void Scripts_ask_for_an_administrator_and_stop_at_the_first_error(string path)
    {
        var lines = Repository.ReadLines(path);

        Assert.Contains("#Requires -RunAsAdministrator", lines);
        Assert.Contains("$ErrorActionPreference = 'Stop'", lines);
        Assert.Contains("Set-StrictMode -Version Latest", lines);
    }

    [Fact]
    public void The_service_that_is_removed_is_the_one_that_was_installed() =>
        Assert.Equal(NameIn(Install), NameIn(Uninstall));

    [Fact]
    public void The_service_does_not_run_as_the_system()
    {
        var account = Assert.Single(Repository.ReadLines(Install), l => l.StartsWith("$account = ", StringComparison.Ordinal));

        Assert.Equal("$account = \"NT SERVICE\\$name\"", account);
    }

    private static string NameIn(string path) =>
        Assert.Single(Repository.ReadLines(path), l => l.StartsWith("$name = ", StringComparison.Ordinal));
}
