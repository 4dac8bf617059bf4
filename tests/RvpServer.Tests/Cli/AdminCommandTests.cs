using Rvp.Testing;

namespace RvpServer.Tests.Cli;

/// <summary>The command line beside the real program, and without it.</summary>
public sealed class AdminCommandTests
{
    private static readonly (string Input, string[] Command)[] Story =
    [
        ("Pass-Word-1\n", ["user", "add", "JoBrown@adatum.com", "--display", "Jo Brown", "--password-stdin"]),
        ("Pass-Word-1\n", ["user", "add", "jobrown@adatum.com", "--password-stdin"]),
        ("short\n", ["user", "add", "DonHall@adatum.com", "--password-stdin"]),
        ("address,display,password\nKariHensien@adatum.com,Kari Hensien,Pass-Word-1\nx%y@adatum.com,\"Hall, Don\",Pass-Word-1\n", ["user", "import", "-"]),
        ("address,password\nDonHall@adatum.com,Pass-Word-1\nJoBrown@adatum.com,Pass-Word-1\n", ["user", "import", "-"]),
        ("address,password\nDonHall@adatum.com,Pass-Word-1\nnobody,Pass-Word-1\n", ["user", "import", "-"]),
        ("", ["user", "list"]),
        ("", ["user", "show", "x%y@adatum.com"]),
        ("", ["user", "alias", "JoBrown@adatum.com", "jo@adatum.com"]),
        ("", ["user", "alias", "JoBrown@adatum.com", "KariHensien@adatum.com"]),
        ("", ["user", "alias", "JoBrown@adatum.com", "JoBrown@adatum.com", "--remove"]),
        ("", ["user", "move", "JoBrown@adatum.com", "IM9.example.com", "--unchecked"]),
        ("", ["user", "disable", "jo@adatum.com"]),
        ("Pass-Word-2\n", ["user", "passwd", "JoBrown@adatum.com", "--password-stdin"]),
        ("", ["user", "show", "JoBrown@adatum.com"]),
        ("", ["user", "show", "NoBody@adatum.com"]),
        ("", ["admin", "list"]),
        ("", ["admin", "grant", "KariHensien@adatum.com", "full"]),
        ("", ["admin", "grant", "JoBrown@adatum.com", "view", "--domain", "im.adatum.com"]),
        ("", ["admin", "grant", "JoBrown@adatum.com", "view", "--domain", "im.contoso.com"]),
        ("", ["admin", "grant", "JoBrown@adatum.com", "king"]),
        ("", ["admin", "grant", "--group", "cn=im,dc=adatum,dc=com", "view"]),
        ("", ["admin", "list"]),
        ("", ["admin", "revoke", "KariHensien@adatum.com"]),
        ("", ["admin", "revoke", "JoBrown@adatum.com", "--domain", "im.adatum.com"]),
        ("", ["user", "remove", "KariHensien@adatum.com"]),
        ("", ["user", "remove", "JoBrown@adatum.com"]),
        ("", ["user", "list", "--domain", "im.contoso.com"]),
        ("", ["audit", "--since", "never"]),
    ];

    [Fact]
    public async Task The_command_line_says_the_same_with_and_without_a_server()
    {
        await using var alone = await RealServer.MakeAsync(0);
        await using var beside = await RealServer.StartAsync(0);
        foreach (var (input, command) in Story)
        {
            var without = await alone.CommandAsync(input, command);
            var with = await beside.CommandAsync(input, command);

            Assert.Equal((string.Join(' ', command), without), (string.Join(' ', command), with));
        }

        var noted = await alone.CommandAsync("", "audit");
        Assert.Equal(WithoutTimes(noted.Out), WithoutTimes((await beside.CommandAsync("", "audit")).Out));
        Assert.Contains(
            $"operating system user {Environment.UserName} (command line) account.disable JoBrown@adatum.com {{\"enabled\":true}} -> {{\"enabled\":false}}\n",
            noted.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_running_server_does_what_the_command_line_asks_for_and_knows_it_at_once()
    {
        await using var server = await RealServer.StartAsync(2);

        await server.StopForAWhileAsync();
        using var command = server.BeginCommand("user", "disable", "User1@adatum.com");
        var ending = RealServer.EndCommandAsync(command, "");
        Assert.NotSame(ending, await Task.WhenAny(ending, Task.Delay(TimeSpan.FromSeconds(3))));
        await server.ContinueAsync();

        Assert.Equal(new Ran(0, "User1@adatum.com is disabled.\n", ""), await ending);
        Assert.Contains("disabled", (await server.CommandAsync("", "user", "list")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_the_server_dies_in_the_middle_the_command_says_so_in_one_line()
    {
        await using var server = await RealServer.StartAsync(1);
        await server.StopForAWhileAsync();
        using var command = server.BeginCommand("user", "disable", "User0@adatum.com");
        var ending = RealServer.EndCommandAsync(command, "");
        Assert.NotSame(ending, await Task.WhenAny(ending, Task.Delay(TimeSpan.FromSeconds(3))));

        await server.KillAsync();

        Assert.Equal(
            new Ran(1, "", "The server has ended before it answered: start it again and look whether the change was made.\n"), await ending);
        // What it has left does not keep the command line from the store.
        Assert.Equal(new Ran(0, "User0@adatum.com is disabled.\n", ""), await server.CommandAsync("", "user", "disable", "User0@adatum.com"));
    }

    private static string WithoutTimes(string lines) => string.Join('\n', lines.Split('\n').Select(line => line.Length > 20 ? line[20..] : line));
}
