using RvpServer.Authentication.Digest;
using RvpServer.Authentication.Ntlm;
using RvpServer.Directories;

namespace RvpServer.Tests.Authentication;

/// <summary>Jo Brown and Kari Hensien of im.adatum.com, both with the password Pass-Word-1; Kari may be disabled.</summary>
internal sealed class InMemoryDirectory : IDirectory
{
    public const string Password = "Pass-Word-1";

    private readonly Dictionary<string, (Account Account, AccountSecrets Secrets)> _accounts = new(StringComparer.OrdinalIgnoreCase);

    public InMemoryDirectory()
    {
        Put(new Account("im.adatum.com", "JoBrown", "Jo Brown", "JoBrown@adatum.com", ["JoBrown@adatum.com"], null, true));
        Put(new Account("im.adatum.com", "KariHensien", "Kari Hensien", "KariHensien@adatum.com", ["KariHensien@adatum.com"], null, true));
    }

    public long Version { get; private set; }

    public bool IsDown { get; set; }

    public int Questions { get; private set; }

    /// <summary>Answers wait for this.</summary>
    public Task Opening { get; set; } = Task.CompletedTask;

    public Account Jo => _accounts["JoBrown"].Account;

    public Account Kari => _accounts["KariHensien"].Account;

    public void Put(Account account, string password = Password)
    {
        var forms = DigestForms.For(account, account.Domain, password, "ADATUM", ["adatum.com"]);
        _accounts[account.Name] = (account, new AccountSecrets(forms, NtHash.Of(password)));
        Version++;
    }

    public async ValueTask<Account?> FindAsync(string domain, string name, CancellationToken stop)
    {
        Questions++;
        await Opening;
        if (IsDown) throw new DirectoryException("The directory is down.");
        return domain == "im.adatum.com" && _accounts.TryGetValue(name, out var found) ? found.Account : null;
    }

    public ValueTask<AccountSecrets?> FindSecretsAsync(Account account, CancellationToken stop) =>
        ValueTask.FromResult<AccountSecrets?>(_accounts[account.Name].Secrets);

    public Task CheckAsync(CancellationToken stop) => Task.CompletedTask;
}
