using RvpServer.Directories;

namespace RvpServer.Cli;

/// <summary>The subject of the user commands.</summary>
/// <param name="Accounts">The directory's write side.</param>
/// <param name="Homes">The configured IM domains and home servers.</param>
/// <param name="Search">Looks whether home servers elsewhere are there.</param>
/// <param name="Connection">The connection that the accounts use; null if nothing must be closed.</param>
internal sealed record UserSubject(IAccounts Accounts, UserHomes Homes, HomeSearch Search, IAsyncDisposable? Connection = null) : IAsyncDisposable
{
    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Connection?.DisposeAsync() ?? default;
}
