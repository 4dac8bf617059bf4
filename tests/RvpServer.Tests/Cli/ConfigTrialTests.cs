using System.Net;
using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using Rvp.Testing;
using RvpServer.Cli;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Tests.Cli;

/// <summary>What is said to be valid starts: whatever a start would open is opened.</summary>
public sealed class ConfigTrialTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly int port = FreePort.Take();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_configuration_in_order_leaves_nothing_behind()
    {
        var (code, output, errors) = await CheckAsync("");

        Assert.Equal((0, ""), (code, errors));
        Assert.EndsWith("The configuration is valid.\n", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("data")));
    }

    [Theory]
    [InlineData("""
        "DataDirectory": "/proc/rvp",
        """, "Rvp:DataDirectory is \"/proc/rvp\": ")]
    [InlineData("""
        "ProtocolLog": { "Directory": "/proc/logs" },
        """, "Rvp:ProtocolLog:Directory is \"/proc/logs\": ")]
    [InlineData("""
        "Storage": { "Provider": "Postgres", "ConnectionStringFile": "secret" },
        """, "The connection string is not understood: ")]
    [InlineData("""
        "Authentication": { "Schemes": ["Negotiate"], "KeytabFile": "secret" },
        """, "Rvp:Authentication:KeytabFile is ")]
    [InlineData("""
        "Directory": { "Provider": "Ldap", "Ldap": { "Servers": ["ldap://127.0.0.1:1"], "BaseDn": "dc=adatum,dc=com" } },
        "Authentication": { "Schemes": ["Ntlm"], "NtlmAuthHelper": "/nowhere/ntlm_auth" },
        """, "Rvp:Authentication:NtlmAuthHelper is \"/nowhere/ntlm_auth\": there is no program /nowhere/ntlm_auth", "--offline")]
    [InlineData("""
        "Directory": { "Provider": "Ldap", "Ldap": { "Servers": ["ldap://127.0.0.1:1"], "StartTls": false, "BaseDn": "dc=adatum,dc=com" } },
        """, "ldap://127.0.0.1:1")]
    public async Task What_does_not_start_is_not_valid(string keys, string line, params string[] options)
    {
        var (code, output, errors) = await CheckAsync(keys, options);

        Assert.Equal((1, ""), (code, output));
        Assert.Contains(line, Assert.Single(Lines(errors)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_is_asked_only_by_the_network()
    {
        const string keys = """
            "Directory": { "Provider": "Ldap", "Ldap": { "Servers": ["ldap://127.0.0.1:1"], "StartTls": false, "BaseDn": "dc=adatum,dc=com" } },
            """;

        Assert.Equal(0, (await CheckAsync(keys, "--offline")).Code);
    }

    [Fact]
    public async Task A_store_of_a_newer_version_is_not_valid()
    {
        var path = Path.Combine(Directory.CreateDirectory(folder.File("data")).FullName, SqliteFile.Name);
        using (var connection = SqliteFile.Prepare(path).Open()) SqliteFile.Execute(connection, "PRAGMA user_version = 9999");
        SqliteConnection.ClearAllPools();

        var (code, _, errors) = await CheckAsync("");

        Assert.Equal(1, code);
        Assert.Contains("was written by a newer version", Assert.Single(Lines(errors)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_without_its_keys_is_not_valid()
    {
        await using var server = await RealServer.MakeAsync(1);
        Directory.Delete(Path.Combine(server.DataFolder, "keys"), recursive: true);

        var ran = await server.CommandAsync("", "config", "check");

        Assert.Equal((1, ""), (ran.Code, ran.Out));
        Assert.Single(Lines(ran.Error));
    }

    [Fact]
    public async Task A_port_that_is_taken_names_who_has_it()
    {
        await using var server = await RealServer.MakeAsync(1);
        using var other = new TcpListener(IPAddress.Loopback, server.Port);
        other.Start();

        var ran = await server.CommandAsync("", "config", "check");

        Assert.Equal((1, ""), (ran.Code, ran.Out));
        Assert.Matches(
            $"^Urls is \"http://127.0.0.1:{server.Port}\": process {Environment.ProcessId} \\(.+\\) listens there already: ", Assert.Single(Lines(ran.Error)));
    }

    [Fact]
    public async Task The_server_itself_may_have_its_ports()
    {
        await using var server = await RealServer.StartAsync(1);

        var ran = await server.CommandAsync("", "config", "check");

        Assert.Equal((0, ""), (ran.Code, ran.Error));
        Assert.Matches("\nruns          as process [0-9]+\n", ran.Out);
    }

    [Fact]
    public async Task An_address_of_another_machine_is_no_place_to_listen()
    {
        var (code, _, errors) = await CheckAtAsync("http://192.0.2.77:8080", "");

        Assert.Equal((1, "Urls is \"http://192.0.2.77:8080\": this machine has no address 192.0.2.77: write one of its own, or * for all\n"), (code, errors));
    }

    [Fact]
    public async Task Two_keys_for_one_place_are_a_mistake()
    {
        var (code, _, errors) = await CheckAsync($$"""
            "Admin": { "Url": "http://127.0.0.1:{{port}}" },
            """);

        Assert.Equal((1, $"Rvp:Admin:Url is \"http://127.0.0.1:{port}/\": another key names this place already\n"), (code, errors));
    }

    [Fact]
    public async Task Https_without_a_certificate_does_not_start()
    {
        var (code, _, errors) = await CheckAtAsync($"https://127.0.0.1:{port}", "");

        Assert.Equal(
            (1, $"Urls has https at port {port} and no certificate: name its file in Kestrel:Certificates:Default:Path, and KeyPath\n"), (code, errors));
    }

    [Fact]
    public async Task Without_any_configuration_the_files_that_were_looked_for_are_named()
    {
        using var empty = new TempFolder();
        await using var server = await RealServer.MakeAsync(0);

        var ran = await server.BareAsync(empty.Path, "run");

        Assert.Equal((1, ""), (ran.Code, ran.Out));
        var lines = Lines(ran.Error);
        Assert.Equal("Rvp:VirtualServers is missing: name at least one, with Name, Domain and HostNames", lines[0]);
        Assert.StartsWith("Without --config FILE, ", lines[1], StringComparison.Ordinal);
        Assert.Contains($"there is no {empty.File("appsettings.json")}, no {empty.File("appsettings.Production.json")}", lines[1], StringComparison.Ordinal);
    }

    private Task<Ran> CheckAsync(string keys, params string[] options) => CheckAtAsync($"http://127.0.0.1:{port}", keys, options);

    private Task<Ran> CheckAtAsync(string urls, string keys, params string[] options)
    {
        var secret = folder.Write("secret", "no secret at all");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var admin = keys.Contains("\"Admin\"", StringComparison.Ordinal) ? "" : "\"Admin\": { \"Url\": \"http://127.0.0.1:0\" },";
        var file = folder.Write("rvp.json", $$"""
            { "Urls": "{{urls}}", "Rvp": { {{keys}} {{admin}}
              "Dns": { "Servers": ["127.0.0.1:1"], "Timeout": "00:00:00.1" },
              "VirtualServers": [ { "Name": "imhomeserver1", "Domain": "im.adatum.com", "HostNames": ["im.adatum.com"], "Port": {{port}} } ] } }
            """);
        var root = ServerCommandLine.Create([], (_, _) => Task.FromResult(ExitCode.Done));
        return Ran.InProcessAsync((output, errors) => ServerCommandLine.InvokeAsync(root, ["config", "check", "--config", file, .. options], output, errors));
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
