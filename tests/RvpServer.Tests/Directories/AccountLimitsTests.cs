using Rvp.Testing;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Directories.Local;

namespace RvpServer.Tests.Directories;

/// <summary>A domain may have so many accounts, however they are added.</summary>
public abstract class AccountLimitsTests : IDisposable
{
    private const string Refusal =
        "im.adatum.com may have 2 accounts and has them: remove one that is not needed, or raise Rvp:Domains:im.adatum.com:Limits:MaxAccounts.";

    private readonly LocalAccounts local;
    private readonly Accounts accounts;

    protected AccountLimitsTests(bool onPostgres)
    {
        local = new(onPostgres: onPostgres);
        var limit = KeyValuePair.Create<string, string?>("Domains:im.adatum.com:Limits:MaxAccounts", "2");
        var configuration = TestConfiguration.Make(local.DataDirectory, [limit]);
        var settings = RvpSettings.Read(TestConfiguration.Root(configuration), local.DataDirectory);
        accounts = new Accounts(local.Database, local.Keys, LocalAccounts.MakeSecrets, local.Rules, AccountLimits.Of(settings));
    }

    public void Dispose()
    {
        local.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task One_more_is_refused_until_one_is_removed()
    {
        await AddAsync("JoBrown@adatum.com");
        var kari = await AddAsync("KariHensien@adatum.com");
        await accounts.SetEnabledAsync(kari, isEnabled: false, CancellationToken.None);

        Assert.Equal(Refusal, (await Assert.ThrowsAsync<AccountException>(() => AddAsync("third@adatum.com"))).Message);
        Assert.Equal("JoBrown@adatum.com has an account already.",
            (await Assert.ThrowsAsync<AccountException>(() => AddAsync("JoBrown@adatum.com"))).Message);
        Assert.Equal(2, local.ReadNumber("SELECT COUNT(*) FROM accounts"));
        await accounts.RemoveAsync(kari, CancellationToken.None);
        await AddAsync("third@adatum.com");
        await AddAsync("fourth@contoso.com", "im.contoso.com");

        Assert.Equal(3, local.ReadNumber("SELECT COUNT(*) FROM accounts"));
    }

    [Fact]
    public async Task A_file_with_too_many_names_the_line_and_adds_nobody()
    {
        await AddAsync("JoBrown@adatum.com");

        var failure = await Assert.ThrowsAsync<AccountException>(() => ImportAsync("a@contoso.com", "b@adatum.com", "c@contoso.com", "d@adatum.com"));

        Assert.Equal($"Line 5: {Refusal} Nothing was imported.", failure.Message);
        Assert.Equal(1, local.ReadNumber("SELECT COUNT(*) FROM accounts"));
        Assert.Equal(3, await ImportAsync("a@contoso.com", "b@adatum.com", "c@contoso.com"));
    }

    [Fact]
    public async Task Noting_a_change_keeps_the_limit()
    {
        await ImportAsync("JoBrown@adatum.com", "KariHensien@adatum.com");

        var failure = await Assert.ThrowsAsync<AccountException>(
            () => accounts.Noting(_ => Task.CompletedTask).AddAsync(New("third@adatum.com", "im.adatum.com"), CancellationToken.None));

        Assert.Equal(Refusal, failure.Message);
    }

    private Task<Account> AddAsync(string address, string domain = "im.adatum.com") => accounts.AddAsync(New(address, domain), CancellationToken.None);

    private Task<int> ImportAsync(params string[] addresses) => accounts.ImportAsync(
        addresses.Select((address, index) => (index + 2, New(address, "im." + address.Split('@')[1]))), _ => { }, CancellationToken.None);

    private static NewAccount New(string address, string domain) => new(domain, LocalAccounts.Address(address), null, null, TestServer.Password);
}

public sealed class AccountLimitsOnSqliteTests() : AccountLimitsTests(onPostgres: false);

public sealed class AccountLimitsOnPostgresTests() : AccountLimitsTests(onPostgres: true);
