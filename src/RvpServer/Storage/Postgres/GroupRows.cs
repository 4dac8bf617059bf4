using System.Collections.Immutable;
using Npgsql;
using NpgsqlTypes;
using Rvp.Engine;
using Rvp.Protocol;
using static NpgsqlTypes.NpgsqlDbType;

namespace RvpServer.Storage.Postgres;

/// <summary>
/// The changes of a group as few statements, whose number does not grow with the group. First all that deletes, then all that inserts, then what alters a
/// column of rows that are there; only what belongs to a history is done in the order in which it came.
/// </summary>
/// <param name="ids">Numbers of ids.</param>
/// <param name="shardCount">The number of shards.</param>
/// <param name="sequencesUntil">Sequences up to this one are noted as given.</param>
internal sealed class GroupRows(StoredIds ids, int shardCount, long sequencesUntil = 0)
{
    // They grow like milliseconds. All processes note them in one row, which nobody may lock for each group: a minute of them is noted at once.
    private const long SequencesAhead = 60_000;

    private static readonly Column Node = new("node", Text);
    private static readonly Column Shard = new("shard", Smallint);

    private static readonly Table Nodes = new("nodes", 1, [Node, Shard, new("url", Text)], isKept: true);
    private static readonly Table Accounts = new("node_accounts", 1, [Node, Shard, new("account", Text), new("missing_since", Bigint)]);

    private static readonly Table Subscriptions = new("subscriptions", 1,
    [
        new("id", Integer), Node, Shard, new("type", Smallint), new("principal", Text), new("principal_spelling", Text), new("proof", Smallint),
        new("node_as_spelt", Text), new("node_as_spelt_spelling", Text), new("callback_kind", Smallint), new("callback", Text),
        new("callback_spelling", Text), new("address", Text), new("expires_at", Bigint), new("password_stamp", Bigint), new("silent", Smallint),
    ]);

    private static readonly Table Views = new("views", 1, [new("id", Integer), Node, Shard, new("sign_in", Integer)]);

    private static readonly Table Values = new("view_values", 2,
    [
        new("view", Integer), new("name", Text), Node, Shard, new("inner_xml", Text), new("default_xml", Text), new("expires_at", Bigint),
        new("set_order", Bigint),
    ]);

    private static readonly Table Properties = new("properties", 2, [Node, new("name", Text), Shard, new("inner_xml", Text)]);

    private static readonly Table Entries = new("access_entries", 2,
    [
        Node, new("principal_key", Text), Shard, new("principal", Text), new("principal_spelling", Text), new("credentials", Integer), new("grants", Integer),
        new("denies", Integer),
    ]);

    private static readonly Table Inbox = new("inbox", 2,
    [
        Node, new("sequence", Bigint), Shard, new("body", Bytea), new("contact", Text), new("queued_at", Bigint), new("sender", Text), new("holders", Text),
        new("owed", Smallint),
    ]);

    private static readonly Table Watched = new("watched_elsewhere", 2,
        [Node, new("contact_key", Text), Shard, new("contact", Text), new("contact_spelling", Text), new("until", Bigint)]);

    private static readonly Table Owed = new("owed_news", 1, [Node, Shard, new("since", Bigint)]);

    private static readonly Table Moves = new("moves", 1,
        [Node, Shard, new("stage", Smallint), new("id", Text), new("home", Text), new("formers", Text), new("at", Bigint)]);

    private static readonly Table TakenMoves = new("taken_moves", 1, [new("id", Text)], isKept: true);
    private static readonly Table ForeignIds = new("foreign_ids", 1, [new("number", Integer), Node, Shard, new("id", Integer)]);

    // Tables in which all rows of a node end with it; where in their rows the node stands does not differ.
    private static readonly string[] Emptied = ["nodes", .. NodeRows.ByNode];

