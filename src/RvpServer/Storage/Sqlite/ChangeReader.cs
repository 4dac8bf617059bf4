using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Rvp.Engine;
using Rvp.Protocol;

namespace RvpServer.Storage.Sqlite;

/// <summary>Reads all rows back as changes, node by node: one pass over each table, all in the order of the nodes.</summary>
internal sealed class ChangeReader : IDisposable
{
    private const string Nodes = """
        SELECT node FROM subscriptions UNION SELECT node FROM views UNION SELECT node FROM view_values
        UNION SELECT node FROM properties UNION SELECT node FROM access_entries UNION SELECT node FROM inbox
        UNION SELECT node FROM watched_elsewhere UNION SELECT node FROM node_accounts ORDER BY node COLLATE NOCASE
        """;

    private readonly SqliteConnection connection;
    private readonly IdCipher ids;
    private readonly Rows[] tables;

    /// <param name="connection">With a snapshot of the store.</param>
    /// <param name="ids">Makes ids of the numbers in the tables.</param>
    public ChangeReader(SqliteConnection connection, IdCipher ids)
    {
        this.connection = connection;
        this.ids = ids;
        tables = TablesOf();
    }

    // In the order in which they can be applied. rowid: properties and access entries come back in the order in which they were first written.
    private Rows[] TablesOf() =>
    [
        new(connection, "SELECT node, account, missing_since FROM node_accounts ORDER BY node", ReadAccount),
        new(connection, """
            SELECT node, id, type, principal, principal_spelling, proof, node_as_spelt, node_as_spelt_spelling, callback_kind, callback,
                callback_spelling, address, expires_at, password_stamp, silent FROM subscriptions ORDER BY node, id
            """, ReadSubscription),
        new(connection, "SELECT node, id, sign_in FROM views ORDER BY node, id", ReadView),
        new(connection, "SELECT node, view, name, inner_xml, default_xml, expires_at, set_order FROM view_values ORDER BY node, view, rowid", ReadViewValue),
        new(connection, "SELECT node, name, inner_xml FROM properties ORDER BY node, rowid", ReadProperty),
        new(connection, "SELECT node, principal_key, principal, principal_spelling, credentials, grants, denies FROM access_entries ORDER BY node, rowid",
            ReadAccessEntry),
        new(connection, "SELECT node, sequence, body, contact, queued_at, sender, holders, owed FROM inbox ORDER BY node, sequence", ReadEntry),
        new(connection, "SELECT node, contact, contact_spelling, until FROM watched_elsewhere ORDER BY node, rowid", ReadWatchedElsewhere),
    ];

    /// <summary>The changes; null for a row that cannot be read.</summary>
    public async IAsyncEnumerable<(string Node, Change? Change)> ReadAsync([EnumeratorCancellation] CancellationToken stop)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Nodes;
        using var nodes = await command.ExecuteReaderAsync(stop);
        while (await nodes.ReadAsync(stop))
        {
            var node = nodes.GetString(0);
            foreach (var table in tables)
                while (table.IsAt(node))
                    yield return (node, table.Next());
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var table in tables) table.Dispose();
    }

    private static Change.BelongsTo ReadAccount(SqliteDataReader row) => new(row.GetString(1), row.IsDBNull(2) ? null : Time(row.GetInt64(2)));

    private Change.SubscriptionMade? ReadSubscription(SqliteDataReader row)
    {
        var principal = new StoredUrl(row.GetString(3), Text(row, 4)).ToUrl();
        var written = new StoredUrl(row.GetString(6), Text(row, 7)).ToUrl();
        var callback = new StoredCallback((CallbackKind)row.GetInt32(8), Text(row, 9), Text(row, 10)).ToCallback();
        if (principal is null || written is null || callback is null || !IPAddress.TryParse(row.GetString(11), out var address)) return null;
        return new Change.SubscriptionMade(new Subscription(Time(row.GetInt64(12)))
        {
            Id = Id(row, 1),
            Type = (NotificationType)row.GetInt32(2),
            Principal = principal,
            Proof = (Credentials)row.GetInt32(5),
            NodeAsWritten = written,
            Callback = callback,
            Address = address,
            PasswordStamp = row.GetInt64(13),
            IsSilent = row.GetBoolean(14),
        });
    }

    private Change.ViewMade ReadView(SqliteDataReader row) => new(Id(row, 1), row.IsDBNull(2) ? null : Id(row, 2));

    private Change.ViewValueSet ReadViewValue(SqliteDataReader row)
    {
        DateTimeOffset? expiresAt = row.IsDBNull(5) ? null : Time(row.GetInt64(5));
        return new(Id(row, 1), PropertyName.Parse(row.GetString(2)), new ViewValue(row.GetString(3), Text(row, 4), expiresAt, row.GetInt64(6)));
    }

    private static Change.PropertySet ReadProperty(SqliteDataReader row) => new(PropertyName.Parse(row.GetString(1)), row.GetString(2));

    private static Change.AccessEntrySet? ReadAccessEntry(SqliteDataReader row)
    {
        var principal = row.IsDBNull(2) ? null : new StoredUrl(row.GetString(2), Text(row, 3)).ToUrl();
        if (principal is null && row.GetString(1).Length > 0) return null; // Never mistake a principal's entry for everyone's.
        return new(new AccessEntry(principal, (Credentials)row.GetInt32(4), (Rights)row.GetInt32(5), (Rights)row.GetInt32(6)));
    }

    private Change.EntryQueued? ReadEntry(SqliteDataReader row)
    {
        var holders = ImmutableArray.CreateBuilder<int>();
        foreach (var text in row.GetString(6).Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
            holders.Add(ids.IdOf(number));
        }
        return new(new InboxEntry(row.GetInt64(1), (byte[])row.GetValue(2), Text(row, 3), Time(row.GetInt64(4)), Text(row, 5))
        {
            Holders = holders.DrainToImmutable(),
            IsOwed = row.GetBoolean(7),
        });
    }

    private static Change.ContactWatched? ReadWatchedElsewhere(SqliteDataReader row) =>
        new StoredUrl(row.GetString(1), Text(row, 2)).ToUrl() is { } contact ? new(contact, Time(row.GetInt64(3))) : null;

    private int Id(SqliteDataReader row, int column) => ids.IdOf(row.GetInt32(column));

    private static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset Time(long millis) => DateTimeOffset.FromUnixTimeMilliseconds(millis);

    /// <summary>A table being read: at a row, or at its end.</summary>
    private sealed class Rows : IDisposable
    {
        private readonly SqliteCommand command;
        private readonly SqliteDataReader reader;
        private readonly Func<SqliteDataReader, Change?> read;
        private string? node;

        public Rows(SqliteConnection connection, string sql, Func<SqliteDataReader, Change?> read)
        {
            this.read = read;
            command = connection.CreateCommand();
            command.CommandText = sql;
            reader = command.ExecuteReader();
            Advance();
        }

        public bool IsAt(string wanted) => wanted.Equals(node, StringComparison.OrdinalIgnoreCase);

        public Change? Next()
        {
            var change = read(reader);
            Advance();
            return change;
        }

        public void Dispose()
        {
            reader.Dispose();
            command.Dispose();
        }

        private void Advance() => node = reader.Read() ? reader.GetString(0) : null;
    }
}
