using Rvp.Protocol;
using RvpServer.Authentication;
using RvpServer.Authentication.Digest;
using RvpServer.Authentication.Ntlm;
using RvpServer.Directories;

namespace RvpServer.Tests.Authentication;

/// <summary>Jo Brown and Kari Hensien of im.adatum.com, both with the password Pass-Word-1; Kari may be disabled.</summary>
internal sealed class InMemoryDirectory : IDirectory
{
    public const string Password = "Pass-Word-1";

    private readonly Dictionary<string, (Account Account, AccountSecrets? Secrets)> accounts = new(StringComparer.OrdinalIgnoreCase);

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

    public Account Jo => accounts["JoBrown"].Account;

    public Account Kari => accounts["KariHensien"].Account;

    public void Put(Account account, string password = Password)
    {
        var forms = DigestForms.For(account, account.Domain, password, "ADATUM", ["adatum.com"]);
        accounts[account.Name] = (account, new AccountSecrets(forms, NtHash.Of(password)));
        Version++;
    }

    /// <summary>Another account has the name now: its secrets are there already, and look-ups still find the earlier account.</summary>
    public void PutSecretsOfAnother(Account account, string password)
    {
        Put(account with { Id = "later" }, password);
        accounts[account.Name] = (account, accounts[account.Name].Secrets! with { Owner = "later" });
    }

    /// <summary>Sign-in name → name of the account; who is not in here signs in with the account's own.</summary>
    public Dictionary<string, string> SignInNames { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>An account that nothing is kept of to prove its password with.</summary>
    public void PutWithoutSecrets(Account account)
    {
        accounts[account.Name] = (account, null);
        Version++;
    }

    /// <summary>Leaves what Digest needs.</summary>
    public void DropNtHash(Account account) => accounts[account.Name] = (account, new AccountSecrets(accounts[account.Name].Secrets!.Ha1, null));

    /// <summary>What a right proof of the account's password gives now.</summary>
    public AuthenticationResult Proven(Account account, Credentials proof) =>
        new AuthenticationResult.Proven(account, proof, PasswordStamp.Of(account, accounts[account.Name].Secrets));

    public ValueTask<Account?> FindBySignInNameAsync(string domain, SignInName name, CancellationToken stop)
    {
        foreach (var text in new[] { name.PrincipalName, name.AccountName })
            if (text is not null && SignInNames.TryGetValue(text, out var own)) return FindAsync(domain, own, stop);
        return name.AccountName is { } same && !SignInNames.ContainsValue(same) ? FindAsync(domain, same, stop) : new((Account?)null);
    }

    public async ValueTask<Account?> FindAsync(string domain, string name, CancellationToken stop)
    {
        Questions++;
        await Opening;
        if (IsDown) throw new DirectoryException("The directory is down.");
        return domain == "im.adatum.com" && accounts.TryGetValue(name, out var found) ? found.Account : null;
    }

    public ValueTask<AccountSecrets?> FindSecretsAsync(Account account, CancellationToken stop) =>
        ValueTask.FromResult(accounts[account.Name].Secrets);

    public Task CheckAsync(CancellationToken stop) => Task.CompletedTask;
}
