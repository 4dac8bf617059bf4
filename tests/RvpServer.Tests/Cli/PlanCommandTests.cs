using System.Text.Json;
using Rvp.Testing;
using RvpServer.Cli;

namespace RvpServer.Tests.Cli;

public sealed class PlanCommandTests
{
    [Theory]
    [InlineData(1_000, "one process with SQLite")]
    [InlineData(100_000, "one process with SQLite")]
    [InlineData(300_000, "one process with PostgreSQL")]
    [InlineData(1_000_000, "a cluster of 7 processes, 256 shards, one of the processes may be away at peak")]
    [InlineData(10_000_000, "a cluster of 54 processes, 1,024 shards, one of the processes may be away at peak")]
    [InlineData(10_000_000, "11 home servers behind routers, each a cluster of 9 processes, 256 shards, one of the processes may be away at peak", "--history")]
    public async Task The_simplest_form_that_bears_it_is_named(int accounts, string form, params string[] more)
    {
        var ran = await RunAsync(["--accounts", Text(accounts), .. more]);

        Assert.Equal((0, ""), (ran.Code, ran.Error));
        Assert.Contains($"\nWhat they take: {form}.\n", ran.Out, StringComparison.Ordinal);
        Assert.Matches("\nBottleneck: .+, [0-9]+ ?% taken at peak\\.\nWhat then: .+\\.\n", ran.Out);
    }

    [Fact]
    public async Task Up_to_how_many_each_form_suffices_is_told()
    {
        var ran = await RunAsync("--accounts", "1000");

        Assert.Contains("""

            With these habits, enough is
              one process with SQLite                 up to 190,000 accounts
              one process with PostgreSQL             up to 380,000 accounts
              a cluster                               ten million accounts, and more
              several home servers, each a cluster    ten million accounts, and more

            """, ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Programs_read_the_same_figures()
    {
        var ran = await RunAsync("--accounts", "2000000", "--json");

        using var json = JsonDocument.Parse(ran.Out);
        var (habits, takes) = (json.RootElement.GetProperty("for"), json.RootElement.GetProperty("takes"));
        Assert.Equal((2_000_000, 0.2), (habits.GetProperty("accounts").GetDouble(), habits.GetProperty("online").GetDouble()));
        Assert.Equal(("cluster", 12), (takes.GetProperty("form").GetString(), takes.GetProperty("processes").GetInt32()));
        Assert.Equal(5, takes.GetProperty("requests").GetProperty("peak").GetDouble() / takes.GetProperty("requests").GetProperty("mean").GetDouble(), 6);
        Assert.True(takes.GetProperty("bottleneck").GetProperty("taken").GetDouble() is > 0 and <= 1);
        Assert.Equal(["sqlite", "postgres", "cluster", "homeServers"], json.RootElement.GetProperty("reach").EnumerateObject().Select(form => form.Name));
    }

    [Theory]
    [InlineData("--accounts is \"0\": write a whole number from 1 to 10000000", "--accounts", "0")]
    [InlineData("--accounts is \"10000001\": write a whole number from 1 to 10000000", "--accounts", "10000001")]
    [InlineData("--accounts is \"1e6\": write a whole number from 1 to 10000000", "--accounts", "1e6")]
    [InlineData("--accounts is \"many\": write a whole number from 1 to 10000000", "--accounts", "many")]
    [InlineData("--online is \"20\": write a number from 0.001 to 1", "--accounts", "1000", "--online", "20")]
    [InlineData("--polled is \"-1\": write a number from 0 to 1", "--accounts", "1000", "--polled", "-1")]
    [InlineData("--contacts is \"2.5\": write a whole number from 0 to 10000", "--accounts", "1000", "--contacts", "2.5")]
    [InlineData("--peak is \"NaN\": write a number from 1 to 100", "--accounts", "1000", "--peak", "NaN")]
    [InlineData("--cores is \"0\": write a whole number from 1 to 1024", "--accounts", "1000", "--cores", "0")]
    [InlineData("Option '--accounts' is required.")]
    public async Task A_number_that_is_none_is_told_with_what_to_write(string line, params string[] arguments)
    {
        var ran = await RunAsync(arguments);

        Assert.Equal(new Ran(2, "", $"rvpserver plan: {line}\nSee rvpserver plan --help.\n"), ran);
    }

    [Fact]
    public async Task What_the_defaults_do_not_suffice_for_is_told()
    {
        var few = await RunAsync("--accounts", "1000");
        var many = await RunAsync("--accounts", "4000000");
        var crowded = await RunAsync("--accounts", "400000", "--online", "1", "--changes", "0.1", "--messages", "0.1");

        Assert.DoesNotContain("\nSet ", few.Out, StringComparison.Ordinal);
        Assert.Contains("\nSet Rvp:Cluster:Shards to 1024 before the first start.\n", many.Out, StringComparison.Ordinal);
        Assert.Contains("\nSet max_connections of PostgreSQL to ", many.Out, StringComparison.Ordinal);
        Assert.Contains("\nSet Rvp:Limits:MaxConnections to ", crowded.Out, StringComparison.Ordinal);
        Assert.Contains("\nSet LimitNOFILE of the unit to ", crowded.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_history_takes_room_and_a_shorter_one_is_advised_where_it_ends()
    {
        var without = await RunAsync("--accounts", "1000000");
        var with = await RunAsync("--accounts", "1000000", "--history", "--messages", "3");

        Assert.Contains("processor of the database", without.Out, StringComparison.Ordinal);
        Assert.Contains("Bottleneck: size of the database, ", with.Out, StringComparison.Ordinal);
        Assert.Contains("What then: a shorter Rvp:Messages:ArchiveLifetime", with.Out, StringComparison.Ordinal);
    }

    private static async Task<Ran> RunAsync(params string[] arguments)
    {
        var root = ServerCommandLine.Create([PlanCommand.Create()], (_, _) => Task.FromResult(ExitCode.Done));
        return await Ran.InProcessAsync((output, errors) => ServerCommandLine.InvokeAsync(root, ["plan", .. arguments], output, errors));
    }

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