    private readonly RowSet<string> nodes = new(Nodes);
    private readonly RowSet<string> accounts = new(Accounts);
    private readonly RowSet<int> subscriptions = new(Subscriptions);
    private readonly RowSet<int> views = new(Views);
    private readonly RowSet<(int View, string Name)> values = new(Values);
    private readonly RowSet<(string Node, string Name)> properties = new(Properties);
    private readonly RowSet<(string Node, string Principal)> entries = new(Entries);
    private readonly RowSet<(string Node, long Sequence)> inbox = new(Inbox);
    private readonly RowSet<(string Node, string Contact)> watched = new(Watched);
    private readonly RowSet<string> owed = new(Owed);
    private readonly RowSet<string> moves = new(Moves);
    private readonly RowSet<string> takenMoves = new(TakenMoves);
    private readonly RowSet<int> foreignIds = new(ForeignIds);
    private readonly HistoryRows history = new();

    private readonly HashSet<string> emptied = [];
    private readonly List<object?[]> viewsEnded = [];
    private readonly Dictionary<string, long> told = [];
    private readonly Dictionary<int, long> renewed = [];
    private readonly Dictionary<int, bool> silenced = [];
    private readonly Dictionary<(int View, string Name), long> valuesRenewed = [];
    private readonly Dictionary<(string Node, long Sequence), (string Holders, short Owed)> held = [];
    private readonly HashSet<short> shards = [];
    private long lastSequence;

    /// <summary>The shards in which anything changes.</summary>
    public IReadOnlyCollection<short> Shards => shards;

    /// <summary>Once the group is written sequences up to this one are noted as given.</summary>
    public long SequencesUntil => lastSequence > sequencesUntil ? lastSequence + SequencesAhead : sequencesUntil;

    /// <summary>Adds the changes of a call.</summary>
    public void Add(NodeChanges call)
    {
        if (call.Changes.Count == 0) return;
        var (url, node, shard) = (call.Node.ToString(), NodeRows.KeyOf(call.Node), ShardMap.Of(call.Node, shardCount));
        shards.Add(shard);
        foreach (var change in call.Changes)
        {
            if (IsOfRow(change)) nodes.Set(node, node, shard, url);
            Add(node, url, shard, change);
        }
    }

    /// <summary>Adds the statements.</summary>
    public void AddTo(NpgsqlBatch batch)
    {
        if (emptied.Count > 0)
        {
            foreach (var table in Emptied)
                Batches.Add(batch, $"DELETE FROM {table} WHERE node = ANY ($1)", (emptied.ToArray(), NpgsqlDbType.Array | Text));
        }
        if (viewsEnded.Count > 0)
        {
            Batches.Add(batch, "DELETE FROM view_values t USING unnest($1, $2) AS gone (view, node) WHERE t.view = gone.view AND t.node = gone.node",
                viewsEnded, [new("view", Integer), Node]);
        }
        if (told.Count > 0)
        {
            Batches.Add(batch, "DELETE FROM owed_news t USING unnest($1, $2) AS told (node, until) WHERE t.node = told.node AND t.since <= told.until",
                Rows(told, pair => [pair.Key, pair.Value]), [Node, new("until", Bigint)]);
        }
        subscriptions.DeleteIn(batch, Node);
        views.DeleteIn(batch, Node);
        values.DeleteIn(batch);
        properties.DeleteIn(batch);
        entries.DeleteIn(batch);
        inbox.DeleteIn(batch);
        watched.DeleteIn(batch);
        moves.DeleteIn(batch);
        foreignIds.DeleteIn(batch);

        nodes.UpsertIn(batch);
        accounts.UpsertIn(batch);
        subscriptions.UpsertIn(batch);
        views.UpsertIn(batch);
        values.UpsertIn(batch);
        properties.UpsertIn(batch);
        entries.UpsertIn(batch);
        inbox.UpsertIn(batch);
        watched.UpsertIn(batch);
        owed.UpsertIn(batch);
        moves.UpsertIn(batch);
        takenMoves.UpsertIn(batch);
        foreignIds.UpsertIn(batch);

        Alter(batch);
        history.AddTo(batch);
    }

