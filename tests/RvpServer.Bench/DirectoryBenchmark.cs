using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Rvp.Ldap;
using Rvp.Testing;
using RvpServer.Directories;
using RvpServer.Directories.Ldap;
using RvpServer.Domains;

namespace RvpServer.Bench;

/// <summary>What remembering accounts of an LDAP directory costs: what stays on the heap after a full collection, by how many addresses accounts
/// have.</summary>
internal static class DirectoryBenchmark
{
    private const string Domain = "im.adatum.com";
    private static readonly CacheLimits Limits = new(TimeSpan.FromHours(1), TimeSpan.FromSeconds(30));

    public static async Task RunAsync(int accounts, CancellationToken stop)
    {
        Console.WriteLine($"directory: {accounts} accounts looked up once each, {Limits.MaxEntries} places");
        Console.WriteLine($"{"",-34}{"kept",10}{"MB",8}{"bytes each",12}");
        await MeasureAsync("one address", new MadeUpDirectory(1), Find, accounts, stop);
        await MeasureAsync("two addresses", new MadeUpDirectory(2), Find, accounts, stop);
        await MeasureAsync("one address, also by sign-in name", new MadeUpDirectory(1), FindTwice, accounts, stop);
        await MeasureAsync("names that nobody has", new MadeUpDirectory(0), Find, accounts, stop);
    }

    private static async Task MeasureAsync(
        string name, MadeUpDirectory inner, Func<IDirectory, int, CancellationToken, Task> ask, int accounts, CancellationToken stop)
    {
        // What code and pools need once.
        await ask(new CachedDirectory(inner, Limits, TimeProvider.System, NullLogger<CachedDirectory>.Instance), 0, stop);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var cache = new CachedDirectory(inner, Limits, TimeProvider.System, NullLogger<CachedDirectory>.Instance);
        for (var i = 0; i < accounts; i++) await ask(cache, i, stop);
        var used = GC.GetTotalMemory(forceFullCollection: true) - before;

        var asked = inner.Asked;
        // The latest first: asking for one that was dropped drops another.
        for (var i = accounts - 1; i >= 0; i--) await ask(cache, i, stop);
        var perAccount = ask == FindTwice ? 2 : 1;
        var kept = accounts - ((inner.Asked - asked) / perAccount);
        Console.WriteLine($"{name,-34}{kept,10}{used / 1e6,8:F1}{used / (double)Math.Max(1, kept),12:F0}");
    }

    // As a request's path gives it, a text of its own each time.
    private static async Task Find(IDirectory directory, int number, CancellationToken stop) =>
        await directory.FindAsync(Domain, User.NameOf(number), stop);

    private static async Task FindTwice(IDirectory directory, int number, CancellationToken stop)
    {
        await Find(directory, number, stop);
        await directory.FindBySignInNameAsync(Domain, new SignInName(User.NameOf(number), null), stop);
    }

    /// <summary>Has every account, and makes each from an entry of its own as a search would bring it.</summary>
    private sealed class MadeUpDirectory(int addresses) : IDirectory
    {
        private static readonly ImDomain ImDomain = new(Domain, ["adatum.com"], []);
        private static readonly LdapAccountSettings Settings =
            new() { Connection = new LdapSettings { Servers = [new Uri("ldap://dc1.adatum.com")] }, BaseDn = "dc=adatum,dc=com" };
        private readonly LdapAccountMap map = new(Settings, [ImDomain]);

        public int Asked { get; private set; }

        public long Version => 0;

        public ValueTask<Account?> FindAsync(string domain, string name, CancellationToken stop)
        {
            Asked++;
            return new(addresses == 0 ? null : map.ToAccount(EntryOf(name), ImDomain, DateTimeOffset.UnixEpoch, out _));
        }

        public ValueTask<Account?> FindBySignInNameAsync(string domain, SignInName name, CancellationToken stop) => FindAsync(domain, name.AccountName!, stop);

        public ValueTask<AccountSecrets?> FindSecretsAsync(Account account, CancellationToken stop) => new((AccountSecrets?)null);

        public Task CheckAsync(CancellationToken stop) => Task.CompletedTask;

        private LdapEntry EntryOf(string name)
        {
            var names = Settings.Attributes;
            var all = Enumerable.Range(0, addresses).Select(i => Bytes((i == 0 ? name : $"{name}.{i}") + "@adatum.com")).ToArray();
            return new LdapEntry($"cn={name},dc=adatum,dc=com", new Dictionary<string, IReadOnlyList<byte[]>>
            {
                [names.ImAddress] = all,
                [names.Mail] = [all[0]],
                [names.LogicalUrl] = [Bytes($"http://{Domain}/instmsg/aliases/{name}")],
                [names.PhysicalUrl] = [Bytes($"http://imhomeserver1.adatum.com/instmsg/local/{Domain}/instmsg/aliases/{name}")],
                [names.DisplayName] = [Bytes("Display name of " + name)],
                [names.AccountName] = [Bytes(name)],
            });
        }

        private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
    }
}
