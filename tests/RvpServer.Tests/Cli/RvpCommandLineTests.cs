using Rvp.Testing;
using RvpServer.Cli;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Domains;
using RvpServer.Tests.Directories;

namespace RvpServer.Tests.Cli;

public sealed class RvpCommandLineTests : IDisposable
{
    private static readonly VirtualServer[] Servers = [new("imhomeserver1", Role.Home, "im.adatum.com", ["im.adatum.com"], 80)];

    private readonly LocalAccounts local = new();

    public void Dispose() => local.Dispose();

    [Fact]
    public async Task A_value_that_begins_with_an_at_sign_is_text_and_no_name_of_a_file()
    {
        var name = "@" + Path.Combine(local.DataDirectory, "team");
        await File.WriteAllTextAsync(name[1..], "Not-To-Be-Read");

        var there = await RunAsync("user", "add", "JoBrown@im.adatum.com", "--display", name, "--password-stdin");
        var missing = await RunAsync("user", "add", "KariHensien@im.adatum.com", "--display", "@team", "--password-stdin");

        Assert.Equal((0, ""), (there.Code, there.Error));
        Assert.Equal((0, ""), (missing.Code, missing.Error));
        Assert.Equal([name, "@team"], (await local.Accounts.ListAsync(CancellationToken.None)).Select(account => account.DisplayName));
    }

    private async Task<Ran> RunAsync(params string[] arguments)
    {
        using var input = new StringReader("Pass-Word-1\n");
        var domains = new ImDomains(Servers, new Dictionary<string, string>());
        var subject = new UserSubject(local.Accounts, new UserHomes(domains), KnownHomes.Search(domains));
        var root = ServerCommandLine.Create(
            [UserCommand.Create(parsed => new CommandContext<UserSubject>(parsed, subject, input))], (_, _) => Task.FromResult(ExitCode.Done));
        return await Ran.InProcessAsync((output, errors) => ServerCommandLine.InvokeAsync(root, arguments, output, errors));
    }
}
