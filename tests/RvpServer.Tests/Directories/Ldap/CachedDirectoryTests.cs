using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;
using RvpServer.Collections;
using RvpServer.Directories;

namespace RvpServer.Tests.Directories.Ldap;

public class CachedDirectoryTests
{
    private const string Domain = "im.adatum.com";
    private static readonly CacheLimits Limits = new(TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(30), 100);

    private readonly FakeTimeProvider time = new();
    private readonly LogCollector log = new();
    private readonly ScriptedDirectory inner = new();
    private readonly CachedDirectory directory;

    public CachedDirectoryTests() => directory = new CachedDirectory(inner, Limits, time, log.Of<CachedDirectory>());

    [Fact]
    public async Task What_was_found_is_kept_for_its_time_under_any_spelling()
    {
        inner.Accounts["JoBrown"] = Jo();

        Assert.Equal("JoBrown", (await FindAsync("JoBrown"))!.Name);
        time.Advance(Limits.Ttl - TimeSpan.FromTicks(1));
        Assert.Equal("JoBrown", (await FindAsync("JOBROWN"))!.Name);
        Assert.Equal(1, inner.Searches);

        time.Advance(TimeSpan.FromTicks(1));
        await FindAsync("JoBrown");
        Assert.Equal(2, inner.Searches);
    }

    [Fact]
    public async Task What_was_not_found_is_kept_for_a_shorter_time()
    {
        Assert.Null(await FindAsync("KariHensien"));
        Assert.Null(await FindAsync("KariHensien"));
        Assert.Equal(1, inner.Searches);

        inner.Accounts["KariHensien"] = Jo() with { Name = "KariHensien" };
        time.Advance(Limits.NegativeTtl);

        Assert.NotNull(await FindAsync("KariHensien"));
    }

    [Fact]
    public async Task An_account_that_is_found_by_several_names_is_in_memory_once()
    {
        inner.OnFind = _ => Task.FromResult<Account?>(Jo());

        var byName = await FindAsync("JoBrown");
        var byAddress = await FindAsync("Jo.Brown");
        var bySignInName = await directory.FindBySignInNameAsync(Domain, new SignInName("JBrown", null), CancellationToken.None);

        Assert.Equal(3, inner.Searches);
        Assert.NotNull(byName);
        Assert.Same(byName, byAddress);
        Assert.Same(byName, bySignInName);
    }

    [Fact]
    public async Task A_changed_account_that_is_found_by_another_name_is_given_as_it_is_now()
    {
        inner.OnFind = _ => Task.FromResult<Account?>(Jo());
        await FindAsync("JoBrown");
        inner.OnFind = _ => Task.FromResult<Account?>(Jo() with { IsEnabled = false });

        var bySignInName = await directory.FindBySignInNameAsync(Domain, new SignInName("JBrown", null), CancellationToken.None);

        Assert.False(bySignInName!.IsEnabled);
    }

    [Fact]
    public async Task Concurrent_look_ups_share_one_search_that_no_caller_can_cancel()
    {
        var answer = new TaskCompletionSource<Account?>();
        inner.OnFind = _ => answer.Task;
        using var stop = new CancellationTokenSource();

        var impatient = directory.FindAsync(Domain, "JoBrown", stop.Token).AsTask();
        var patient = FindAsync("JoBrown");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        answer.SetResult(Jo());

        Assert.NotNull(await patient);
        Assert.Equal(1, inner.Searches);
    }

    [Fact]
    public async Task While_the_directory_is_down_old_answers_stay_good_and_one_line_says_so()
    {
        inner.Accounts["JoBrown"] = Jo();
        await FindAsync("JoBrown");
        time.Advance(Limits.Ttl);
        inner.OnFind = _ => throw new DirectoryException("cut off");

        Assert.NotNull(await FindAsync("JoBrown"));
        Assert.NotNull(await FindAsync("JoBrown"));
        await Assert.ThrowsAsync<DirectoryException>(() => FindAsync("KariHensien"));

        Assert.Equal("The directory fails: cut off", Assert.Single(log.Lines));
    }

