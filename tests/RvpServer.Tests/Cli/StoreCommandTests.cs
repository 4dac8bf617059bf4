using Npgsql;
using Rvp.Testing;
using RvpServer.Cli;
using RvpServer.Storage;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Tests.Cli;

/// <summary>Commands on a store in PostgreSQL, and on the way there and back.</summary>
public sealed class StoreCommandTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Accounts_go_to_PostgreSQL_and_back()
    {
        var file = await ConfigureAsync(await TestPostgres.CreateEmptyAsync());
        var people = folder.Write("people.csv", "address,display,home,password\nJoBrown@adatum.com,Jo Brown,imhomeserver1,Pass-Word-1\n");
        Assert.Equal(0, (await RunAsync("user", "import", people, "--config", file("Sqlite"))).Code);

        var there = await RunAsync("store", "copy", "postgres", "--config", file("Sqlite"));
        var more = folder.Write("more.csv", "address,display,home,password\nDonHall@adatum.com,Don Hall,imhomeserver1,Pass-Word-1\n");
        Assert.Equal(0, (await RunAsync("user", "import", more, "--config", file("Postgres"))).Code);
        var listed = await RunAsync("user", "list", "--config", file("Postgres"));
        File.Delete(folder.File("data/" + SqliteFile.Name));
        var back = await RunAsync("store", "copy", "Sqlite", "--config", file("Postgres"));

        Assert.Equal((0, ""), (there.Code, there.Error));
        Assert.EndsWith("Set Rvp:Storage:Provider to Postgres before the server starts.\n", there.Out, StringComparison.Ordinal);
        Assert.Contains("JoBrown@adatum.com", listed.Out, StringComparison.Ordinal);
        Assert.Equal((0, ""), (back.Code, back.Error));
        Assert.Equal(listed.Out, (await RunAsync("user", "list", "--config", file("Sqlite"))).Out);
        Assert.Equal(1, (await RunAsync("store", "copy", "Sqlite", "--config", file("Postgres"))).Code);
    }

    [Fact]
    public async Task Nothing_is_copied_while_a_server_has_the_data()
    {
        var file = await ConfigureAsync(await TestPostgres.CreateAsync());
        using var server = DataLock.Take(folder.File("data"));

        var ran = await RunAsync("store", "copy", "Postgres", "--config", file("Sqlite"));

        Assert.Equal((1, ""), (ran.Code, ran.Out));
        Assert.Contains($"is in use by process {Environment.ProcessId}", ran.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("backup")]
    [InlineData("restore")]
    [InlineData("repair")]
    public async Task What_works_on_the_file_says_whose_tools_do_it(string command)
    {
        var file = await ConfigureAsync("Host=127.0.0.1;Port=1");
        string[] argument = command == "repair" ? [] : [folder.File("backup.db")];

        var ran = await RunAsync([command, .. argument, "--config", file("Postgres")]);

        Assert.Equal(
            new Ran(1, "", "The store is in PostgreSQL, whose own tools do this: pg_dump makes a backup, pg_restore brings it back.\n"), ran);
    }

    [Fact]
    public async Task What_is_wrong_with_the_database_is_said_in_one_line()
    {
        var connection = await TestPostgres.CreateEmptyAsync();
        var missing = new NpgsqlConnectionStringBuilder(connection) { Database = "elsewhere" }.ToString();
        foreach (var (text, reason) in new[]
        {
            (missing, "database \"elsewhere\" does not exist"), ("Host=127.0.0.1;Port=1;Username=rvp", "cannot be opened: "),
            ("Hots=127.0.0.1", "The connection string is not understood: "), ("", "write one line, the connection string."),
        })
        {
            var file = await ConfigureAsync(text);
            foreach (var command in new[] { "config check", "user list" })
            {
                var ran = await RunAsync([.. command.Split(' '), "--config", file("Postgres")]);

                Assert.Equal((1, ""), (ran.Code, ran.Out));
                Assert.Contains(reason, Assert.Single(ran.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task The_number_of_shards_is_that_of_the_store()
    {
        var file = await ConfigureAsync(await TestPostgres.CreateAsync(), "16");

        var ran = await RunAsync("config", "check", "--config", file("Postgres"));

        Assert.Equal(1, ran.Code);
        Assert.EndsWith("set Rvp:Cluster:Shards to 256.\n", ran.Error, StringComparison.Ordinal);
    }

    // One configuration for each kind of store, on the same data.
    private async Task<Func<string, string>> ConfigureAsync(string connection, string shards = "null")
    {
        var secret = folder.Write("postgres.secret", connection);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        foreach (var kind in new[] { "Sqlite", "Postgres" })
        {
            await File.WriteAllTextAsync(folder.File(kind + ".json"), $$"""
                { "Urls": "http://127.0.0.1:{{FreePort.Take()}}", "Rvp": { "MailDomains": { "adatum.com": "im.adatum.com" },
                  "Storage": { "Provider": "{{kind}}", "ConnectionStringFile": "postgres.secret" }, "Cluster": { "Shards": {{shards}} },
                  "Admin": { "Url": "http://127.0.0.1:0" }, "Dns": { "Servers": ["127.0.0.1:1"], "Timeout": "00:00:00.1" },
                  "VirtualServers": [ { "Name": "imhomeserver1", "Domain": "im.adatum.com", "HostNames": ["im.adatum.com"] } ] } }
                """);
        }
        return kind => folder.File(kind + ".json");
    }

    private static Task<Ran> RunAsync(params string[] arguments)
    {
        var root = ServerCommandLine.Create(CommandFamilies.All, (_, _) => Task.FromResult(ExitCode.Done));
        return Ran.InProcessAsync((output, errors) => ServerCommandLine.InvokeAsync(root, arguments, output, errors));
    }
}
