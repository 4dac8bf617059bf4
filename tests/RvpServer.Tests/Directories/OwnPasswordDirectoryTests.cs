using Microsoft.Extensions.Time.Testing;
using RvpServer.Directories;
using RvpServer.Directories.Local;

namespace RvpServer.Tests.Directories;

public abstract class OwnPasswordDirectoryTests(bool onPostgres) : IDisposable
{
    private static readonly Account Jo = new("im.adatum.com", "JoBrown", "Jo Brown", "JoBrown@adatum.com", ["JoBrown@adatum.com"], null, true);
    private static readonly AccountSecrets Own = LocalAccounts.MakeSecrets(Jo, "Own-Word-1");
    private readonly LocalAccounts store = new(onPostgres: onPostgres);
    private readonly FakeTimeProvider time = new();

    private OwnPasswords Passwords => new(store.Database, store.Keys);

    public void Dispose()
    {
        store.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_password_of_our_own_proves_an_account_that_the_directory_has_nothing_for()
    {
        await Passwords.SetAsync(Jo, Own, CancellationToken.None);
        await using var directory = Open(theirs: null);

        var secrets = await directory.FindSecretsAsync(Jo with { Name = "JOBROWN" }, CancellationToken.None);

        Assert.Equal(Own.NtHash, secrets!.NtHash);
        Assert.Equal(Own.Ha1["JoBrown"], secrets.Ha1["JoBrown"]);
        Assert.Null(await directory.FindSecretsAsync(Jo with { Name = "KariHensien" }, CancellationToken.None));
        Assert.Null(await directory.FindSecretsAsync(Jo with { Domain = "im.contoso.com" }, CancellationToken.None));
    }

    [Fact]
    public async Task What_the_directory_has_decides_and_ours_fills_in_the_rest()
    {
        await Passwords.SetAsync(Jo, Own, CancellationToken.None);
        var hash = new byte[] { 1 };
        await using var withHash = Open(new AccountSecrets(new Dictionary<string, byte[]>(), hash));
        await using var withAll = Open(LocalAccounts.MakeSecrets(Jo, "Their-Word-1"));

        var filled = await withHash.FindSecretsAsync(Jo, CancellationToken.None);
        var theirs = await withAll.FindSecretsAsync(Jo, CancellationToken.None);

        Assert.Equal(hash, filled!.NtHash);
        Assert.Equal(Own.Ha1["JoBrown"], filled.Ha1["JoBrown"]);
        Assert.Equal(LocalAccounts.HashOf("JoBrown:Their-Word-1"), theirs!.Ha1["JoBrown"]);
        Assert.Equal(LocalAccounts.HashOf("Their-Word-1"), theirs.NtHash);
    }

    [Fact]
    public async Task Where_a_domain_judges_NTLM_ours_is_for_Digest_alone()
    {
        await Passwords.SetAsync(Jo, Own, CancellationToken.None);
        await using var directory = Open(theirs: null, provesNtlmElsewhere: true);

        var secrets = await directory.FindSecretsAsync(Jo, CancellationToken.None);

        Assert.Null(secrets!.NtHash);
        Assert.NotEmpty(secrets.Ha1);
    }

    [Fact]
    public async Task A_new_password_counts_after_the_next_look_and_a_removed_one_no_longer()
    {
        await using var directory = Open(theirs: null);
        Assert.Null(await directory.FindSecretsAsync(Jo, CancellationToken.None));

        await Passwords.SetAsync(Jo, Own, CancellationToken.None);
        await LooksAgain(directory);
        Assert.NotNull(await directory.FindSecretsAsync(Jo, CancellationToken.None));

        await Passwords.RemoveAsync(Jo, CancellationToken.None);
        await LooksAgain(directory);
        Assert.Null(await directory.FindSecretsAsync(Jo, CancellationToken.None));
    }

    [Fact]
    public async Task A_row_of_another_account_does_not_open()
    {
        await Passwords.SetAsync(Jo, Own, CancellationToken.None);
        Assert.Equal(1, store.Execute("UPDATE own_passwords SET name_key = 'KARIHENSIEN'"));
        await using var directory = Open(theirs: null);

        await Assert.ThrowsAsync<DirectoryException>(async () => await directory.FindSecretsAsync(Jo with { Name = "KariHensien" }, CancellationToken.None));
    }

    private OwnPasswordDirectory Open(AccountSecrets? theirs, bool provesNtlmElsewhere = false) =>
        new(new Theirs(theirs), Passwords, store.Database, provesNtlmElsewhere, time);

    private async Task LooksAgain(OwnPasswordDirectory directory)
    {
        var before = directory.Version;
        await directory.LookAsync(CancellationToken.None);
        Assert.True(directory.Version > before);
    }

    private sealed class Theirs(AccountSecrets? secrets) : IDirectory
    {
        public long Version => 0;

        public ValueTask<Account?> FindAsync(string domain, string name, CancellationToken stop) => new(Jo);

        public ValueTask<AccountSecrets?> FindSecretsAsync(Account account, CancellationToken stop) => new(secrets);

        public Task CheckAsync(CancellationToken stop) => Task.CompletedTask;
    }
}

public sealed class OwnPasswordDirectoryOnSqliteTests() : OwnPasswordDirectoryTests(onPostgres: false);

public sealed class OwnPasswordDirectoryOnPostgresTests() : OwnPasswordDirectoryTests(onPostgres: true);