    private void Alter(NpgsqlBatch batch)
    {
        if (renewed.Count > 0)
        {
            Batches.Add(batch, "UPDATE subscriptions t SET expires_at = n.at FROM unnest($1, $2) AS n (id, at) WHERE t.id = n.id",
                Rows(renewed, pair => [pair.Key, pair.Value]), [new("id", Integer), new("at", Bigint)]);
        }
        if (silenced.Count > 0)
        {
            Batches.Add(batch, "UPDATE subscriptions t SET silent = n.silent FROM unnest($1, $2) AS n (id, silent) WHERE t.id = n.id",
                Rows(silenced, pair => [pair.Key, Short(pair.Value)]), [new("id", Integer), new("silent", Smallint)]);
        }
        if (valuesRenewed.Count > 0)
        {
            Batches.Add(batch,
                "UPDATE view_values t SET expires_at = n.at FROM unnest($1, $2, $3) AS n (view, name, at) WHERE t.view = n.view AND t.name = n.name",
                Rows(valuesRenewed, pair => [pair.Key.View, pair.Key.Name, pair.Value]), [new("view", Integer), new("name", Text), new("at", Bigint)]);
        }
        if (held.Count > 0)
        {
            Batches.Add(batch, """
                UPDATE inbox t SET holders = n.holders, owed = n.owed FROM unnest($1, $2, $3, $4) AS n (node, sequence, holders, owed)
                WHERE t.node = n.node AND t.sequence = n.sequence
                """, Rows(held, pair => [pair.Key.Node, pair.Key.Sequence, pair.Value.Holders, pair.Value.Owed]),
                [Node, new("sequence", Bigint), new("holders", Text), new("owed", Smallint)]);
        }
        if (SequencesUntil > sequencesUntil)
            Batches.Add(batch, "UPDATE counters SET value = $1 WHERE name = 'poll_sequence' AND value < $1", (SequencesUntil, Bigint));
    }

