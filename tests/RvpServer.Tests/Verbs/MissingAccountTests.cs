using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;
using RvpServer.Directories;
using RvpServer.Directories.Local;

namespace RvpServer.Tests.Verbs;

/// <summary>An account that the directory ceases to know, as an entry in LDAP that is deleted: nobody has told the server to remove it.</summary>
public sealed class MissingAccountTests : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(DateTimeOffset.UtcNow);
    private Thinning directory = null!;
    private TestServer server = null!;
    private Person jo = null!;
    private Person kari = null!;

    public async Task InitializeAsync()
    {
        server = await TestServer.StartAsync(clock: clock, replace: services => services.AddSingleton<IDirectory>(provider =>
            directory = new Thinning(provider.GetRequiredService<LocalDirectory>())));
        (jo, kari) = (server.Person("JoBrown"), server.Person("KariHensien"));
        await kari.SignsIn();
        await kari.SetsState("online");
        await jo.SignsIn();
        await jo.Watches(kari);
        Assert.Equal(207, (await kari.Asks("PROPPATCH", kari.Path, "", Note("<d:set><d:prop><x:note>mine</x:note></d:prop></d:set>"))).Status);
    }

    public async Task DisposeAsync()
    {
        await jo.DisposeAsync();
        await kari.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Its_sign_ins_end_at_once_and_the_rest_is_kept_for_a_week()
    {
        directory.Lose("KariHensien");
        await Until(async () => (await jo.Says(kari, "Hello")).Status == 404 && await Stored("subscriptions WHERE type = 1") == 1);
        await jo.Sees(kari, "offline");
        clock.Advance(TimeSpan.FromDays(6));

        directory.Find("KariHensien");

        await Until(async () => (await kari.SignsIn()).Status == 200);
        Assert.Contains("mine", (await kari.LooksUp(kari, "<x:note xmlns:x='urn:x'/>")).Body, StringComparison.Ordinal);
        await Until(async () => await Stored("node_accounts WHERE missing_since IS NOT NULL") == 0);
    }

    [Fact]
    public async Task After_a_week_nothing_is_left_of_it()
    {
        directory.Lose("KariHensien");
        await Until(async () => await Stored("node_accounts WHERE missing_since IS NOT NULL") == 1);
        await server.StopAsync();
        clock.Advance(TimeSpan.FromDays(7.1));

        var before = directory;
        await server.StartAgainAsync();
        Assert.NotSame(before, directory);
        directory.Lose("KariHensien");

        await Until(async () => await Stored("properties") == 0);
        directory.Find("KariHensien");
        await Until(async () => (await kari.SignsIn()).Status == 200);
        Assert.DoesNotContain("mine", (await kari.LooksUp(kari, "<x:note xmlns:x='urn:x'/>")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_that_does_not_answer_makes_nobody_missing()
    {
        directory.IsDown = true;
        directory.Lose("KariHensien");
        for (var i = 0; i < 20; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(30));
            await Task.Yield();
        }
        Assert.Equal(503, (await jo.Says(kari, "Hello")).Status);
        directory.Find("KariHensien");
        directory.IsDown = false;

        Assert.Equal(0, await Stored("node_accounts WHERE missing_since IS NOT NULL"));
        await Until(async () => (await jo.LooksUp(kari)).Body.Contains("online", StringComparison.Ordinal));
    }

    private static string Note(string what) => $"<d:propertyupdate {Person.Namespaces} xmlns:x='urn:x'>{what}</d:propertyupdate>";

    private Task<long> Stored(string rows) => Task.Run(() =>
    {
        using var connection = RvpServer.Storage.Sqlite.SqliteFile.Prepare(Path.Combine(server.Folder, RvpServer.Storage.Sqlite.SqliteFile.Name)).Open();
        return RvpServer.Storage.Sqlite.SqliteFile.ReadNumber(connection, "SELECT COUNT(*) FROM " + rows);
    });

    // The loops run by the server's clock.
    private Task Until(Func<Task<bool>> condition) => Deadline.Until(
        () =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return condition().GetAwaiter().GetResult();
        },
        "what was expected", () => "something else");

    /// <summary>A directory that loses accounts.</summary>
    private sealed class Thinning(LocalDirectory inner) : IDirectory
    {
        private volatile string lost = "";
        private long changes;

        public bool IsDown { get; set; }

        public long Version => inner.Version + Interlocked.Read(ref changes);

        public void Lose(string name) => Set(name);

        public void Find(string name) => Set(lost == name ? "" : lost);

        public ValueTask<Account?> FindAsync(string domain, string name, CancellationToken stop) =>
            IsDown ? throw new DirectoryException("down")
            : name.Equals(lost, StringComparison.OrdinalIgnoreCase) ? new((Account?)null) : inner.FindAsync(domain, name, stop);

        public ValueTask<AccountSecrets?> FindSecretsAsync(Account account, CancellationToken stop) => inner.FindSecretsAsync(account, stop);

        public ValueTask<long> FindStampAsync(Account account, CancellationToken stop) => inner.FindStampAsync(account, stop);

        public Task CheckAsync(CancellationToken stop) => inner.CheckAsync(stop);

        private void Set(string name)
        {
            lost = name;
            Interlocked.Increment(ref changes);
        }
    }
}
