using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using RvpServer.Administration;
using RvpServer.Authentication;
using RvpServer.Directories;
using RvpServer.Directories.Local;
using RvpServer.Runtime;
using RvpServer.Storage;
using RvpServer.Tests.Directories;
using RvpServer.Webhooks;

namespace RvpServer.Tests.Storage;

/// <summary>What is kept beside the nodes' state is the same on any database.</summary>
public abstract class AnyDatabaseTests(bool onPostgres) : IDisposable
{
    private static readonly Account Jo = new("im.adatum.com", "JoBrown", "Jo Brown", "JoBrown@adatum.com", ["JoBrown@adatum.com"], null, true);
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly LocalAccounts local = new(onPostgres: onPostgres);
    private readonly FakeTimeProvider clock = new(Noon);
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    private LoopMetrics Metrics => new(services.GetRequiredService<IMeterFactory>());

    public void Dispose()
    {
        services.Dispose();
        local.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Writers_of_the_audit_log_take_turns()
    {
        var log = new AuditLog(new AdminStore(local.Database), new WallClock(clock), clock);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => log.AddAsync(new AuditEntry($"who{i}", "cli", "account.add", "Jo", null)))));

        var read = await log.ReadAsync(Administrator.OfOperatingSystem("root"), new AuditQuery { Who = "WHO1", Since = Noon });
        Assert.Equal(11, read.Count);
        Assert.Equal(20, local.ReadNumber("SELECT MAX(id) FROM audit"));
    }

    [Fact]
    public async Task Accounts_that_are_added_at_once_have_one_name_each()
    {
        var attempts = Enumerable.Range(0, 8).Select(i => Task.Run(() => local.AddAsync(i % 2 == 0 ? "JoBrown@adatum.com" : "jobrown@im.adatum.com")));

        var done = await Task.WhenAll(
            attempts.Select(attempt => attempt.ContinueWith(made => made.Exception?.InnerException, TaskScheduler.Default)));

        Assert.Equal(7, done.Count(failure => failure is AccountException));
        Assert.Equal(1, local.ReadNumber("SELECT COUNT(*) FROM accounts"));
    }

    [Theory]
    [InlineData("brow", 2)]
    [InlineData("JÖRG", 0)]
    [InlineData("jörg", 1)]
    [InlineData("50%", 1)]
    [InlineData("%", 1)]
    [InlineData("_", 0)]
    public async Task People_are_searched_without_case(string text, int found)
    {
        await local.AddAsync("JoBrown@adatum.com", display: "Jo Brown");
        await local.AddAsync("jb@adatum.com", display: "Jörg 50% Brown");

        var part = await local.Accounts.ReadPartAsync(new AccountPart { Text = text, Max = 10 }, CancellationToken.None);

        Assert.Equal(found, part.Count);
    }

    [Fact]
    public async Task What_is_no_text_is_nobodys_name()
    {
        await local.AddAsync("JoBrown@adatum.com");

        foreach (var odd in new[] { "\0", "Jo\0Brown", "\ud800", "\udc00\ud800" })
        {
            Assert.Empty(await local.Accounts.ReadPartAsync(new AccountPart { Text = odd, Max = 10 }, CancellationToken.None));
            await using var directory = new LocalDirectory(local.Database, local.Keys, clock);
            Assert.Null(await directory.FindAsync("im.adatum.com", odd, CancellationToken.None));
        }
    }

    [Fact]
    public async Task Roles_are_given_and_taken()
    {
        var grant = new RoleGrant(GrantKind.Account, Jo.Key, Jo.Email, null, AdminRole.FullAdministrator, Noon);
        await using var connection = local.Database.Open();

        await GrantRows.WriteAsync(connection, grant with { Role = AdminRole.ViewOnly });
        await GrantRows.WriteAsync(connection, grant);

        Assert.Equal([grant], await GrantRows.ReadAllAsync(connection));
        Assert.True(await GrantRows.HasOtherFullAsync(connection, GrantKind.Account, "somebody else"));
        Assert.False(await GrantRows.HasOtherFullAsync(connection, GrantKind.Account, Jo.Key));
        await GrantRows.DeleteAsync(connection, grant);
        Assert.Empty(await GrantRows.ReadAllAsync(connection));
    }

    [Fact]
    public async Task Sessions_have_a_share_of_each_account()
    {
        await using var sessions = new StoredSessions(local.Database);
        var made = Enumerable.Range(0, StoredSessions.MaxPerAccount + 2)
            .Select(i => new StoredSession(Guid.NewGuid(), Noon, Noon.AddMinutes(i), "192.0.2.7", "browser")).ToList();

        foreach (var session in made) await sessions.AddAsync(Jo, session, Noon.AddDays(-1), CancellationToken.None);
        await sessions.NoteUseAsync(made[^1] with { Address = "192.0.2.8" }, CancellationToken.None);

        await using var again = new StoredSessions(local.Database);
        var listed = await again.ListAsync(Jo, Noon.AddDays(-1), CancellationToken.None);
        Assert.Equal(made.Skip(2).Reverse().Select(session => session.Id), listed.Select(session => session.Id));
        Assert.Equal("192.0.2.8", listed[0].Address);
        await again.EndOthersAsync(Jo, made[^1].Id, CancellationToken.None);
        Assert.Null(await again.FindAsync(made[^2].Id, CancellationToken.None));
        Assert.NotNull(await again.FindAsync(made[^1].Id, CancellationToken.None));
    }

    [Fact]
    public async Task Hooks_have_a_limit_and_go_with_their_account()
    {
        await using var hooks = new StoredWebhooks(local.Database);
        var hook = new Webhook(Guid.NewGuid(), [1, 2, 3], "Backup", "KariHensien@adatum.com", "http://im.adatum.com/instmsg/aliases/KariHensien", Noon, null);

        Assert.True(await hooks.TryAddAsync(Jo, hook, CancellationToken.None));
        for (var i = 1; i < StoredWebhooks.MaxPerAccount; i++)
            Assert.True(await hooks.TryAddAsync(Jo, hook with { Id = Guid.NewGuid(), Secret = [(byte)i] }, CancellationToken.None));
        Assert.False(await hooks.TryAddAsync(Jo, hook with { Id = Guid.NewGuid(), Secret = [0] }, CancellationToken.None));

        await hooks.NoteUseAsync(hook, Noon.AddHours(1), CancellationToken.None);
        Assert.Equal(Noon.AddHours(1), (await hooks.FindAsync([1, 2, 3], CancellationToken.None))!.UsedAt);
        Assert.Equal(hook.Id, (await hooks.EndAsync(Jo, hook.Id, CancellationToken.None))!.Id);
        await hooks.DropAsync(Jo, CancellationToken.None);
        Assert.Empty(await hooks.ListAsync(Jo, CancellationToken.None));
    }

    [Fact]
    public async Task Push_subscriptions_have_a_limit_and_the_key_is_made_once()
    {
        await using var pushes = new StoredPushes(local.Database);
        var made = new PushSubscription(new Uri("https://push.adatum.com/1"), new byte[65], new byte[16], ShowsText: true, Guid.NewGuid(), 7, Noon);

        for (var i = 0; i < StoredPushes.MaxPerAccount + 1; i++)
            await pushes.SetAsync(Jo, made with { Endpoint = new Uri($"https://push.adatum.com/{i}"), MadeAt = Noon.AddMinutes(i) }, CancellationToken.None);

        Assert.Equal(StoredPushes.MaxPerAccount, (await pushes.ListAsync(Jo, CancellationToken.None)).Count);
        Assert.Equal([1], await pushes.KeyAsync(() => [1], CancellationToken.None));
        Assert.Equal([1], await pushes.KeyAsync(() => [2], CancellationToken.None));
    }

    [Fact]
    public async Task Known_addresses_are_there_again()
    {
        var known = KnownAddressesLoop.Load(local.Database, clock);
        for (var i = 0; i <= KnownAddresses.MaxPerAccount; i++) known.Add(Jo.Key, IPAddress.Parse($"192.0.2.{i + 1}"), Noon.AddMinutes(i));
        using var loop = new KnownAddressesLoop(known, local.Database, Metrics, clock, NullLogger<KnownAddressesLoop>.Instance);

        await loop.StopAsync(CancellationToken.None);

        var again = KnownAddressesLoop.Load(local.Database, clock);
        Assert.Equal(known.Of(Jo.Key), again.Of(Jo.Key));
        Assert.Equal(KnownAddresses.MaxPerAccount, local.ReadNumber("SELECT COUNT(*) FROM known_addresses"));
    }

    [Fact]
    public async Task Time_goes_on_where_it_was()
    {
        var wall = new WallClock(clock);
        using (var keeper = new TimeKeeper(local.Database, wall, Metrics, clock, NullLogger<TimeKeeper>.Instance))
            await keeper.StopAsync(CancellationToken.None);
        var back = new FakeTimeProvider(Noon.AddHours(-2));

        var next = TimeKeeper.Continue(local.Database, new WallClock(back), back);

        Assert.Equal(Noon, next.GetUtcNow());
    }

    [Fact]
    public void Whoever_opens_the_database_has_the_keys()
    {
        var written = local.Keys.CreateProtector("test").Protect([7]);

        Assert.Equal([7], SecretVault.OpenExistingKeys(local.Database, local.DataDirectory).CreateProtector("test").Unprotect(written));
    }

    [Fact]
    public async Task The_time_of_a_lost_connection_is_over_when_the_next_one_opens()
    {
        await local.AddAsync("JoBrown@adatum.com");
        await using var directory = new LocalDirectory(local.Database, local.Keys, clock);
        await directory.RefreshAsync(CancellationToken.None);
        // As a restart of the database does; a file has nobody to end.
        if (onPostgres) local.Execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");

        Assert.NotNull(await directory.FindAsync("im.adatum.com", "JoBrown", CancellationToken.None));
    }

    [Fact]
    public void One_imports_at_a_time()
    {
        using (Assert.IsAssignableFrom<IDisposable>(local.Database.TryLockForImport())) Assert.Null(local.Database.TryLockForImport());

        using var again = local.Database.TryLockForImport();
        Assert.NotNull(again);
    }
}

public sealed class SqliteDatabaseTests() : AnyDatabaseTests(onPostgres: false);

public sealed class AnyPostgresDatabaseTests() : AnyDatabaseTests(onPostgres: true);
