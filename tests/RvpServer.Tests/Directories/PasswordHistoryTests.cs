using RvpServer.Directories;

namespace RvpServer.Tests.Directories;

public abstract class PasswordHistoryTests(bool onPostgres)
{
    [Theory]
    [InlineData(0, "aabab", "aabab")]
    [InlineData(1, "aabab", "abab")]
    [InlineData(3, "abcabcd", "abcd")]
    [InlineData(3, "abcda", "abcda")]
    public async Task Of_the_last_passwords_none_comes_back(int history, string tried, string taken)
    {
        using var local = new LocalAccounts(new PasswordRules(1, history), onPostgres);
        var account = await local.AddAsync("JoBrown@adatum.com", "first of all");

        var accepted = "";
        foreach (var password in tried)
        {
            try
            {
                await local.Accounts.SetPasswordAsync(account, $"Pass-Word-{password}", CancellationToken.None);
                accepted += password;
            }
            catch (AccountException refused)
            {
                Assert.Equal(history == 1 ? "The password is the old one." : "The password is one of the last 3 of this account.", refused.Message);
            }
        }

        Assert.Equal(taken, accepted);
        Assert.Equal(Math.Max(0, history - 1), local.ReadNumber("SELECT COUNT(*) FROM old_secrets"));
    }

    [Fact]
    public async Task What_was_kept_goes_with_the_account()
    {
        using var local = new LocalAccounts(new PasswordRules(1, 5), onPostgres);
        var account = await local.AddAsync("JoBrown@adatum.com");
        await local.Accounts.SetPasswordAsync(account, "Pass-Word-2", CancellationToken.None);

        await local.Accounts.RemoveAsync(account, CancellationToken.None);

        Assert.Equal(0, local.ReadNumber("SELECT COUNT(*) FROM old_secrets"));
    }
}

public sealed class PasswordHistoryOnSqliteTests() : PasswordHistoryTests(onPostgres: false);

public sealed class PasswordHistoryOnPostgresTests() : PasswordHistoryTests(onPostgres: true);
