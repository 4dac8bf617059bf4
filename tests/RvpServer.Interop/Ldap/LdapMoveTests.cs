using Rvp.Testing;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Federation;

namespace RvpServer.Interop.Ldap;

public sealed class LdapMoveTests : LdapMoveTest
{
    [Fact]
    public async Task The_command_moves_her_with_all_that_is_hers_and_the_directory_is_told()
    {
        var ran = await CommandAsync(0, "move", "JoBrown@adatum.com", Home(1));

        Assert.Contains($"Physical URL:  http://{Home(1)}/instmsg/local/im.adatum.com/instmsg/aliases/JoBrown\n", ran, StringComparison.Ordinal);
        await IsWholeAsync();
        await Servers[0].KillAsync();
        await Servers[0].StartAsync();
        await IsWholeAsync();
        await CommandAsync(1, "move", "JoBrown@adatum.com", Home(0));
        await IsWholeAsync();
        Assert.Contains("to be fetched", (await Jo.Polls()).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_may_not_write_the_directory_is_told_before_anything_has_moved()
    {
        var refused = await RunAsync(0, SlapdServer.Reader, "user", "move", "JoBrown@adatum.com", Home(1));

        Assert.Equal(1, refused.Code);
        Assert.StartsWith("cn=im,dc=adatum,dc=com may not do that (", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("NodeMoved", Servers[0].Log, StringComparison.Ordinal);
        await IsWholeAsync();
    }

    [Fact]
    public async Task A_home_server_that_does_not_run_sends_nobody()
    {
        await Servers[0].KillAsync();

        var refused = await RunAsync(0, SlapdServer.Admin, "user", "move", "JoBrown@adatum.com", Home(1));

        Assert.Equal((1, $"{Home(0)}, where JoBrown@adatum.com is, cannot be reached: its server must be running.\n"), (refused.Code, refused.Error));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Killed_at_any_moment_of_a_move_she_is_whole_and_in_one_place(int victim)
    {
        var settings = RvpSettings.Read(TestConfiguration.Root(
        [
            .. Slapd.Keys().Select(pair => KeyValuePair.Create("Rvp:" + pair.Key, pair.Value)), new("Rvp:OrganisationKeyFile", Key),
            new("Rvp:VirtualServers:0:Name", "x"), new("Rvp:VirtualServers:0:Domain", "im.adatum.com"), new("Rvp:VirtualServers:0:HostNames:0", "x.adatum.com"),
            new("Rvp:Dns:Servers:0", $"127.0.0.1:{Dns.EndPoint.Port}"),
        ]), Files.Path);
        var send = HomeLine.Of(settings);
        var account = new Account("im.adatum.com", "JoBrown", "Jo Brown", "JoBrown@adatum.com", [], null, IsEnabled: true);
        foreach (var milliseconds in (int[])[8, 20, 60])
        {
            var moving = send(account, Place(0), Place(1), CancellationToken.None);
            await Task.WhenAny(moving, Task.Delay(milliseconds));
            await Servers[victim].KillAsync();
            await IsDoneAsync(moving);
            await Servers[victim].StartAsync();

            await IsWholeAsync();
            // Wherever she is: at home on the first again, for the next time.
            await Deadline.Until(
                async () => await IsDoneAsync(send(account, Place(1), Place(0), CancellationToken.None)), "Jo at home", () => "away", Patience);
            await IsWholeAsync();
        }
    }

    private static async Task<bool> IsDoneAsync(Task task)
    {
        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsCompletedSuccessfully;
    }
}
