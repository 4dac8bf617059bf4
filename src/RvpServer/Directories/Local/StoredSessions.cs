using System.Data.Common;
using System.Text.Json;
using RvpServer.Collections;
using RvpServer.Storage;
using static RvpServer.Storage.Sql;

namespace RvpServer.Directories.Local;

/// <summary>A session of the web client.</summary>
/// <param name="Id">Its id, which is no secret.</param>
/// <param name="BegunAt">When the password was typed.</param>
/// <param name="UsedAt">When it was last used, to within minutes.</param>
/// <param name="Address">The address that it was last used from.</param>
/// <param name="Browser">What the browser calls itself.</param>
internal sealed record StoredSession(Guid Id, DateTimeOffset BegunAt, DateTimeOffset UsedAt, string Address, string Browser);

/// <summary>
/// The sessions of the web client, in the store, so that one that was ended stays ended: what is not there is no session. Each account has a share of its own,
/// so nobody's sessions make room for somebody else's.
/// </summary>
/// <param name="database">The store.</param>
/// <param name="isOneOfMany">Whether other processes end sessions too: then each is read every time.</param>
internal sealed class StoredSessions(IDatabase database, bool isOneOfMany = false) : IBelongings, IAsyncDisposable
{
    /// <summary>Sessions of one account; one more ends the one that was not used for the longest time.</summary>
    // More than a person has browsers.
    public const int MaxPerAccount = 50;

    // As many users as Microsoft recommended per home server; others are read again.
    private const int CacheSize = 10_000;

    private const string Columns = "id, begun_at, used_at, address, browser";

    private readonly AccountsReader store = new(database, () => { });
    private readonly LruMap<Guid, StoredSession?> cache = new(CacheSize);
    private readonly Lock gate = new();

    /// <summary>Null if there is none any more. This and all others throw <see cref="DirectoryException"/> when the store does not answer.</summary>
    public async ValueTask<StoredSession?> FindAsync(Guid id, CancellationToken stop)
    {
        lock (gate)
            if (!isOneOfMany && cache.TryGet(id, out var known)) return known;
        return await store.InTurnAsync(
            async connection =>
            {
                var found = await ReadAsync(connection, "WHERE id = @id", stop, ("@id", id.ToByteArray()));
                return Keep(id, found.Count > 0 ? found[0] : null);
            },
            stop);
    }

    /// <summary>The sessions of an account, the one used last first; those not used since <paramref name="since"/> are over.</summary>
    public Task<IReadOnlyList<StoredSession>> ListAsync(Account account, DateTimeOffset since, CancellationToken stop) =>
        store.InTurnAsync(
            connection => ReadAsync(connection, "WHERE account = @account AND used_at > @since ORDER BY used_at DESC, begun_at DESC", stop,
                ("@account", account.Key), ("@since", since.ToUnixTimeMilliseconds())),
            stop);

    /// <summary>Adds a session, and forgets those not used since <paramref name="since"/>, whosesoever they are.</summary>
    public Task AddAsync(Account account, StoredSession session, DateTimeOffset since, CancellationToken stop) =>
        store.InTurnAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(stop);
                await DeleteAsync(connection, "used_at <= @since", stop, ("@since", since.ToUnixTimeMilliseconds()));
                await DeleteAsync(connection, $"""
                    account = @account AND id NOT IN
                        (SELECT id FROM web_sessions WHERE account = @account ORDER BY used_at DESC, begun_at DESC LIMIT {MaxPerAccount - 1})
                    """, stop, ("@account", account.Key));
                await using var insert = Command(connection, $"""
                    INSERT INTO web_sessions (account, {Columns}) VALUES (@account, @id, @begun, @used, @address, @browser)
                    """,
                    ("@account", account.Key), ("@id", session.Id.ToByteArray()), ("@begun", session.BegunAt.ToUnixTimeMilliseconds()),
                    ("@used", session.UsedAt.ToUnixTimeMilliseconds()), ("@address", session.Address), ("@browser", session.Browser));
                await insert.ExecuteNonQueryAsync(stop);
                await transaction.CommitAsync(stop);
                return Keep(session.Id, session);
            },
            stop);

    /// <summary>Notes when and where a session was last used.</summary>
    public Task NoteUseAsync(StoredSession session, CancellationToken stop) =>
        store.InTurnAsync(
            async connection =>
            {
                await using var update = Command(connection, "UPDATE web_sessions SET used_at = @used, address = @address WHERE id = @id",
                    ("@id", session.Id.ToByteArray()), ("@used", session.UsedAt.ToUnixTimeMilliseconds()), ("@address", session.Address));
                // It may have been ended meanwhile.
                return Keep(session.Id, await update.ExecuteNonQueryAsync(stop) > 0 ? session : null);
            },
            stop);

    /// <summary>Ends a session of the account; one of somebody else's stays.</summary>
    public Task EndAsync(Account account, Guid id, CancellationToken stop) => EndAsync(account, "id = @id", id, stop);

    /// <summary>Ends all of the account's sessions but one.</summary>
    public Task EndOthersAsync(Account account, Guid id, CancellationToken stop) => EndAsync(account, "id <> @id", id, stop);

    /// <inheritdoc/>
    string IBelongings.Name => "web-sessions";

    /// <inheritdoc/>
    async Task<byte[]?> IBelongings.PackAsync(Account account, CancellationToken stop) =>
        await ListAsync(account, DateTimeOffset.UnixEpoch, stop) is { Count: > 0 } all ? JsonSerializer.SerializeToUtf8Bytes(all) : null;

    /// <inheritdoc/>
    async Task IBelongings.UnpackAsync(Account account, byte[] packed, CancellationToken stop)
    {
        await EndOthersAsync(account, Guid.Empty, stop);
        foreach (var session in JsonSerializer.Deserialize<StoredSession[]>(packed)!.Take(MaxPerAccount))
            await AddAsync(account, session, DateTimeOffset.UnixEpoch, stop);
    }

    /// <inheritdoc/>
    Task IBelongings.DropAsync(Account account, CancellationToken stop) => EndOthersAsync(account, Guid.Empty, stop);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => store.DisposeAsync();

    private Task<bool> EndAsync(Account account, string which, Guid id, CancellationToken stop) =>
        store.InTurnAsync(
            async connection =>
            {
                await DeleteAsync(connection, $"account = @account AND {which}", stop, ("@account", account.Key), ("@id", id.ToByteArray()));
                return true;
            },
            stop);

    private StoredSession? Keep(Guid id, StoredSession? session)
    {
        lock (gate) cache.Set(id, session);
        return session;
    }

    private async Task DeleteAsync(DbConnection connection, string which, CancellationToken stop, params (string Name, object? Value)[] parameters)
    {
        await using var delete = Command(connection, $"DELETE FROM web_sessions WHERE {which} RETURNING id", parameters);
        await using var reader = await delete.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop)) Keep(new Guid((byte[])reader[0]), null);
    }

    private static async Task<IReadOnlyList<StoredSession>> ReadAsync(
        DbConnection connection, string which, CancellationToken stop, params (string Name, object? Value)[] parameters)
    {
        await using var command = Command(connection, $"SELECT {Columns} FROM web_sessions {which}", parameters);
        await using var reader = await command.ExecuteReaderAsync(stop);
        var found = new List<StoredSession>();
        while (await reader.ReadAsync(stop))
        {
            found.Add(new StoredSession(
                new Guid((byte[])reader[0]), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1)),
                DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(2)), reader.GetString(3), reader.GetString(4)));
        }
        return found;
    }
}
