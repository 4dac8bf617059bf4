using System.Collections.Immutable;
using System.Globalization;
using Rvp.Engine;
using Rvp.Protocol;

namespace RvpServer.Storage;

/// <summary>Reads all rows back as changes: table by table, in an order in which they can be applied, and of each node what was made first.</summary>
/// <param name="query">Runs a statement on a snapshot of the store.</param>
/// <param name="columns">What the kinds of stores have different names for.</param>
/// <param name="ids">Makes ids of the numbers in the tables.</param>
/// <param name="notUnderstood">Told the node of each row that cannot be read.</param>
internal sealed class ChangeReader(Func<string, IRows> query, StoreColumns columns, StoredIds ids, Action<string> notUnderstood)
{
    private readonly KnownTexts known = new();

    /// <summary>The changes. Equal URLs in equal spelling are one object.</summary>
    public IEnumerable<(RvpUrl Node, Change Change)> Read()
    {
        if (columns.Nodes is { } nodes) LearnNodes($"{nodes} {columns.Rows}");
        foreach (var (sql, read) in Tables(OrderOfIds()))
        {
            using var row = query(sql);
            while (row.Step())
            {
                var node = known.Url(row.Bytes(0));
                if (node is not null && TryRead(row, node, read) is { } change) yield return (node.Node, change);
                else notUnderstood(row.Text(0) ?? "");
            }
        }
    }

    // What was made first comes first. Once the counter of ids has gone round, the numbers from it on are the older ones; until then there are none.
    private string OrderOfIds()
    {
        var next = ReadNumber("SELECT value FROM counters WHERE name = 'next_id'");
        var last = ReadNumber("SELECT coalesce(max(id), 0) FROM (SELECT max(id) AS id FROM subscriptions UNION ALL SELECT max(id) FROM views) AS made");
        return last < next ? "id" : string.Create(CultureInfo.InvariantCulture, $"id < {next}, id");
    }

    private long ReadNumber(string sql)
    {
        using var row = query(sql);
        return row.Step() ? row.Number(0) : 0;
    }

    private void LearnNodes(string sql)
    {
        using var row = query(sql);
        while (row.Step()) known.Learn(row.Bytes(0), row.Bytes(1));
    }

    // All but the inbox as they lie in the file.
    private (string Sql, Func<IRows, Callback.Logical, Change?> Read)[] Tables(string orderOfIds) =>
    [
        ($"SELECT node, account, missing_since FROM node_accounts {columns.Rows}", (row, _) => ReadAccount(row)),
        ($"""
            SELECT node, id, type, principal, address, proof, expires_at, password_stamp,
                CASE WHEN callback_kind = {(int)CallbackKind.Logical} AND silent = 0 AND coalesce(principal_spelling, node_as_spelt,
                    node_as_spelt_spelling, callback, callback_spelling) IS NULL THEN 1 ELSE 0 END, principal_spelling, node_as_spelt,
                node_as_spelt_spelling, callback_kind, callback, callback_spelling, silent FROM subscriptions {columns.Rows}
                ORDER BY {orderOfIds}
            """, ReadSubscription),
        ($"SELECT node, id, sign_in FROM views {columns.Rows} ORDER BY {orderOfIds}",
            (row, _) => new Change.ViewMade(Id(row, 1), row.IsNull(2) ? null : Id(row, 2))),
        ($"SELECT node, view, name, inner_xml, default_xml, expires_at, set_order FROM view_values {columns.Rows} ORDER BY {columns.OrderOfValues}",
            (row, _) => ReadViewValue(row)),
        ($"SELECT node, name, inner_xml FROM properties {columns.Rows} ORDER BY {columns.Made}",
            (row, _) => new Change.PropertySet(PropertyName.Parse(Text(row, 1)), Text(row, 2))),
        ($"SELECT node, principal_key, principal, principal_spelling, credentials, grants, denies FROM access_entries {columns.Rows} ORDER BY {columns.Made}",
            (row, _) => ReadAccessEntry(row)),
        ($"SELECT node, sequence, body, contact, queued_at, sender, holders, owed FROM inbox {columns.Rows} ORDER BY node, sequence",
            (row, _) => ReadEntry(row)),
        ($"SELECT node, contact, contact_spelling, until FROM watched_elsewhere {columns.Rows} ORDER BY {columns.Made}", (row, _) => ReadWatchedElsewhere(row)),
        ($"SELECT node, since FROM owed_news {columns.Rows}", (row, _) => new Change.WatchersOwed(Time(row.Number(1)))),
        ($"SELECT node, id, stage, home, formers, at FROM moves {columns.Rows}", (row, _) => ReadMove(row)),
    ];

    // Of a damaged store that was repaired, or written by hand: one row must not cost all others.
    private static Change? TryRead(IRows row, Callback.Logical node, Func<IRows, Callback.Logical, Change?> read)
    {
        try
        {
            return read(row, node);
        }
        catch (Exception unreadable) when (unreadable is FormatException or InvalidCastException or OverflowException or ArgumentException
            or InvalidOperationException)
        {
            return null;
        }
    }

