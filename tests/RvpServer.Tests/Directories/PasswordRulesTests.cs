using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Tests.Cli;

namespace RvpServer.Tests.Directories;

public class PasswordRulesTests
{
    private static readonly Account Jo = new("im.adatum.com", "JoBrown", "Jo Brown", "JoBrown@adatum.com", ["JoBrown@adatum.com", "jb@adatum.com"], null, true);

    private readonly PasswordRules rules = new(new AuthenticationOptions().MinPasswordLength);

    [Theory]
    [InlineData(null, "The password is empty.")]
    [InlineData("", "The password is empty.")]
    [InlineData("Sh0rt-1", "The password is shorter than 8 characters.")]
    [InlineData("with\ttab-1", "The password has a control character.")]
    [InlineData("password", "The password is one of the commonest, which are guessed first.")]
    [InlineData("PassWord1!", "The password is one of the commonest, which are guessed first.")]
    [InlineData("12345678", "The password is one of the commonest, which are guessed first.")]
    [InlineData("qwertyuiop", "The password is one of the commonest, which are guessed first.")]
    [InlineData("aaaaaaaaaaaa", "The password is one of the commonest, which are guessed first.")]
    [InlineData("jobrown@adatum.com", "The password is the account's name or address.")]
    [InlineData("JOBROWN2026!", "The password is the account's name or address.")]
    [InlineData("jo brown", "The password is the account's name or address.")]
    public void What_is_guessed_first_is_refused(string? password, string expected) =>
        Assert.Equal(expected, Assert.Throws<AccountException>(() => rules.Check(Jo, password)).Message);

    [Theory]
    [InlineData("Pass-Word-1")]
    [InlineData("tulip clock seven")]
    [InlineData("jobrown is not enough")]
    public void Others_are_accepted(string password) => rules.Check(Jo, password);

    [Fact]
    public void Not_longer_than_256_characters() => Assert.Throws<AccountException>(() => rules.Check(Jo, new string('x', 256) + "y"));

    [Fact]
    public async Task They_hold_wherever_a_password_is_set()
    {
        using var local = new LocalAccounts(rules);
        await local.AddAsync("JoBrown@adatum.com");

        Assert.Equal(UserCommandTests.Failed("The password is shorter than 8 characters."),
            await UserCommandTests.RunAsync(local, "short", "add", "KariHensien@adatum.com", "--password-stdin"));
        Assert.Equal(UserCommandTests.Failed("The password is one of the commonest, which are guessed first."),
            await UserCommandTests.RunAsync(local, "letmein123", "passwd", "JoBrown@adatum.com", "--password-stdin"));
        Assert.Equal(UserCommandTests.Failed("Line 3: The password is the account's name or address. Nothing was imported."),
            await UserCommandTests.RunAsync(local, "address,password\neve@adatum.com,tulip clock\nKariHensien@adatum.com,karihensien1", "import", "-"));
    }

    [Fact]
    public async Task A_password_that_Pidgin_gets_wrong_is_accepted_with_a_warning()
    {
        using var local = new LocalAccounts(rules);

        // MD5("JoBrown:im.adatum.com:" + "tulip-clock-6") has a zero byte.
        var ran = await UserCommandTests.RunAsync(local, "tulip-clock-6", "add", "JoBrown@adatum.com", "--password-stdin");

        Assert.Equal(0, ran.Code);
        Assert.Equal("Pidgin cannot sign in as JoBrown with this password, other clients can: set another one where Pidgin is used.\n", ran.Error);
        Assert.Equal("Pidgin cannot sign in with the passwords of lines 3, other clients can: set others where Pidgin is used.\n",
            (await UserCommandTests.RunAsync(local, "address,password\nuser0@adatum.com,tulip-clock\nuser16@adatum.com,tulip-clock\n", "import", "-")).Error);
        Assert.Equal("", (await UserCommandTests.RunAsync(local, "Pass-Word-1", "passwd", "JoBrown@adatum.com", "--password-stdin")).Error);
    }
}
