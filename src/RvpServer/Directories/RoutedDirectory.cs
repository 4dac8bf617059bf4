using System.Runtime.CompilerServices;
using RvpServer.Directories.Local;

namespace RvpServer.Directories;

/// <summary>One of several directories, with what is kept of it here.</summary>
/// <param name="Directory">Where its accounts are looked up.</param>
/// <param name="Kept">Sees what is changed in the store.</param>
/// <param name="Belongings">What is kept of an account beside its node; null: nothing.</param>
internal sealed record DirectoryPart(IDirectory Directory, IKeepsAccounts Kept, IBelongings? Belongings);

/// <summary>
/// Several directories, each with IM domains of its own. An account is looked up in its domain's directory alone: where that does not answer, nobody else is
/// concerned, and no directory can say anything about another one's people.
/// </summary>
internal sealed class RoutedDirectory(DomainTable<DirectoryPart> parts) : IDirectory, IKeepsAccounts, IBelongings
{
    /// <inheritdoc/>
    public long Version => parts.All.Sum(part => part.Directory.Version);

    /// <inheritdoc/>
    public ValueTask<Account?> FindAsync(string domain, string name, CancellationToken stop) => Of(domain).FindAsync(domain, name, stop);

    /// <inheritdoc/>
    public ValueTask<Account?> FindBySignInNameAsync(string domain, SignInName name, CancellationToken stop) =>
        Of(domain).FindBySignInNameAsync(domain, name, stop);

    /// <inheritdoc/>
    public ValueTask<AccountSecrets?> FindSecretsAsync(Account account, CancellationToken stop) => Of(account.Domain).FindSecretsAsync(account, stop);

    /// <inheritdoc/>
    public ValueTask<byte[]?> FindPictureAsync(Account account, CancellationToken stop) => Of(account.Domain).FindPictureAsync(account, stop);

    /// <inheritdoc/>
    public ValueTask<bool> TryRefreshAsync(Account account, CancellationToken stop) => Of(account.Domain).TryRefreshAsync(account, stop);

    /// <inheritdoc/>
    public ValueTask<long> FindStampAsync(Account account, CancellationToken stop) => Of(account.Domain).FindStampAsync(account, stop);

    /// <inheritdoc/>
    /// <remarks>Those that can be read at once; the others are looked up.</remarks>
    public async IAsyncEnumerable<StampedAccount> ReadAllAsync([EnumeratorCancellation] CancellationToken stop)
    {
        foreach (var part in parts.All)
        {
            if (part.Directory.ReadAllAsync(stop) is not { } all) continue;
            await foreach (var one in all)
                if (parts.Of(one.Account.Domain) == part) yield return one;
        }
    }

    /// <inheritdoc/>
    public Task ForgetAsync(string domain, string name, CancellationToken stop) => Of(domain).ForgetAsync(domain, name, stop);

    /// <inheritdoc/>
    public async Task CheckAsync(CancellationToken stop)
    {
        var troubles = await Task.WhenAll(parts.All.Select(part => TroubleOfAsync(part, stop)));
        if (troubles.OfType<string>().ToList() is { Count: > 0 } found) throw new DirectoryException(string.Join("; ", found));
    }

    /// <inheritdoc/>
    public async Task LookAsync(CancellationToken stop)
    {
        foreach (var part in parts.All) await part.Kept.LookAsync(stop);
    }

    /// <inheritdoc/>
    string IBelongings.Name => "own-password";

    /// <inheritdoc/>
    Task<byte[]?> IBelongings.PackAsync(Account account, CancellationToken stop) =>
        BelongingsOf(account)?.PackAsync(account, stop) ?? Task.FromResult<byte[]?>(null);

    /// <inheritdoc/>
    Task IBelongings.UnpackAsync(Account account, byte[] packed, CancellationToken stop) =>
        BelongingsOf(account)?.UnpackAsync(account, packed, stop) ?? Task.CompletedTask;

    /// <inheritdoc/>
    Task IBelongings.DropAsync(Account account, CancellationToken stop) => BelongingsOf(account)?.DropAsync(account, stop) ?? Task.CompletedTask;

    private IDirectory Of(string domain) => parts.Of(domain).Directory;

    private IBelongings? BelongingsOf(Account account) => parts.Of(account.Domain).Belongings;

    private async Task<string?> TroubleOfAsync(DirectoryPart part, CancellationToken stop)
    {
        try
        {
            await part.Directory.CheckAsync(stop).WaitAsync(stop);
            return null;
        }
        catch (DirectoryException failure)
        {
            return $"{parts.Names[part]}: {failure.Message}";
        }
        catch (OperationCanceledException)
        {
            return $"{parts.Names[part]}: no answer";
        }
    }
}
