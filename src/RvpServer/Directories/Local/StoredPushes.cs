using System.Data.Common;
using System.Globalization;
using RvpServer.Storage;
using static RvpServer.Storage.Sql;

namespace RvpServer.Directories.Local;

/// <summary>Where a browser, or any program, has itself told of messages that nobody takes. [RFC 8030]</summary>
/// <param name="Endpoint">The URL at its push service.</param>
/// <param name="Receiver">Its public key, an uncompressed point of P-256: 65 bytes. [RFC 8291]</param>
/// <param name="Secret">Its secret, 16 bytes.</param>
/// <param name="ShowsText">True if the notice is to have the message's text in it.</param>
/// <param name="Session">The session of the web client that made it; empty for a program.</param>
/// <param name="Stamp">The stamp of the password by which it was made.</param>
/// <param name="MadeAt">When it was made, or made again.</param>
internal sealed record PushSubscription(
    Uri Endpoint, byte[] Receiver, byte[] Secret, bool ShowsText, Guid Session, long Stamp, DateTimeOffset MadeAt);

/// <summary>
/// All push subscriptions, in the store. They belong to the account and end with the session that made them, if somebody ends it. They do not go along to
/// another home server, whose key browsers do not know: people turn them on again there. All methods throw <see cref="DirectoryException"/> when the store
/// does not answer.
/// </summary>
/// <param name="database">The store.</param>
internal sealed class StoredPushes(IDatabase database) : IBelongings, IAsyncDisposable
{
    /// <summary>Subscriptions of one account; one more ends the oldest.</summary>
    // More than a person has browsers.
    public const int MaxPerAccount = 16;

    private const string Columns = "endpoint, receiver, secret, shows_text, session, stamp, made_at";

    private readonly AccountsReader store = new(database, () => { });

    /// <summary>The subscriptions of an account, the newest first.</summary>
    public Task<IReadOnlyList<PushSubscription>> ListAsync(Account account, CancellationToken stop) =>
        store.InTurnAsync(connection => ReadAsync(connection, account, stop), stop);

    /// <summary>Adds one, in place of any of that endpoint, whosesoever it was: a browser has one, for whoever is signed in there.</summary>
    public Task SetAsync(Account account, PushSubscription made, CancellationToken stop) =>
        store.InTurnAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(stop);
                await ExecuteAsync(connection, "DELETE FROM push_subscriptions WHERE endpoint = @endpoint", stop, ("@endpoint", made.Endpoint.AbsoluteUri));
                await ExecuteAsync(connection, $"""
                    DELETE FROM push_subscriptions WHERE account = @account AND endpoint NOT IN (SELECT endpoint FROM push_subscriptions
                        WHERE account = @account ORDER BY made_at DESC, endpoint LIMIT {(MaxPerAccount - 1).ToString(CultureInfo.InvariantCulture)})
                    """, stop, ("@account", account.Key));
                await ExecuteAsync(connection, $"""
                    INSERT INTO push_subscriptions ({Columns}, account, domain, name)
                    VALUES (@endpoint, @receiver, @secret, @shows, @session, @stamp, @made, @account, @domain, @name)
                    """,
                    stop, ("@endpoint", made.Endpoint.AbsoluteUri), ("@receiver", made.Receiver), ("@secret", made.Secret),
                    ("@shows", made.ShowsText ? 1 : 0), ("@session", made.Session.ToByteArray()), ("@stamp", made.Stamp),
                    ("@made", made.MadeAt.ToUnixTimeMilliseconds()), ("@account", account.Key), ("@domain", account.Domain), ("@name", account.Name));
                await transaction.CommitAsync(stop);
                return true;
            },
            stop);

    /// <summary>Ends one of the account's subscriptions; nothing if it has none at this endpoint.</summary>
    public Task EndAsync(Account account, Uri endpoint, CancellationToken stop) =>
        DoAsync("account = @account AND endpoint = @endpoint", stop, ("@account", account.Key), ("@endpoint", endpoint.AbsoluteUri));

    /// <summary>Ends those that a session of the account has made.</summary>
    public Task EndSessionAsync(Account account, Guid session, CancellationToken stop) =>
        DoAsync("account = @account AND session = @session", stop, ("@account", account.Key), ("@session", session.ToByteArray()));

    /// <summary>Ends those that a session of the account has not made.</summary>
    public Task EndOthersAsync(Account account, Guid session, CancellationToken stop) =>
        DoAsync("account = @account AND session <> @session", stop, ("@account", account.Key), ("@session", session.ToByteArray()));

    /// <inheritdoc/>
    string IBelongings.Name => "push";

    /// <inheritdoc/>
    Task<byte[]?> IBelongings.PackAsync(Account account, CancellationToken stop) => Task.FromResult<byte[]?>(null);

    /// <inheritdoc/>
    Task IBelongings.UnpackAsync(Account account, byte[] packed, CancellationToken stop) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task DropAsync(Account account, CancellationToken stop) => DoAsync("account = @account", stop, ("@account", account.Key));

    /// <summary>The key by which push services know this server, which <paramref name="make"/> makes at the first time; encrypted.</summary>
    public Task<byte[]> KeyAsync(Func<byte[]> make, CancellationToken stop) =>
        store.InTurnAsync(
            async connection =>
            {
                await ExecuteAsync(connection, "INSERT INTO push_key (id, protected) VALUES (1, @made) ON CONFLICT (id) DO NOTHING", stop, ("@made", make()));
                await using var command = Command(connection, "SELECT protected FROM push_key WHERE id = 1");
                return (byte[])(await command.ExecuteScalarAsync(stop))!;
            },
            stop);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => store.DisposeAsync();

    private Task<int> DoAsync(string which, CancellationToken stop, params (string Name, object? Value)[] parameters) =>
        store.InTurnAsync(connection => ExecuteAsync(connection, "DELETE FROM push_subscriptions WHERE " + which, stop, parameters), stop);

    private static async Task<IReadOnlyList<PushSubscription>> ReadAsync(DbConnection connection, Account account, CancellationToken stop)
    {
        await using var command = Command(
            connection, $"SELECT {Columns} FROM push_subscriptions WHERE account = @account ORDER BY made_at DESC, endpoint", ("@account", account.Key));
        await using var row = await command.ExecuteReaderAsync(stop);
        var found = new List<PushSubscription>();
        while (await row.ReadAsync(stop))
        {
            found.Add(new PushSubscription(
                new Uri(row.GetString(0)), (byte[])row[1], (byte[])row[2], row.GetInt32(3) != 0, new Guid((byte[])row[4]), row.GetInt64(5),
                DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(6))));
        }
        return found;
    }
}