    [Fact]
    public async Task While_the_directory_is_known_to_be_down_nobody_waits_and_one_at_a_time_asks()
    {
        inner.Accounts["JoBrown"] = Jo();
        inner.Accounts["KariHensien"] = Jo() with { Name = "KariHensien" };
        await FindAsync("JoBrown");
        await FindAsync("KariHensien");
        time.Advance(Limits.Ttl);
        inner.OnFind = _ => throw new DirectoryException("cut off");
        await FindAsync("JoBrown");
        var frozen = new TaskCompletionSource<Account?>();
        var isAsked = new TaskCompletionSource();
        inner.OnFind = _ =>
        {
            isAsked.SetResult(); // A second time would throw.
            return frozen.Task;
        };

        Assert.True(FindAsync("KariHensien").IsCompletedSuccessfully);
        await isAsked.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.True(FindAsync("KariHensien").IsCompletedSuccessfully);
        Assert.True(FindAsync("JoBrown").IsCompletedSuccessfully);

        Assert.Equal(4, inner.Searches);
        frozen.SetResult(null);
    }

    [Fact]
    public async Task When_the_directory_is_back_it_is_asked_again_and_one_line_says_so()
    {
        inner.OnFind = _ => throw new DirectoryException("cut off");
        await Assert.ThrowsAsync<DirectoryException>(() => FindAsync("JoBrown"));
        time.Advance(TimeSpan.FromMinutes(1));
        inner.OnFind = null;
        inner.Accounts["JoBrown"] = Jo();

        Assert.NotNull(await FindAsync("JoBrown"));

        Assert.Equal(["The directory fails: cut off", "The directory works again after 00:01:00"], log.Lines);
    }

    [Fact]
    public async Task A_name_that_is_two_accounts_is_no_outage_and_is_remembered()
    {
        inner.Accounts["KariHensien"] = Jo() with { Name = "KariHensien" };
        inner.OnFind = name => name == "JoBrown"
            ? throw new DirectoryException("two", new AmbiguousNameException())
            : Task.FromResult(inner.Accounts.GetValueOrDefault(name));

        await Assert.ThrowsAsync<DirectoryException>(() => FindAsync("JoBrown"));
        await Assert.ThrowsAsync<DirectoryException>(() => FindAsync("JoBrown"));

        Assert.Equal(1, inner.Searches);
        Assert.Empty(log.Lines);
    }

    [Fact]
    public async Task The_version_grows_when_a_look_up_notices_a_change_and_with_every_lifetime()
    {
        inner.Accounts["JoBrown"] = Jo();
        await FindAsync("JoBrown");
        var first = directory.Version;
        time.Advance(Limits.Ttl);
        Assert.Equal(first + 1, directory.Version);

        await FindAsync("JoBrown");
        Assert.Equal(first + 1, directory.Version);
        time.Advance(Limits.Ttl - TimeSpan.FromTicks(1));
        inner.Accounts["JoBrown"] = Jo() with { IsEnabled = false };
        await FindAsync("JoBrown");
        Assert.Equal(first + 1, directory.Version);
        time.Advance(TimeSpan.FromTicks(1));
        await FindAsync("JoBrown");

        Assert.Equal(first + 3, directory.Version);
    }

    [Fact]
    public async Task A_change_that_the_directory_tells_of_is_seen_at_once()
    {
        await FindAsync("JoBrown");
        inner.Accounts["JoBrown"] = Jo();
        inner.Version++;

        Assert.NotNull(await FindAsync("JoBrown"));
    }

    [Fact]
    public async Task After_a_change_from_this_machine_all_is_looked_up_again_and_an_outage_takes_nothing_away()
    {
        inner.Accounts["JoBrown"] = Jo();
        await FindAsync("JoBrown");
        Assert.Null(await FindAsync("KariHensien"));
        var version = directory.Version;

        directory.Outdate();
        time.Advance(TimeSpan.FromSeconds(1));
        inner.OnFind = _ => throw new DirectoryException("cut off");
        Assert.True((await FindAsync("JoBrown"))!.IsEnabled);
        inner.OnFind = null;
        inner.Accounts["JoBrown"] = Jo() with { IsEnabled = false };
        inner.Accounts["KariHensien"] = Jo() with { Name = "KariHensien" };

        Assert.NotNull(await FindAsync("KariHensien"));
        Assert.False((await FindAsync("JoBrown"))!.IsEnabled);
        var searches = inner.Searches;
        Assert.False((await FindAsync("JoBrown"))!.IsEnabled);
        Assert.Equal(searches, inner.Searches);
        Assert.True(directory.Version > version);
    }