    private void Add(string node, string url, short shard, Change change)
    {
        switch (change)
        {
            case Change.BelongsTo belongs:
                accounts.Set(node, node, shard, belongs.AccountId, Millis(belongs.MissingSince));
                break;
            case Change.Emptied emptying:
                Empty(node, emptying);
                break;
            case Change.SubscriptionMade made:
                Set(node, url, shard, made.Subscription);
                break;
            case Change.SubscriptionRenewed renewal:
                Renew(Number(node, renewal.Id), Millis(renewal.ExpiresAt));
                break;
            case Change.SubscriptionHeard:
                break;
            case Change.SubscriptionSilenced silence:
                Silence(Number(node, silence.Id), silence.IsSilent);
                break;
            case Change.SubscriptionEnded ended:
                EndSubscription(node, Number(node, ended.Id));
                Forget(node, ended.Id);
                break;
            case Change.ViewMade made:
                var view = NewNumber(node, shard, made.Id);
                views.Set(view, view, node, shard, made.SignIn is { } signIn ? Number(node, signIn) : null);
                break;
            case Change.ViewEnded ended:
                EndView(node, Number(node, ended.Id));
                Forget(node, ended.Id);
                break;
            case Change.ViewValueSet set:
                var key = (View: Number(node, set.View), Name: set.Name.ToString());
                valuesRenewed.Remove(key);
                values.Set(key, key.View, key.Name, node, shard, set.Value.InnerXml, set.Value.Default, Millis(set.Value.ExpiresAt), set.Value.Order);
                break;
            case Change.ViewValueRenewed renewal:
                Renew((Number(node, renewal.View), renewal.Name.ToString()), Millis(renewal.ExpiresAt));
                break;
            case Change.ViewValueEnded ended:
                var end = (View: Number(node, ended.View), Name: ended.Name.ToString());
                valuesRenewed.Remove(end);
                values.Remove(end, end.View, end.Name);
                break;
            case Change.PropertySet set:
                var property = set.Name.ToString();
                properties.Set((node, property), node, property, shard, set.InnerXml);
                break;
            case Change.PropertyRemoved removed:
                properties.Remove((node, removed.Name.ToString()), node, removed.Name.ToString());
                break;
            case Change.AccessEntrySet { Entry: var entry }:
                var who = entry.Principal is { } person ? StoredUrl.Of(person) : default;
                var principal = KeyOf(entry.Principal);
                entries.Set((node, principal), node, principal, shard, who.Identity, who.Spelling, (int)entry.Credentials, (int)entry.Grant, (int)entry.Deny);
                break;
            case Change.AccessEntryRemoved removed:
                entries.Remove((node, KeyOf(removed.Principal)), node, KeyOf(removed.Principal));
                break;
            case Change.EntryQueued { Entry: var entry }:
                held.Remove((node, entry.Sequence));
                inbox.Set((node, entry.Sequence), node, entry.Sequence, shard, entry.Body.ToArray(), entry.Contact, Millis(entry.QueuedAt), entry.Sender,
                    HoldersText(node, entry.Holders), Short(entry.IsOwed));
                lastSequence = Math.Max(lastSequence, entry.Sequence);
                break;
            case Change.EntryHeld hold:
                Hold((node, hold.Sequence), HoldersText(node, hold.Holders), Short(hold.IsOwed));
                break;
            case Change.EntryRemoved removed:
                held.Remove((node, removed.Sequence));
                inbox.Remove((node, removed.Sequence), node, removed.Sequence);
                break;
            case Change.ContactWatched watch:
                var contact = StoredUrl.Of(watch.Contact);
                watched.Set((node, KeyOf(watch.Contact)), node, KeyOf(watch.Contact), shard, contact.Identity, contact.Spelling, Millis(watch.Until));
                break;
            case Change.ContactUnwatched unwatched:
                watched.Remove((node, KeyOf(unwatched.Contact)), node, KeyOf(unwatched.Contact));
                break;
            case Change.WatchersOwed owing:
                owed.Set(node, node, shard, Millis(owing.Since));
                break;
            case Change.WatchersTold telling:
                Tell(node, Millis(telling.Until));
                break;
            case Change.MessageArchived { Message: var message }:
                history.Add(node, message);
                break;
            case Change.HistoryRead read:
                history.MarkRead(node, read);
                break;
            case Change.HistoryForgotten forgotten:
                history.Forget(node, forgotten);
                break;
            case Change.BelongingsInherited { Former: var former }:
                history.Inherit(NodeRows.KeyOf(former), node);
                break;
            case Change.SequencesGiven given:
                lastSequence = Math.Max(lastSequence, given.Last);
                break;
            case Change.MoveNoted { Move: var move }:
                var id = move.Id.ToString("N");
                if (move.Stage == MoveStage.Arrived) takenMoves.Set(id, id);
                moves.Set(node, node, shard, (short)move.Stage, id, move.Home, string.Join(',', move.Formers), Millis(move.At));
                break;
            case Change.MoveForgotten:
                moves.Remove(node, node);
                break;
            default:
                throw new InvalidOperationException("A change that no table knows: " + change);
        }
    }

    private void Set(string node, string url, short shard, Subscription subscription)
    {
        var principal = StoredUrl.Of(subscription.Principal);
        var written = StoredUrl.Of(subscription.NodeAsWritten);
        var callback = StoredCallback.Of(subscription.Callback);
        var isPrincipal = callback.Kind == CallbackKind.Logical && callback.Text == principal.Identity;
        var number = NewNumber(node, shard, subscription.Id);
        renewed.Remove(number);
        silenced.Remove(number);
        subscriptions.Set(number, number, node, shard, (short)subscription.Type, principal.Identity, principal.Spelling, (short)subscription.Proof,
            written.Identity == url ? null : written.Identity, written.Spelling, (short)callback.Kind, isPrincipal ? null : callback.Text, callback.Spelling,
            subscription.Address.ToString(), Millis(subscription.ExpiresAt), subscription.PasswordStamp, Short(subscription.IsSilent));
    }

