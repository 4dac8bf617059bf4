using Microsoft.Extensions.DependencyInjection;
using Rvp.Testing;
using RvpServer.Directories;
using RvpServer.Directories.Local;

namespace RvpServer.Tests.Verbs;

/// <summary>An account that gets another name in the directory: its id stays, and its earlier name leads to it as long as it is an address.</summary>
public sealed class RenamedAccountTests : IAsyncLifetime
{
    private const string Note = "<x:note xmlns:x='urn:x'/>";

    private Renaming directory = null!;
    private TestServer server = null!;
    private Person jo = null!;
    private Person kari = null!;

    public async Task InitializeAsync()
    {
        var settings = new Dictionary<string, string?> { ["Messages:Offline"] = "true", ["Messages:Archive"] = "true" };
        server = await TestServer.StartAsync(settings, replace: services => services.AddSingleton<IDirectory>(provider =>
            directory = new Renaming(provider.GetRequiredService<LocalDirectory>())));
        (jo, kari) = (server.Person("JoBrown"), server.Person("KariHensien"));
        await jo.SignsIn();
        await kari.SignsIn();
        await kari.SetsState("online");
        await kari.Blocks(jo);
        await kari.Asks("PROPPATCH", kari.Path, "",
            $"<d:propertyupdate {Person.Namespaces} xmlns:x='urn:x'><d:set><d:prop><x:note>mine</x:note></d:prop></d:set></d:propertyupdate>");
    }

    public async Task DisposeAsync()
    {
        await jo.DisposeAsync();
        await kari.DisposeAsync();
        await server.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_belongs_to_it_goes_on_under_the_new_name(bool isRestarted)
    {
        await kari.Says(jo, "Under the earlier name");
        directory.Rename("KariHensien", "KariMoe", keepsOld: true);
        await Answers(async () => (await kari.Renews(kari.SignIn)).Status, 412);
        await kari.SignsIn();
        if (isRestarted)
        {
            await server.StopAsync();
            await server.StartAgainAsync();
            directory.Rename("KariHensien", "KariMoe", keepsOld: true);
            await kari.SignsIn();
        }

        foreach (var name in new[] { "KariHensien", "KariMoe" })
        {
            Assert.Contains("mine", (await kari.Asks("PROPFIND", "/instmsg/aliases/" + name, "", PropFind())).Body, StringComparison.Ordinal);
            Assert.Contains(jo.Url, (await kari.Asks("ACL", "/instmsg/aliases/" + name)).Body, StringComparison.Ordinal);
            var blocked = await jo.Asks("NOTIFY", "/instmsg/aliases/" + name, "RVP-Ack-Type: DeepOr\r\n", jo.MessageTo(kari, "Hello"));
            Assert.Equal("later", blocked["RVP-Delivered"]);
            var found = await kari.Asks("REPORT", "/instmsg/aliases/" + name, "",
                "<h:history-query xmlns:h='urn:rvpserver:history'><h:match>earlier</h:match></h:history-query>");
            Assert.Contains("Under the earlier name", found.Body, StringComparison.Ordinal);
        }
        Assert.Equal(200, (await kari.Says(kari, "I am there")).Status);
    }

    [Fact]
    public async Task Watchers_go_on_seeing_it_under_the_name_that_they_know()
    {
        await kari.Unblocks(jo);
        await jo.Watches(kari);

        directory.Rename("KariHensien", "KariMoe", keepsOld: true);
        await jo.Sees(kari, "offline");
        await using var again = server.Person("KariHensien");
        await again.SignsIn();
        await again.SetsState("busy");

        await jo.Sees(kari, "busy");
    }

    [Fact]
    public async Task Another_account_with_the_earlier_name_starts_blank()
    {
        directory.Rename("KariHensien", "KariMoe", keepsOld: true);
        await Answers(async () => (await kari.Renews(kari.SignIn)).Status, 412);
        await kari.SignsIn();

        directory.Rename("JoBrown", "KariHensien", keepsOld: true);

        var seen = "";
        await Answers(async () => (seen = (await jo.Asks("PROPFIND", "/instmsg/aliases/KariHensien", "", PropFind())).Body).Length > 0 ? 207 : 0, 207);
        Assert.DoesNotContain("mine", seen, StringComparison.Ordinal);
    }

    private static string PropFind() => $"<d:propfind {Person.Namespaces}><d:prop>{Note}</d:prop></d:propfind>";

    private static async Task Answers(Func<Task<int>> ask, int expected)
    {
        var last = 0;
        var asked = Task.Run(async () =>
        {
            while ((last = await ask()) != expected) await Task.Yield();
        });
        await Deadline.For(asked, $"the answer {expected}", () => $"{last}", TimeSpan.FromSeconds(20));
    }

    /// <summary>A directory in which accounts get other names.</summary>
    private sealed class Renaming(LocalDirectory inner) : IDirectory
    {
        private readonly Dictionary<string, string> names = new(StringComparer.OrdinalIgnoreCase);
        private readonly Lock gate = new();
        private long changes;

        public long Version => inner.Version + Interlocked.Read(ref changes);

        public void Rename(string old, string name, bool keepsOld)
        {
            lock (gate)
            {
                names[name] = old;
                if (!keepsOld) names[old] = "";
                else if (!names.ContainsKey(old)) names[old] = old;
            }
            Interlocked.Increment(ref changes);
        }

        public async ValueTask<Account?> FindAsync(string domain, string name, CancellationToken stop)
        {
            string stored, shown;
            lock (gate)
            {
                stored = names.GetValueOrDefault(name, name);
                // The name that it got last.
                shown = names.LastOrDefault(entry => entry.Value == stored && entry.Key != stored).Key ?? stored;
            }
            return await inner.FindAsync(domain, stored, stop) is { } account ? shown == stored ? account : account with { Name = shown } : null;
        }

        public ValueTask<AccountSecrets?> FindSecretsAsync(Account account, CancellationToken stop) => inner.FindSecretsAsync(Stored(account), stop);

        public ValueTask<long> FindStampAsync(Account account, CancellationToken stop) => inner.FindStampAsync(Stored(account), stop);

        public Task CheckAsync(CancellationToken stop) => inner.CheckAsync(stop);

        private Account Stored(Account account)
        {
            lock (gate) return account with { Name = names.GetValueOrDefault(account.Name, account.Name) };
        }
    }
}
