using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Rvp.Testing;
using RvpServer.Configuration;

namespace RvpServer.Tests.Cli;

/// <summary>The real process, which cannot start: one line says why, and the exit code what a service manager is to think of it.</summary>
public sealed class FailedStartTests
{
    [Fact]
    public async Task A_port_that_is_taken()
    {
        await using var server = await RealServer.MakeAsync(0);
        using var other = new TcpListener(IPAddress.Loopback, server.Port);
        other.Start();

        var ran = await server.CommandAsync("", "run");

        Assert.Equal(1, ran.Code);
        // How many files this machine allows is another matter.
        Assert.All(ran.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Contains("FewOpenFiles", line, StringComparison.Ordinal));
        Assert.Matches(
            $"^Urls is \"http://127.0.0.1:{server.Port}\": process [0-9]+ \\(.+\\) listens there already: stop it, or write another port\n$", ran.Error);
    }

    [Fact]
    public async Task A_certificate_that_is_not_there()
    {
        await using var server = await RealServer.MakeAsync(0, new()
        {
            ["Urls"] = "https://127.0.0.1:0",
            ["Kestrel__Certificates__Default__Path"] = "/nowhere/fullchain.pem",
            ["Kestrel__Certificates__Default__KeyPath"] = "/nowhere/privkey.pem",
        });

        var ran = await server.CommandAsync("", "run");

        Assert.Equal((1, ""), (ran.Code, ran.Out));
        Assert.Contains("/nowhere/fullchain.pem", Assert.Single(ran.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configuration_that_may_not_be_read_is_not_called_missing()
    {
        await using var server = await RealServer.MakeAsync(0);
        using var empty = new TempFolder();

        var ran = await server.BareAsync(empty.Path, "run", "--config", empty.Path);

        Assert.Equal((1, ""), (ran.Code, ran.Out));
        Assert.Matches($"^--config \"{empty.Path}\": .+ cannot read {empty.Path}: .+\n$", ran.Error);
    }

    [Fact]
    public async Task Told_to_stop_before_the_start_is_over_it_ends_well()
    {
        using var folder = new TempFolder();
        var pipe = folder.File("organisation.key");
        using (var make = Process.Start("mkfifo", ["-m", "600", pipe])) await make.WaitForExitAsync();
        await using var server = await RealServer.MakeAsync(0);
        using var starting = server.BeginCommand(new Dictionary<string, string> { ["Rvp__OrganisationKeyFile"] = pipe }, "run");
        // Opens when the server has come as far as reading its key, and waits.
        await using var key = await Deadline.For(
            Task.Run(() => new StreamWriter(new FileStream(pipe, FileMode.Open, FileAccess.Write))), "a server that reads its key", () => "none");

        await Signal.SendAsync("TERM", starting.Id);
        await key.WriteLineAsync(OrganisationKey.Make());
        await key.DisposeAsync();

        var ran = await RealServer.EndCommandAsync(starting, "");
        Assert.Equal((0, ""), (ran.Code, ran.Error));
    }
}
