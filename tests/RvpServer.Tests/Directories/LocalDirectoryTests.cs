using Microsoft.Extensions.Time.Testing;
using RvpServer.Directories;
using RvpServer.Directories.Local;

namespace RvpServer.Tests.Directories;

public abstract class LocalDirectoryTests(bool onPostgres) : IDisposable
{
    private readonly LocalAccounts local = new(onPostgres: onPostgres);
    private readonly FakeTimeProvider time = new();

    public void Dispose()
    {
        local.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Accounts_are_found_by_node_name_and_secrets_open()
    {
        var jo = await local.AddAsync("JoBrown@adatum.com", "Pass-Word-1", "Jo Brown");
        await local.Accounts.AddAddressAsync(jo, LocalAccounts.Address("jb@adatum.com"), CancellationToken.None);
        await using var directory = Open();

        var found = await directory.FindAsync("IM.adatum.com", "JB", CancellationToken.None);
        var secrets = await directory.FindSecretsAsync(found!, CancellationToken.None);

        Assert.Equal("JoBrown", found!.Name);
        Assert.Equal(LocalAccounts.HashOf("Pass-Word-1"), secrets!.NtHash);
        Assert.Equal(LocalAccounts.HashOf("JoBrown:Pass-Word-1"), secrets.Ha1["JoBrown"]);
        Assert.Equal(["JoBrown@adatum.com", "JoBrown"], secrets.Ha1.Keys);
        Assert.Null(await directory.FindAsync("im.adatum.com", "KariHensien", CancellationToken.None));
        Assert.Null(await directory.FindAsync("im.contoso.com", "JoBrown", CancellationToken.None));
    }

    [Fact]
    public async Task A_disabled_account_is_found()
    {
        var jo = await local.AddAsync("JoBrown@adatum.com");
        await local.Accounts.SetEnabledAsync(jo, false, CancellationToken.None);
        await using var directory = Open();

        Assert.False((await directory.FindAsync("im.adatum.com", "JoBrown", CancellationToken.None))!.IsEnabled);
    }

    [Fact]
    public async Task A_change_from_outside_is_seen_at_the_next_look()
    {
        var jo = await local.AddAsync("JoBrown@adatum.com", "old");
        await using var directory = Open();
        Assert.Null(await directory.FindAsync("im.adatum.com", "KariHensien", CancellationToken.None));
        var found = await directory.FindAsync("im.adatum.com", "JoBrown", CancellationToken.None);
        Assert.Equal(LocalAccounts.HashOf("old"), (await directory.FindSecretsAsync(found!, CancellationToken.None))!.NtHash);
        var before = directory.Version;

        await local.AddAsync("KariHensien@adatum.com");
        await local.Accounts.SetPasswordAsync(jo, "new", CancellationToken.None);
        await local.Accounts.MoveAsync(jo, "imhomeserver2", CancellationToken.None);
        Assert.Null(await directory.FindAsync("im.adatum.com", "KariHensien", CancellationToken.None));
        await directory.LookAsync(CancellationToken.None);
        Assert.True(directory.Version > before);

        Assert.NotNull(await directory.FindAsync("im.adatum.com", "KariHensien", CancellationToken.None));
        found = await directory.FindAsync("im.adatum.com", "JoBrown", CancellationToken.None);
        Assert.Equal("imhomeserver2", found!.HomeServer);
        Assert.Equal(LocalAccounts.HashOf("new"), (await directory.FindSecretsAsync(found, CancellationToken.None))!.NtHash);
    }

    [Fact]
    public async Task Secrets_of_a_later_account_of_the_name_are_not_those_of_the_earlier_one()
    {
        var earlier = await local.AddAsync("JoBrown@adatum.com", "old");
        await using var directory = Open();
        Assert.Equal(earlier.Id, (await directory.FindAsync("im.adatum.com", "JoBrown", CancellationToken.None))!.Id);
        await local.Accounts.RemoveAsync(earlier, CancellationToken.None);
        await local.AddAsync("JoBrown@adatum.com", "new");

        Assert.False((await directory.FindSecretsAsync(earlier, CancellationToken.None))!.AreOf(earlier));
        await directory.LookAsync(CancellationToken.None);

        var later = await directory.FindAsync("im.adatum.com", "JoBrown", CancellationToken.None);
        var secrets = await directory.FindSecretsAsync(later!, CancellationToken.None);
        Assert.True(secrets!.AreOf(later!));
        Assert.False(secrets.AreOf(earlier));
        Assert.Equal(LocalAccounts.HashOf("new"), secrets.NtHash);
    }

    [Fact]
    public async Task After_all_were_read_no_look_up_gives_what_is_older()
    {
        var jo = await local.AddAsync("JoBrown@adatum.com", "old");
        await using var directory = Open();
        Assert.Equal(LocalAccounts.HashOf("old"), (await directory.FindSecretsAsync(jo, CancellationToken.None))!.NtHash);
        await local.Accounts.SetPasswordAsync(jo, "new", CancellationToken.None);
        var before = directory.Version;

        var read = 0L;
        await foreach (var (_, stamp) in directory.ReadAllAsync(CancellationToken.None)) read = stamp;

        Assert.Equal(read, await directory.FindStampAsync(jo, CancellationToken.None));
        Assert.Equal(LocalAccounts.HashOf("new"), (await directory.FindSecretsAsync(jo, CancellationToken.None))!.NtHash);
        Assert.True(directory.Version > before);
    }

    [Fact]
    public async Task Secrets_that_nobody_needs_leave_the_memory_and_come_back()
    {
        await local.AddAsync("JoBrown@adatum.com", "Pass-Word-1");
        await using var directory = Open();
        var jo = await directory.FindAsync("im.adatum.com", "JoBrown", CancellationToken.None);
        var first = await directory.FindSecretsAsync(jo!, CancellationToken.None);
        Assert.Same(first, await directory.FindSecretsAsync(jo!, CancellationToken.None));

        time.Advance(LocalDirectory.SecretsAge);
        await directory.LookAsync(CancellationToken.None);

        var again = await directory.FindSecretsAsync(jo!, CancellationToken.None);
        Assert.NotSame(first, again);
        Assert.Equal(LocalAccounts.HashOf("JoBrown:Pass-Word-1"), again!.Ha1["JoBrown"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("05")]
    [InlineData("80808080808001")]
    [InlineData("0141000102030405060708090a0b0c0d0e")]
    [InlineData("0141000102030405060708090a0b0c0d0e0f00")]
    public void Forms_that_are_cut_off_or_too_long_are_refused(string bytes) =>
        Assert.Throws<EndOfStreamException>(() => new PackedHa1(Convert.FromHexString(bytes), 1));

    [Fact]
    public async Task Node_state_changes_do_not_drop_the_cache()
    {
        await using var directory = Open();
        await directory.RefreshAsync(CancellationToken.None);
        var before = directory.Version;
        local.Execute("UPDATE counters SET value = value + 1 WHERE name = 'poll_sequence'");

        await directory.RefreshAsync(CancellationToken.None);

        Assert.Equal(before, directory.Version);
    }

    [Fact]
    public async Task Secrets_copied_to_another_account_do_not_open()
    {
        await local.AddAsync("JoBrown@adatum.com", "Pass-Word-1");
        await local.AddAsync("KariHensien@adatum.com", "Pass-Word-2");
        local.Execute("UPDATE secrets SET protected = (SELECT protected FROM secrets WHERE account = 2) WHERE account = 1");
        await using var directory = Open();
        var jo = await directory.FindAsync("im.adatum.com", "JoBrown", CancellationToken.None);

        var failure = await Assert.ThrowsAsync<DirectoryException>(() => directory.FindSecretsAsync(jo!, CancellationToken.None).AsTask());

        Assert.Equal("The secrets of JoBrown@adatum.com cannot be read, are the keys beside the store the right ones? They belong to another account.",
            failure.Message);
    }

    [Fact]
    public async Task Without_the_keys_secrets_do_not_open()
    {
        await local.AddAsync("JoBrown@adatum.com");
        using var other = new LocalAccounts(onPostgres: onPostgres);
        await using var directory = new LocalDirectory(local.Database, other.Keys, time);
        var jo = await directory.FindAsync("im.adatum.com", "JoBrown", CancellationToken.None);

        await Assert.ThrowsAsync<DirectoryException>(() => directory.FindSecretsAsync(jo!, CancellationToken.None).AsTask());
    }

    [Fact]
    public async Task A_store_that_is_broken_is_a_directory_that_cannot_tell()
    {
        await using var directory = Open();
        await directory.CheckAsync(CancellationToken.None);
        local.Execute("ALTER TABLE addresses RENAME TO gone");

        await Assert.ThrowsAsync<DirectoryException>(() => directory.FindAsync("im.adatum.com", "JoBrown", CancellationToken.None).AsTask());

        local.Execute("ALTER TABLE gone RENAME TO addresses");
        Assert.Null(await directory.FindAsync("im.adatum.com", "JoBrown", CancellationToken.None));
    }

    [Fact]
    public async Task Names_that_strangers_make_up_do_not_fill_memory()
    {
        await local.AddAsync("JoBrown@adatum.com");
        await using var directory = Open();

        for (var i = 0; i <= LocalDirectory.CacheSize; i++) Assert.Null(await directory.FindAsync("im.adatum.com", "stranger" + i, CancellationToken.None));

        Assert.InRange(directory.CachedCount, 0, LocalDirectory.CacheSize);
        Assert.NotNull(await directory.FindAsync("im.adatum.com", "JoBrown", CancellationToken.None));
    }

    private LocalDirectory Open() => new(local.Database, local.Keys, time);

    [Fact]
    public async Task All_accounts_are_read_with_the_stamp_that_each_has_alone()
    {
        var names = Enumerable.Range(0, 1100).Select(i => $"Person{i}").ToList();
        foreach (var name in names) await local.AddAsync(name + "@adatum.com");
        await using var directory = Open();

        var read = new Dictionary<string, long>();
        await foreach (var (account, stamp) in directory.ReadAllAsync(CancellationToken.None)) read.Add(account.Name, stamp);

        Assert.Equal(names.Order(StringComparer.Ordinal), read.Keys.Order(StringComparer.Ordinal));
        foreach (var name in names.Take(3))
        {
            var alone = await directory.FindAsync("im.adatum.com", name, CancellationToken.None);
            Assert.Equal(await directory.FindStampAsync(alone!, CancellationToken.None), read[name]);
        }
    }
}

public sealed class LocalDirectoryOnSqliteTests() : LocalDirectoryTests(onPostgres: false);

public sealed class LocalDirectoryOnPostgresTests() : LocalDirectoryTests(onPostgres: true);
