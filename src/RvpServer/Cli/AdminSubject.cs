using RvpServer.Administration;

namespace RvpServer.Cli;

/// <summary>The subject of the commands about administrators.</summary>
/// <param name="Roles">Who has which role.</param>
/// <param name="Audit">What they did.</param>
/// <param name="Connection">What they use; null if nothing must be closed.</param>
internal sealed record AdminSubject(IRoles Roles, IAuditTrail Audit, IAsyncDisposable? Connection = null) : IAsyncDisposable
{
    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Connection?.DisposeAsync() ?? default;
}
