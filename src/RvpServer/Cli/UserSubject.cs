using RvpServer.Directories;

namespace RvpServer.Cli;

/// <summary>What the user commands are about.</summary>
/// <param name="Accounts">The directory's write side.</param>
/// <param name="Homes">The configured IM domains and home servers.</param>
/// <param name="Connection">What the accounts are reached by; null where that is nothing to be closed.</param>
internal sealed record UserSubject(IAccounts Accounts, UserHomes Homes, IAsyncDisposable? Connection = null) : IAsyncDisposable
{
    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Connection?.DisposeAsync() ?? default;
}