    private void Renew(int number, long at)
    {
        if (subscriptions.Find(number) is { } row) row[13] = at;
        else renewed[number] = at;
    }

    private void Silence(int number, bool isSilent)
    {
        if (subscriptions.Find(number) is { } row) row[15] = Short(isSilent);
        else silenced[number] = isSilent;
    }

    private void Renew((int View, string Name) key, long at)
    {
        if (values.Find(key) is { } row) row[6] = at;
        else valuesRenewed[key] = at;
    }

    private void Hold((string Node, long Sequence) key, string holders, short isOwed)
    {
        if (inbox.Find(key) is { } row) (row[7], row[8]) = (holders, isOwed);
        else held[key] = (holders, isOwed);
    }

    private void Tell(string node, long until)
    {
        if (owed.Find(node) is { } row)
        {
            if ((long)row[2]! > until) return;
            owed.Forget(other => other == row);
            // It would have taken the place of what is stored, whenever that was.
            until = long.MaxValue;
        }
        told[node] = Math.Max(until, told.GetValueOrDefault(node, until));
    }

    private void EndSubscription(string node, int number)
    {
        renewed.Remove(number);
        silenced.Remove(number);
        subscriptions.RemoveOfNode(number, row => (string)row[1]! == node, number, node);
    }

    private void EndView(string node, int number)
    {
        viewsEnded.Add([number, node]);
        values.Forget(row => (int)row[0]! == number && (string)row[2]! == node);
        views.RemoveOfNode(number, row => (string)row[1]! == node, number, node);
    }

    private void Empty(string node, Change.Emptied emptying)
    {
        foreach (var id in emptying.Subscriptions) EndSubscription(node, Number(node, id));
        foreach (var id in emptying.Views) EndView(node, Number(node, id));
        emptied.Add(node);
        nodes.Forget(IsOfNode);
        accounts.Forget(IsOfNode);
        properties.Forget(IsOfNode);
        entries.Forget(IsOfNode);
        inbox.Forget(IsOfNode);
        watched.Forget(IsOfNode);
        owed.Forget(IsOfNode);
        moves.Forget(IsOfNode);
        foreignIds.Forget(row => (string)row[1]! == node);
        if (!emptying.KeepsBelongings) history.Drop(node);

        bool IsOfNode(object?[] row) => (string)row[0]! == node;
    }

    private int Number(string node, int id) => ids.NumberOf(node, id);

    // Of a row that is made: an id that the node brought along goes with it.
    private int NewNumber(string node, short shard, int id)
    {
        if (ids.FindForeign(node, id) is not { } number) return ids.NumberOf(node, id);
        foreignIds.Set(number, number, node, shard, id);
        return number;
    }

    // In memory it stays until the next start, since this transaction may fail.
    private void Forget(string node, int id)
    {
        if (ids.FindForeign(node, id) is { } number) foreignIds.Remove(number, number);
    }

    private string HoldersText(string node, ImmutableArray<int> holders) => string.Join(',', holders.Select(id => Number(node, id)));

    // Of these the node's URL is needed when they are read.
    private static bool IsOfRow(Change change) => change is Change.BelongsTo or Change.SubscriptionMade or Change.ViewMade or Change.PropertySet
        or Change.AccessEntrySet or Change.EntryQueued or Change.ContactWatched or Change.WatchersOwed or Change.MoveNoted;

    private static object?[][] Rows<T>(IEnumerable<T> all, Func<T, object?[]> row) => [.. all.Select(row)];

    private static string KeyOf(RvpUrl? principal) => principal is null ? "" : StoredUrl.KeyOf(principal);

    private static short Short(bool value) => value ? (short)1 : (short)0;

    private static long Millis(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    private static long? Millis(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds();
}
