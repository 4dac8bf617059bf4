using System.Data.Common;
using RvpServer.Storage;

namespace RvpServer.Directories;

/// <summary>The pictures of people: the one that somebody has given themselves, else the directory's.</summary>
/// <param name="database">The store.</param>
/// <param name="directory">May have some.</param>
/// <param name="locator">Names the node that a picture belongs to, and ends with.</param>
internal sealed class Pictures(IDatabase database, IDirectory directory, NodeLocator locator) : IBelongings
{
    /// <summary>As large as Active Directory's may be.</summary>
    public const int MaxBytes = 100 * 1024;

    /// <inheritdoc/>
    public string Name => "picture";

    /// <summary>Somebody's picture; null if there is none. Throws <see cref="DirectoryException"/> when store or directory do not answer.</summary>
    public async ValueTask<byte[]?> FindAsync(Account account, CancellationToken stop)
    {
        if (await PackAsync(account, stop) is { } own) return own;
        var theirs = await directory.FindPictureAsync(account, stop);
        return theirs is { Length: <= MaxBytes } && PictureFormat.TypeOf(theirs) is not null ? theirs : null;
    }

    /// <inheritdoc/>
    public Task<byte[]?> PackAsync(Account account, CancellationToken stop) => RunAsync(
        account, "SELECT bytes FROM pictures WHERE node = @node", null, async command => await command.ExecuteScalarAsync(stop) as byte[], stop);

    /// <inheritdoc/>
    public Task UnpackAsync(Account account, byte[] packed, CancellationToken stop) => RunAsync(
        account, "INSERT INTO pictures (node, bytes) VALUES (@node, @bytes) ON CONFLICT (node) DO UPDATE SET bytes = @bytes", packed,
        command => command.ExecuteNonQueryAsync(stop), stop);

    /// <inheritdoc/>
    public Task DropAsync(Account account, CancellationToken stop) =>
        RunAsync(account, "DELETE FROM pictures WHERE node = @node", null, command => command.ExecuteNonQueryAsync(stop), stop);

    private async Task<T> RunAsync<T>(Account account, string sql, byte[]? bytes, Func<DbCommand, Task<T>> run, CancellationToken stop)
    {
        try
        {
            await using var connection = await database.OpenAsync(stop);
            await using var command = Sql.Command(connection, sql, ("@node", NodeRows.KeyOf(locator.UrlOf(account))), ("@bytes", bytes));
            return await run(command);
        }
        catch (DbException failure)
        {
            throw new DirectoryException("The store does not answer: " + failure.Message, failure);
        }
    }
}