    private static Change.BelongsTo ReadAccount(IRows row) => new(Text(row, 1), row.IsNull(2) ? null : Time(row.Number(2)));

    private Change.SubscriptionMade? ReadSubscription(IRows row, Callback.Logical node)
    {
        // A watch whose URLs are in canonical spelling, as most are: each column more is a tenth of the time for a row.
        var isPlain = row.Number(8) != 0;
        var type = (NotificationType)Int(row, 2);
        var principal = known.Url(row.Bytes(3), isPlain ? default : row.Bytes(9));
        var written = isPlain ? node : row.IsNull(10) ? UrlOf(row, 0, 11) : UrlOf(row, 10, 11);
        var callback = isPlain ? principal : ReadCallback(row);
        var address = known.Address(row.Bytes(4));
        if (!Enum.IsDefined(type) || principal is null || written is null || callback is null || address is null) return null;
        return new Change.SubscriptionMade(new Subscription
        {
            Id = Id(row, 1),
            Type = type,
            Subscriber = known.Subscriber(principal, callback, address, row.Number(7)),
            Proof = (Credentials)Int(row, 5),
            NodeAsWritten = written.Node,
            ExpiresAt = Time(row.Number(6)),
            IsSilent = !isPlain && row.Number(15) != 0,
        });
    }

    private Callback? ReadCallback(IRows row)
    {
        var kind = (CallbackKind)Int(row, 12);
        return kind == CallbackKind.Logical
            ? row.IsNull(13) ? UrlOf(row, 3, 14) : UrlOf(row, 13, 14)
            : new StoredCallback(kind, row.Text(13), row.Text(14)).ToCallback();
    }

    private Change.ViewValueSet ReadViewValue(IRows row)
    {
        DateTimeOffset? expiresAt = row.IsNull(5) ? null : Time(row.Number(5));
        var fallback = row.IsNull(4) ? null : known.Value(row.Bytes(4));
        return new(Id(row, 1), known.Name(Given(row, 2)), new ViewValue(known.Value(Given(row, 3)), fallback, expiresAt, row.Number(6)));
    }

    private Change.AccessEntrySet? ReadAccessEntry(IRows row)
    {
        var principal = row.IsNull(2) ? null : UrlOf(row, 2, 3)?.Node;
        if (principal is null && !row.Bytes(1).IsEmpty) return null; // Never mistake a principal's entry for everyone's.
        return new(new AccessEntry(principal, (Credentials)Int(row, 4), (Rights)Int(row, 5), (Rights)Int(row, 6)));
    }

    private Change.EntryQueued? ReadEntry(IRows row)
    {
        var holders = ImmutableArray.CreateBuilder<int>();
        foreach (var text in Text(row, 6).Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
            holders.Add(ids.IdOf(number));
        }
        return new(new InboxEntry(row.Number(1), row.Bytes(2).ToArray(), row.Text(3), Time(row.Number(4)), row.Text(5))
        {
            Holders = holders.DrainToImmutable(),
            IsOwed = row.Number(7) != 0,
        });
    }

    private Change.ContactWatched? ReadWatchedElsewhere(IRows row) =>
        UrlOf(row, 1, 2) is { } contact ? new(contact.Node, Time(row.Number(3))) : null;

    private static Change.MoveNoted? ReadMove(IRows row)
    {
        var stage = (MoveStage)Int(row, 2);
        if (!Guid.TryParseExact(Text(row, 1), "N", out var id) || !Enum.IsDefined(stage)) return null;
        return new(new Move(id, stage, Text(row, 3), Text(row, 4).Split(',', StringSplitOptions.RemoveEmptyEntries), Time(row.Number(5))));
    }

    private Callback.Logical? UrlOf(IRows row, int identity, int spelling) => known.Url(row.Bytes(identity), row.Bytes(spelling));

    private int Id(IRows row, int column) => ids.IdOf(Int(row, column));

    private static int Int(IRows row, int column) => checked((int)row.Number(column));

    private static string Text(IRows row, int column) => row.Text(column) ?? throw new InvalidCastException("A text is missing.");

    private static ReadOnlySpan<byte> Given(IRows row, int column) =>
        row.IsNull(column) ? throw new InvalidCastException("A text is missing.") : row.Bytes(column);

    private static DateTimeOffset Time(long millis) => DateTimeOffset.FromUnixTimeMilliseconds(millis);
}

/// <summary>What the kinds of stores have different names for.</summary>
/// <param name="Made">The column that grows with each row that is made.</param>
/// <param name="OrderOfValues">The order in which values of views can be applied.</param>
/// <param name="Nodes">Gives the nodes as the other tables have them, and their URLs; null: the other tables have the URLs.</param>
/// <param name="Rows">A WHERE for all tables; empty: every row is read.</param>
internal sealed record StoreColumns(string Made, string OrderOfValues, string? Nodes, string Rows = "");
