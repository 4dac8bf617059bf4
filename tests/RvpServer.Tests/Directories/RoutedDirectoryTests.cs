using RvpServer.Directories;
using RvpServer.Directories.Local;

namespace RvpServer.Tests.Directories;

/// <summary>Several directories in one process: each is asked for its own domains' people alone.</summary>
public sealed class RoutedDirectoryTests : IDisposable
{
    private readonly LocalAccounts adatum = new();
    private readonly LocalAccounts contoso = new();
    private readonly Silent silent = new();

    public void Dispose()
    {
        adatum.Dispose();
        contoso.Dispose();
    }

    [Fact]
    public async Task A_name_is_looked_up_in_its_domains_directory_alone()
    {
        await adatum.AddAsync("JoBrown@adatum.com");
        await contoso.AddAsync("KariHensien@contoso.com", domain: "im.contoso.com");
        // Left from a time when this domain had the other directory.
        await adatum.AddAsync("KariHensien@contoso.com", display: "Somebody Else", domain: "im.contoso.com");
        await using var first = Open(adatum);
        await using var second = Open(contoso);
        var directory = Route(first, second);

        Assert.Equal("JoBrown", (await directory.FindAsync("im.adatum.com", "jobrown", default))!.Name);
        Assert.Null(await directory.FindAsync("im.contoso.com", "JoBrown", default));
        Assert.Equal("KariHensien", (await directory.FindAsync("IM.Contoso.com", "KariHensien", default))!.DisplayName);
        Assert.Equal(["JoBrown", "KariHensien"], await NamesAsync(directory));
    }

    [Fact]
    public async Task A_directory_that_does_not_answer_concerns_nobody_else_and_is_named()
    {
        await adatum.AddAsync("JoBrown@adatum.com");
        await using var local = Open(adatum);
        var directory = Route(local, silent);

        var jo = (await directory.FindAsync("im.adatum.com", "JoBrown", default))!;

        Assert.NotNull(await directory.FindSecretsAsync(jo, default));
        Assert.NotEqual(0, await directory.FindStampAsync(jo, default));
        await Assert.ThrowsAsync<DirectoryException>(() => directory.FindAsync("im.contoso.com", "KariHensien", default).AsTask());
        Assert.Equal("im.contoso.com: it is silent", (await Assert.ThrowsAsync<DirectoryException>(() => directory.CheckAsync(default))).Message);
        Assert.Equal(["JoBrown"], await NamesAsync(directory));
    }

    [Fact]
    public async Task A_change_in_either_is_seen()
    {
        await using var first = Open(adatum);
        await using var second = Open(contoso);
        var directory = Route(first, second);
        await directory.LookAsync(default);
        var before = directory.Version;

        await contoso.AddAsync("KariHensien@contoso.com", domain: "im.contoso.com");
        await directory.LookAsync(default);

        Assert.True(directory.Version > before);
    }

    private static RoutedDirectory Route(LocalDirectory first, IDirectory second) => new(new DomainTable<DirectoryPart>(
    [
        (new DirectoryPart(first, first, null), ["im.adatum.com"]),
        (new DirectoryPart(second, second as IKeepsAccounts ?? first, null), ["im.contoso.com"]),
    ]));

    private static LocalDirectory Open(LocalAccounts accounts) => new(accounts.File, accounts.Keys, TimeProvider.System);

    private static async Task<List<string>> NamesAsync(IDirectory directory)
    {
        var names = new List<string>();
        await foreach (var one in directory.ReadAllAsync(default)!) names.Add(one.Account.Name);
        return names;
    }

    private sealed class Silent : IDirectory
    {
        public long Version => 0;

        public ValueTask<Account?> FindAsync(string domain, string name, CancellationToken stop) => throw new DirectoryException("it is silent");

        public ValueTask<AccountSecrets?> FindSecretsAsync(Account account, CancellationToken stop) => throw new DirectoryException("it is silent");

        public Task CheckAsync(CancellationToken stop) => throw new DirectoryException("it is silent");
    }
}
