using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using RvpServer.Directories;
using RvpServer.Directories.Local;
using RvpServer.Storage;
using static RvpServer.Storage.Sql;

namespace RvpServer.Webhooks;

/// <summary>
/// All hooks, in the store. They belong to the account and not to its name: a later account of that name has none of them. All methods throw
/// <see cref="DirectoryException"/> when the store does not answer.
/// </summary>
/// <param name="database">The store.</param>
internal sealed class StoredWebhooks(IDatabase database) : IBelongings, IAsyncDisposable
{
    /// <summary>Hooks of one account.</summary>
    // One for each program that has something to say; who needs more has an account for them.
    public const int MaxPerAccount = 16;

    private const string Columns = "id, secret, label, recipient, url, made_at, used_at, account, domain, name";

    private readonly AccountsReader store = new(database, () => { });

    /// <summary>The hook with this hash; null if there is none.</summary>
    public Task<Webhook?> FindAsync(byte[] secret, CancellationToken stop) =>
        store.InTurnAsync(
            async connection => (await ReadAsync(connection, "WHERE secret = @secret", stop, ("@secret", secret))) is [var found] ? found : null, stop);

    /// <summary>The hooks of an account, the oldest first.</summary>
    public Task<IReadOnlyList<Webhook>> ListAsync(Account account, CancellationToken stop) =>
        store.InTurnAsync(
            connection => ReadAsync(connection, "WHERE account = @account ORDER BY made_at, id", stop, ("@account", account.Key)), stop);

    /// <summary>Adds a hook; false if the account has as many as it may.</summary>
    public Task<bool> TryAddAsync(Account account, Webhook hook, CancellationToken stop) =>
        store.InTurnAsync(
            async connection =>
            {
                await using var insert = Command(connection, $"""
                    INSERT INTO webhooks ({Columns})
                    SELECT @id, @secret, @label, @recipient, @url, @made, @used, @account, @domain, @name
                    WHERE (SELECT COUNT(*) FROM webhooks WHERE account = @account) < {MaxPerAccount.ToString(CultureInfo.InvariantCulture)}
                    """,
                    ("@id", hook.Id.ToByteArray()), ("@secret", hook.Secret), ("@label", hook.Label), ("@recipient", hook.To), ("@url", hook.Url),
                    ("@made", hook.MadeAt.ToUnixTimeMilliseconds()), ("@used", hook.UsedAt?.ToUnixTimeMilliseconds()), ("@account", account.Key),
                    ("@domain", account.Domain), ("@name", account.Name));
                return await insert.ExecuteNonQueryAsync(stop) > 0;
            },
            stop);

    /// <summary>Ends a hook of the account and gives it; null if the account has none of this id.</summary>
    public Task<Webhook?> EndAsync(Account account, Guid id, CancellationToken stop) =>
        store.InTurnAsync(
            async connection =>
            {
                var ended = await ReadAsync(
                    connection, "WHERE account = @account AND id = @id", stop, ("@account", account.Key), ("@id", id.ToByteArray()));
                await ExecuteAsync(connection, "DELETE FROM webhooks WHERE account = @account AND id = @id", stop,
                    ("@account", account.Key), ("@id", id.ToByteArray()));
                return ended is [var hook] ? hook : null;
            },
            stop);

    /// <summary>Notes when a hook was last used.</summary>
    public Task NoteUseAsync(Webhook hook, DateTimeOffset at, CancellationToken stop) =>
        DoAsync("UPDATE webhooks SET used_at = @used WHERE id = @id", stop, ("@id", hook.Id.ToByteArray()), ("@used", at.ToUnixTimeMilliseconds()));

    /// <inheritdoc/>
    string IBelongings.Name => "webhooks";

    /// <inheritdoc/>
    async Task<byte[]?> IBelongings.PackAsync(Account account, CancellationToken stop) =>
        await ListAsync(account, stop) is { Count: > 0 } all ? JsonSerializer.SerializeToUtf8Bytes(all) : null;

    /// <inheritdoc/>
    async Task IBelongings.UnpackAsync(Account account, byte[] packed, CancellationToken stop)
    {
        await DropAsync(account, stop);
        foreach (var hook in JsonSerializer.Deserialize<Webhook[]>(packed)!) await TryAddAsync(account, hook, stop);
    }

    /// <inheritdoc/>
    public Task DropAsync(Account account, CancellationToken stop) =>
        DoAsync("DELETE FROM webhooks WHERE account = @account", stop, ("@account", account.Key));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => store.DisposeAsync();

    private Task<int> DoAsync(string sql, CancellationToken stop, params (string Name, object? Value)[] parameters) =>
        store.InTurnAsync(connection => ExecuteAsync(connection, sql, stop, parameters), stop);

    private static async Task<IReadOnlyList<Webhook>> ReadAsync(
        DbConnection connection, string which, CancellationToken stop, params (string Name, object? Value)[] parameters)
    {
        await using var command = Command(connection, $"SELECT {Columns} FROM webhooks {which}", parameters);
        await using var row = await command.ExecuteReaderAsync(stop);
        var found = new List<Webhook>();
        while (await row.ReadAsync(stop))
        {
            found.Add(new Webhook(new Guid((byte[])row[0]), (byte[])row[1], row.GetString(2), row.GetString(3), row.GetString(4), TimeOf(row.GetInt64(5)),
                row.IsDBNull(6) ? null : TimeOf(row.GetInt64(6)))
            {
                Owner = row.GetString(7),
                OwnerName = (row.GetString(8), row.GetString(9)),
            });
        }
        return found;
    }

    private static DateTimeOffset TimeOf(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
