using Rvp.Testing;

namespace Rvp.Client.Tests.Cli;

public sealed class PasswordCommandTests
{
    [Fact]
    public async Task Jo_changes_the_password_and_what_is_saved_with_it()
    {
        await using var home = await Home.StartAsync();
        var jo = new Shell(home, "JoBrown@adatum.com");
        await jo.Run("", "signin");
        jo.Set("RVP_NEW_PASSWORD", "Pass-Word-2");

        var changed = await jo.Run("", "passwd");
        jo.Unset("RVP_PASSWORD");
        var watchers = await jo.Run("", "watchers");

        Assert.Equal(new Ran(0, "JoBrown@adatum.com has a new password.\n", ""), changed);
        Assert.Equal(0, watchers.Code);
        Assert.Contains("Pass-Word-2", await File.ReadAllTextAsync(jo.AccountFile), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("short", TestServer.Password, "rvp: The password is shorter than 8 characters.\n")]
    [InlineData(TestServer.Password, TestServer.Password, "rvp: The new password is the old one.\n")]
    [InlineData("Pass-Word-2", "Pass-Word-9", "rvp: The server does not accept the account name or the password.\n")]
    public async Task What_is_refused_is_one_line(string wanted, string old, string line)
    {
        await using var home = await Home.StartAsync();
        var jo = new Shell(home, "JoBrown@adatum.com");
        jo.Set("RVP_PASSWORD", old);
        jo.Set("RVP_NEW_PASSWORD", wanted);

        Assert.Equal(new Ran(1, "", line), await jo.Run("", "passwd"));
    }

    [Fact]
    public async Task A_server_without_a_web_client_changes_none()
    {
        await using var home = await Home.StartAsync(new Dictionary<string, string?> { ["WebClient:Enabled"] = "false" });
        var jo = new Shell(home, "JoBrown@adatum.com");
        jo.Set("RVP_NEW_PASSWORD", "Pass-Word-2");

        Assert.Equal(
            new Ran(1, "", "rvp: The server changes no passwords: its web client is off, or the administrator does it.\n"), await jo.Run("", "passwd"));
    }
}
