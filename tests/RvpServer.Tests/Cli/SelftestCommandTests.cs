using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Rvp.Testing;
using RvpServer.Cli;
using RvpServer.Cli.Selftest;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Directories.Local;
using RvpServer.Domains;
using RvpServer.Tests.Directories;

namespace RvpServer.Tests.Cli;

/// <summary>An administrator has the seven scenarios played against the server that runs: two home servers, and a router in front of them.</summary>
public sealed class SelftestCommandTests : IAsyncLifetime
{
    private static readonly Dictionary<string, string?> HomesAndRouter = new()
    {
        ["VirtualServers:0:HostNames:0"] = "imhomeserver1.adatum.com",
        ["VirtualServers:0:HostNames:1"] = null,
        ["VirtualServers:1:Name"] = "imhomeserver2",
        ["VirtualServers:1:Domain"] = "im.adatum.com",
        ["VirtualServers:1:HostNames:0"] = "imhomeserver2.adatum.com",
        ["VirtualServers:2:Name"] = "imrouter1",
        ["VirtualServers:2:Role"] = "Router",
        ["VirtualServers:2:Domain"] = "im.adatum.com",
        ["VirtualServers:2:HostNames:0"] = "im.adatum.com",
    };

    private TestServer server = null!;
    private RvpSettings settings = null!;
    private Accounts accounts = null!;

    public async Task InitializeAsync()
    {
        server = await TestServer.StartAsync(HomesAndRouter, accounts:
            [new("JoBrown@adatum.com", "Jo Brown"), new("KariHensien@adatum.com", "Kari Hensien", Home: "imhomeserver2")]);
        settings = server.Services.GetRequiredService<RvpSettings>();
        accounts = server.Services.GetRequiredService<Accounts>();
    }

    public Task DisposeAsync() => server.DisposeAsync().AsTask();

    [Theory]
    [InlineData]
    [InlineData("--poll")]
    public async Task All_seven_are_played_at_each_home_server_and_at_the_router(params string[] options)
    {
        var ran = await RunAsync("", [.. options, "--json"]);

        Assert.Equal((0, ""), (ran.Code, ran.Error));
        var steps = JsonDocument.Parse(ran.Out).RootElement.EnumerateArray().ToList();
        Assert.All(steps, step => Assert.True(step.GetProperty("hasPassed").GetBoolean(), step.ToString()));
        foreach (var route in new[] { "At imhomeserver1.adatum.com", "At imhomeserver2.adatum.com", "At im.adatum.com" })
        {
            Assert.Equal([1, 1, 1, 2, 2, 3, 3, 4, 4, 4, 5, 6, 6, 7, 7],
                steps.Where(step => step.GetProperty("route").GetString() == route).Select(step => step.GetProperty("scenario").GetInt32()));
        }
        Assert.Equal(["JoBrown", "KariHensien"], await NamesAsync());
    }

    [Fact]
    public async Task Two_people_who_exist_may_play_them_through_the_router_alone()
    {
        var ran = await RunAsync($"{TestServer.Password}\n{TestServer.Password}\n",
            "--pair", "JoBrown@adatum.com", "KariHensien@adatum.com", "--through", "http://im.adatum.com");

        Assert.Equal((0, ""), (ran.Code, ran.Error));
        Assert.StartsWith("At im.adatum.com\n  1. Logging on\n     passed  the server is found and accepts the password (", ran.Out, StringComparison.Ordinal);
        Assert.EndsWith("\nAll is well.\n", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_is_told_with_its_cure_and_ends_that_way()
    {
        var ran = await RunAsync($"Wrong-Word-1\n{TestServer.Password}\n",
            "--pair", "JoBrown@adatum.com", "KariHensien@adatum.com", "--through", "http://im.adatum.com");

        Assert.Equal((1, ""), (ran.Code, ran.Error));
        Assert.Contains("FAILED  the server is found and accepts the password (", ran.Out, StringComparison.Ordinal);
        Assert.Contains("\n             The server does not accept the account name or the password.\n", ran.Out, StringComparison.Ordinal);
        Assert.EndsWith("\nIt does not work.\n", ran.Out, StringComparison.Ordinal);
        Assert.Single(ran.Out.Split("FAILED")[1..]);
    }

    [Fact]
    public async Task Without_a_server_it_says_so_and_leaves_nobody_behind()
    {
        await server.StopAsync();

        var ran = await RunAsync("");

        Assert.Equal((1, ""), (ran.Code, ran.Error));
        Assert.Contains("\n             The server imhomeserver1.adatum.com cannot be reached.\n", ran.Out, StringComparison.Ordinal);
        Assert.Equal(["JoBrown", "KariHensien"], await NamesAsync());
        await server.StartAgainAsync();
    }

    [Fact]
    public async Task Whom_a_test_left_behind_that_was_killed_the_next_one_removes()
    {
        await server.AddAccountAsync("selftest-5f000000-1@adatum.com", "Self-test");
        await server.AddAccountAsync("selftest-else@adatum.com", "Somebody");

        await RunAsync("", "--through", "http://im.adatum.com");

        Assert.Equal(["JoBrown", "KariHensien", "selftest-else"], await NamesAsync());
    }

    [Theory]
    [InlineData("--through", "im.adatum.com", "\"im.adatum.com\" is no URL: write it as http://im.adatum.com.\n")]
    [InlineData("--pair", "jo", "\"jo\" is no IM address: write it as JoBrown@adatum.com.\n")]
    public async Task What_is_mistyped_is_told(string option, string value, string line)
    {
        var ran = await RunAsync("", option == "--pair" ? [option, value, value] : [option, value]);

        Assert.Equal((2, "", line), (ran.Code, ran.Out, ran.Error));
    }

    private async Task<Ran> RunAsync(string input, params string[] options)
    {
        var domains = ImDomains.Of(settings);
        var users = new UserSubject(accounts, new UserHomes(domains), KnownHomes.Search(domains));
        using var reader = new StringReader(input);
        var command = SelftestCommand.Create(parsed => new CommandContext<SelftestSubject>(parsed, new SelftestSubject(settings, users), reader));
        return await Ran.InProcessAsync(new RootCommand { command }.Parse(["selftest", .. options]));
    }

    private async Task<IReadOnlyList<string>> NamesAsync() =>
        [.. (await accounts.ListAsync(CancellationToken.None)).Select(account => account.Name)];
}
