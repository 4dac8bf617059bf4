using RvpServer.Directories;
using RvpServer.Storage;

namespace RvpServer.Home;

/// <summary>The history of an account goes along when it moves to another home server.</summary>
internal sealed class HistoryBelongings(IHistory history, NodeLocator locator) : IBelongings
{
    /// <inheritdoc/>
    public string Name => "history";

    /// <inheritdoc/>
    public Task<byte[]?> PackAsync(Account account, CancellationToken stop) => history.PackAsync(locator.UrlOf(account), stop);

    /// <inheritdoc/>
    public Task UnpackAsync(Account account, byte[] packed, CancellationToken stop) => history.UnpackAsync(locator.UrlOf(account), packed, stop);

    /// <inheritdoc/>
    public Task DropAsync(Account account, CancellationToken stop) => history.DropAsync(locator.UrlOf(account), stop);
}
