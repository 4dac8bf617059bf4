using System.Globalization;
using Rvp.Testing;

namespace RvpServer.Interop.Storage;

/// <summary>Real processes on one data directory, and what becomes of it when they are killed or their files are deleted.</summary>
public class OneOwnerTests
{
    private const string Address = "127.0.0.16";

    [Fact]
    public async Task A_second_server_is_refused_with_one_line_that_names_the_first_and_commands_go_on_working()
    {
        await using var server = Make();
        await server.StartAsync();

        var refused = await server.TryAsync("run");

        var id = server.Id.ToString(CultureInfo.InvariantCulture);
        Assert.Equal(new Ran(1, "", $"rvpserver: The data directory {DataOf(server)} is in use by process {id}: stop that server first.\n"), refused);
        await server.CommandAsync("Pass-Word-1", "user", "add", "JoBrown@adatum.com", "--password-stdin");
        await server.CommandAsync("", "backup", Path.Combine(server.Folder, "backup.db"));
        Assert.Equal(1, (await server.TryAsync("restore", Path.Combine(server.Folder, "backup.db"))).Code);
    }

    [Fact]
    public async Task The_lock_ends_with_a_process_that_is_killed()
    {
        await using var server = Make();
        await server.StartAsync();

        await server.KillAsync();
        await server.StartAsync();

        Assert.Equal(1, (await server.TryAsync("run")).Code);
    }

    [Fact]
    public async Task A_server_whose_store_is_deleted_stops_with_an_error_and_does_not_begin_again_without_accounts()
    {
        await using var server = Make();
        await server.StartAsync();
        await server.CommandAsync("Pass-Word-1", "user", "add", "JoBrown@adatum.com", "--password-stdin");

        foreach (var file in Directory.GetFiles(DataOf(server), "rvp.db*")) File.Delete(file);

        Assert.Equal(1, await server.EndAsync());

        var refused = await server.TryAsync("run");
        Assert.Equal(1, refused.Code);
        Assert.Contains("is gone, but its keys are there", refused.Error, StringComparison.Ordinal);
        Assert.Single(server.Log.Split('\n'), line => line.Contains("\"EmergencyStop\"", StringComparison.Ordinal));
    }

    private static ServerProcess Make() => new(Machine.This, $"http://{Address}:8081", folder => $$"""
        {
          "Urls": "http://{{Address}}:8080",
          "Rvp": {
            "DataDirectory": "{{folder.File("data")}}",
            "VirtualServers": [ { "Name": "imhomeserver1", "Role": "Home", "Domain": "im.adatum.com", "HostNames": ["im.adatum.com"] } ],
            "MailDomains": { "adatum.com": "im.adatum.com" },
            "Admin": { "Url": "http://{{Address}}:8081" }
          }
        }
        """);

    private static string DataOf(ServerProcess server) => Path.Combine(server.Folder, "data");
}