    [Fact]
    public async Task Secrets_are_cached_too()
    {
        inner.Secrets = new AccountSecrets(new Dictionary<string, byte[]>(), [1, 2, 3]);

        var first = await directory.FindSecretsAsync(Jo(), CancellationToken.None);
        var second = await directory.FindSecretsAsync(Jo(), CancellationToken.None);

        Assert.Same(first, second);
        Assert.Equal(1, inner.Searches);
    }

    [Fact]
    public void A_full_map_drops_what_expires_first()
    {
        var map = new ExpiringMap<LookupKey, string>(10);

        for (var i = 0; i < 11; i++) map.Set(new("", "name" + i), "", expiresAt: i == 0 ? 100 : i);

        Assert.Equal(10, map.Count);
        Assert.False(map.TryGet(new("", "name1"), out _, out _));
        Assert.True(map.TryGet(new("", "NAME0"), out _, out _));
    }

    [Fact]
    public async Task Names_that_strangers_make_up_push_no_account_out()
    {
        inner.Accounts["JoBrown"] = Jo();
        await FindAsync("JoBrown");

        for (var i = 0; i < 1000; i++) Assert.Null(await FindAsync("nobody" + i));
        await FindAsync("JoBrown");

        Assert.Equal(1001, inner.Searches);
    }

    [Fact]
    public async Task A_refresh_finds_a_new_password_and_the_account_that_says_so()
    {
        inner.Accounts["JoBrown"] = Jo();
        inner.Secrets = SecretsOf(1);
        var before = (await FindAsync("JoBrown"))!;
        await directory.FindSecretsAsync(before, CancellationToken.None);
        var version = directory.Version;
        inner.Accounts["JoBrown"] = Jo() with { PasswordMark = "2" };
        inner.Secrets = SecretsOf(2);

        Assert.Equal([1], (await directory.FindSecretsAsync(before, CancellationToken.None))!.NtHash!);
        Assert.True(await directory.TryRefreshAsync(before, CancellationToken.None));

        var after = (await FindAsync("JoBrown"))!;
        Assert.Equal("2", after.PasswordMark);
        Assert.Equal([2], (await directory.FindSecretsAsync(after, CancellationToken.None))!.NtHash!);
        Assert.True(directory.Version > version);
    }

    [Fact]
    public async Task Guessers_make_the_directory_work_only_so_much()
    {
        inner.Accounts["JoBrown"] = Jo();
        var refreshed = 0;

        for (var i = 0; i < 1000; i++) if (await directory.TryRefreshAsync(Jo(), CancellationToken.None)) refreshed++;
        time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 1000; i++) if (await directory.TryRefreshAsync(Jo(), CancellationToken.None)) refreshed++;

        Assert.Equal(120, refreshed);
    }

    [Fact]
    public async Task A_directory_that_is_down_is_not_asked_because_of_a_guess()
    {
        inner.Accounts["JoBrown"] = Jo();
        await FindAsync("JoBrown");
        inner.OnFind = _ => throw new DirectoryException("down");
        Assert.True(await directory.TryRefreshAsync(Jo(), CancellationToken.None));
        var searches = inner.Searches;

        Assert.False(await directory.TryRefreshAsync(Jo(), CancellationToken.None));

        Assert.Equal(searches, inner.Searches);
        Assert.NotNull(await FindAsync("JoBrown"));
    }

    private static AccountSecrets SecretsOf(byte hash) => new(new Dictionary<string, byte[]>(), [hash]);

    private static Account Jo() => new(Domain, "JoBrown", "Jo Brown", "JoBrown@adatum.com", ["JoBrown@adatum.com"], "imhomeserver1", true);

    private Task<Account?> FindAsync(string name) => directory.FindAsync(Domain, name, CancellationToken.None).AsTask();

    private sealed class ScriptedDirectory : IDirectory
    {
        private int searches;

        public Dictionary<string, Account> Accounts { get; } = [];

        public AccountSecrets? Secrets { get; set; }

        public Func<string, Task<Account?>>? OnFind { get; set; }

        public int Searches => searches;

        public long Version { get; set; }

        public async ValueTask<Account?> FindAsync(string domain, string name, CancellationToken stop)
        {
            Interlocked.Increment(ref searches);
            return OnFind is null ? Accounts.GetValueOrDefault(name) : await OnFind(name);
        }

        public ValueTask<AccountSecrets?> FindSecretsAsync(Account account, CancellationToken stop)
        {
            Interlocked.Increment(ref searches);
            return new(Secrets);
        }

        public Task CheckAsync(CancellationToken stop) => Task.CompletedTask;
    }
}
