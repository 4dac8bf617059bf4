using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using Rvp.Engine;
using Rvp.Protocol;

namespace RvpServer.Storage.Sqlite;

/// <summary>
/// Writes changes as rows, with statements that are prepared once. Used by one thread at a time, inside a transaction of the caller. In the tables ids are the
/// numbers behind them: in the order of making, so that new rows come at the end of a table.
/// </summary>
internal sealed class ChangeWriter(SqliteConnection connection, StoredIds ids) : IDisposable
{
    private readonly Statement setSubscription = new(connection, """
        INSERT INTO subscriptions (id, node, type, principal, principal_spelling, proof, node_as_spelt, node_as_spelt_spelling,
            callback_kind, callback, callback_spelling, address, expires_at, password_stamp, silent)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
        ON CONFLICT (id) DO UPDATE SET node = ?2, type = ?3, principal = ?4, principal_spelling = ?5, proof = ?6, node_as_spelt = ?7,
            node_as_spelt_spelling = ?8, callback_kind = ?9, callback = ?10, callback_spelling = ?11, address = ?12, expires_at = ?13,
            password_stamp = ?14, silent = ?15
        """);

    private readonly Statement renewSubscription = new(connection, "UPDATE subscriptions SET expires_at = ?2 WHERE id = ?1");
    private readonly Statement silenceSubscription = new(connection, "UPDATE subscriptions SET silent = ?2 WHERE id = ?1");
    private readonly Statement endSubscription = new(connection, "DELETE FROM subscriptions WHERE id = ?1");

    private readonly Statement setView = new(connection,
        "INSERT INTO views (id, node, sign_in) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET node = ?2, sign_in = ?3");

    private readonly Statement endView = new(connection, "DELETE FROM views WHERE id = ?1");
    private readonly Statement endViewValues = new(connection, "DELETE FROM view_values WHERE view = ?1");

    private readonly Statement setViewValue = new(connection, """
        INSERT INTO view_values (view, name, node, inner_xml, default_xml, expires_at, set_order) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT (view, name) DO UPDATE SET node = ?3, inner_xml = ?4, default_xml = ?5, expires_at = ?6, set_order = ?7
        """);

    private readonly Statement renewViewValue = new(connection, "UPDATE view_values SET expires_at = ?3 WHERE view = ?1 AND name = ?2");
    private readonly Statement endViewValue = new(connection, "DELETE FROM view_values WHERE view = ?1 AND name = ?2");

    private readonly Statement setProperty = new(connection,
        "INSERT INTO properties (node, name, inner_xml) VALUES (?1, ?2, ?3) ON CONFLICT (node, name) DO UPDATE SET inner_xml = ?3");

    private readonly Statement removeProperty = new(connection, "DELETE FROM properties WHERE node = ?1 AND name = ?2");

    private readonly Statement setAccessEntry = new(connection, """
        INSERT INTO access_entries (node, principal_key, principal, principal_spelling, credentials, grants, denies) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT (node, principal_key) DO UPDATE SET principal = ?3, principal_spelling = ?4, credentials = ?5, grants = ?6, denies = ?7
        """);

    private readonly Statement removeAccessEntry = new(connection, "DELETE FROM access_entries WHERE node = ?1 AND principal_key = ?2");

    private readonly Statement queueEntry = new(connection, """
        INSERT INTO inbox (node, sequence, body, contact, queued_at, sender, holders, owed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        ON CONFLICT (node, sequence) DO UPDATE SET body = ?3, contact = ?4, queued_at = ?5, sender = ?6, holders = ?7, owed = ?8
        """);

    private readonly Statement holdEntry = new(connection, "UPDATE inbox SET holders = ?3, owed = ?4 WHERE node = ?1 AND sequence = ?2");
    private readonly Statement removeEntry = new(connection, "DELETE FROM inbox WHERE node = ?1 AND sequence = ?2");
    private readonly Statement raiseSequence = new(connection, "UPDATE counters SET value = max(value, ?1) WHERE name = 'poll_sequence'");

    private readonly Statement setAccount = new(connection, """
        INSERT INTO node_accounts (node, account, missing_since) VALUES (?1, ?2, ?3) ON CONFLICT (node) DO UPDATE SET account = ?2, missing_since = ?3
        """);

    // By their ids, of which another node may have inherited some.
    private readonly Statement emptySubscription = new(connection, "DELETE FROM subscriptions WHERE id = ?1 AND node = ?2");
    private readonly Statement emptyView = new(connection, "DELETE FROM views WHERE id = ?1 AND node = ?2");
    private readonly Statement[] empty = [.. NodeRows.ByNode.Select(table => new Statement(connection, $"DELETE FROM {table} WHERE node = ?1"))];
    private readonly Statement[] drop = [.. NodeRows.Belongings.Select(table => new Statement(connection, $"DELETE FROM {table} WHERE node = ?1"))];

    private readonly Statement watchContact = new(connection, """
        INSERT INTO watched_elsewhere (node, contact_key, contact, contact_spelling, until) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (node, contact_key) DO UPDATE SET contact = ?3, contact_spelling = ?4, until = ?5
        """);

    private readonly Statement unwatchContact = new(connection, "DELETE FROM watched_elsewhere WHERE node = ?1 AND contact_key = ?2");

    private readonly Statement oweWatchers = new(connection,
        "INSERT INTO owed_news (node, since) VALUES (?1, ?2) ON CONFLICT (node) DO UPDATE SET since = ?2");

    private readonly Statement tellWatchers = new(connection, "DELETE FROM owed_news WHERE node = ?1 AND since <= ?2");

    private readonly Statement noteMove = new(connection, """
        INSERT INTO moves (node, id, stage, home, formers, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (node) DO UPDATE SET id = ?2, stage = ?3, home = ?4, formers = ?5, at = ?6
        """);

    private readonly Statement noteTaken = new(connection, "INSERT OR IGNORE INTO taken_moves (id) VALUES (?1)");
    private readonly Statement forgetMove = new(connection, "DELETE FROM moves WHERE node = ?1");

    private readonly Statement keepForeignId = new(connection,
        "INSERT INTO foreign_ids (number, node, id) VALUES (?1, ?2, ?3) ON CONFLICT (number) DO UPDATE SET node = ?2, id = ?3");

    private readonly Statement forgetForeignId = new(connection, "DELETE FROM foreign_ids WHERE number = ?1");

    private readonly HistoryWriter history = new(connection);
    private readonly InheritedBelongings belongings = new(connection);

    /// <summary>Writes one change of a node, which is given by its canonical text.</summary>
    public void Write(string node, Change change)
    {
        switch (change)
        {
            case Change.BelongsTo belongs:
                setAccount.Run(node, belongs.AccountId, Millis(belongs.MissingSince));
                break;
            case Change.Emptied emptied:
                Empty(node, emptied);
                break;
            case Change.SubscriptionMade made:
                Write(node, made.Subscription);
                break;
            case Change.SubscriptionRenewed renewed:
                renewSubscription.Run(Number(node, renewed.Id), Millis(renewed.ExpiresAt));
                break;
            case Change.SubscriptionHeard:
                break;
            case Change.SubscriptionSilenced silenced:
                silenceSubscription.Run(Number(node, silenced.Id), silenced.IsSilent);
                break;
            case Change.SubscriptionEnded ended:
                endSubscription.Run(Number(node, ended.Id));
                Forget(node, ended.Id);
                break;
            case Change.ViewMade made:
                setView.Run(NewNumber(node, made.Id), node, made.SignIn is { } signIn ? Number(node, signIn) : default(SqlValue));
                break;
            case Change.ViewEnded ended:
                endViewValues.Run(Number(node, ended.Id));
                endView.Run(Number(node, ended.Id));
                Forget(node, ended.Id);
                break;
            case Change.ViewValueSet set:
                setViewValue.Run(Number(node, set.View), set.Name.ToString(), node, set.Value.InnerXml, set.Value.Default, Millis(set.Value.ExpiresAt),
                    set.Value.Order);
                break;
            case Change.ViewValueRenewed renewed:
                renewViewValue.Run(Number(node, renewed.View), renewed.Name.ToString(), Millis(renewed.ExpiresAt));
                break;
            case Change.ViewValueEnded ended:
                endViewValue.Run(Number(node, ended.View), ended.Name.ToString());
                break;
            case Change.PropertySet set:
                setProperty.Run(node, set.Name.ToString(), set.InnerXml);
                break;
            case Change.PropertyRemoved removed:
                removeProperty.Run(node, removed.Name.ToString());
                break;
            case Change.AccessEntrySet set:
                var principal = set.Entry.Principal is { } url ? StoredUrl.Of(url) : default;
                setAccessEntry.Run(node, KeyOf(set.Entry.Principal), principal.Identity, principal.Spelling,
                    (int)set.Entry.Credentials, (int)set.Entry.Grant, (int)set.Entry.Deny);
                break;
            case Change.AccessEntryRemoved removed:
                removeAccessEntry.Run(node, KeyOf(removed.Principal));
                break;
            case Change.EntryQueued { Entry: var entry }:
                queueEntry.Run(node, entry.Sequence, entry.Body.ToArray(), entry.Contact, Millis(entry.QueuedAt), entry.Sender, Text(node, entry.Holders),
                    entry.IsOwed);
                raiseSequence.Run(entry.Sequence);
                break;
            case Change.EntryHeld held:
                holdEntry.Run(node, held.Sequence, Text(node, held.Holders), held.IsOwed);
                break;
            case Change.EntryRemoved removed:
                removeEntry.Run(node, removed.Sequence);
                break;
            case Change.ContactWatched watched:
                var contact = StoredUrl.Of(watched.Contact);
                watchContact.Run(node, KeyOf(watched.Contact), contact.Identity, contact.Spelling, Millis(watched.Until));
                break;
            case Change.ContactUnwatched unwatched:
                unwatchContact.Run(node, KeyOf(unwatched.Contact));
                break;
            case Change.WatchersOwed owed:
                oweWatchers.Run(node, Millis(owed.Since));
                break;
            case Change.WatchersTold told:
                tellWatchers.Run(node, Millis(told.Until));
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
                belongings.Inherit(former.ToString(), node);
                break;
            case Change.SequencesGiven given:
                raiseSequence.Run(given.Last);
                break;
            case Change.MoveNoted { Move: var move }:
                if (move.Stage == MoveStage.Arrived) noteTaken.Run(move.Id.ToString("N"));
                noteMove.Run(node, move.Id.ToString("N"), (int)move.Stage, move.Home, string.Join(',', move.Formers), Millis(move.At));
                break;
            case Change.MoveForgotten:
                forgetMove.Run(node);
                break;
            default:
                throw new InvalidOperationException("A change that no table knows: " + change);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Statement[] all =
        [
            setSubscription, renewSubscription, endSubscription, setView, endView, endViewValues, setViewValue, renewViewValue, endViewValue,
            setProperty, removeProperty, setAccessEntry, removeAccessEntry, queueEntry, holdEntry, removeEntry, raiseSequence,
            silenceSubscription, emptySubscription, emptyView,
            watchContact, unwatchContact, setAccount, oweWatchers, tellWatchers, noteMove, noteTaken, forgetMove,
            keepForeignId, forgetForeignId, .. empty, .. drop,
        ];
        foreach (var statement in all) statement.Dispose();
        history.Dispose();
        belongings.Dispose();
    }

    private void Write(string node, Subscription subscription)
    {
        var principal = StoredUrl.Of(subscription.Principal);
        var written = StoredUrl.Of(subscription.NodeAsWritten);
        var callback = StoredCallback.Of(subscription.Callback);
        var isPrincipal = callback.Kind == CallbackKind.Logical && callback.Text == principal.Identity;
        setSubscription.Run(NewNumber(node, subscription.Id), node, (int)subscription.Type, principal.Identity, principal.Spelling, (int)subscription.Proof,
            written.Identity == node ? null : written.Identity, written.Spelling, (int)callback.Kind, isPrincipal ? null : callback.Text, callback.Spelling,
            subscription.Address.ToString(), Millis(subscription.ExpiresAt), subscription.PasswordStamp, subscription.IsSilent);
    }

    private void Empty(string node, Change.Emptied emptied)
    {
        foreach (var id in emptied.Subscriptions) emptySubscription.Run(Number(node, id), node);
        foreach (var id in emptied.Views)
        {
            endViewValues.Run(Number(node, id));
            emptyView.Run(Number(node, id), node);
        }
        foreach (var table in empty) table.Run(node);
        if (emptied.KeepsBelongings) return;
        foreach (var table in drop) table.Run(node);
    }

    private int Number(string node, int id) => ids.NumberOf(node, id);

    // Of a row that is made: an id that the node brought along goes with it.
    private int NewNumber(string node, int id)
    {
        if (ids.FindForeign(node, id) is not { } number) return ids.NumberOf(node, id);
        keepForeignId.Run(number, node, id);
        return number;
    }

    // In memory it stays until the next start, since this transaction may fail.
    private void Forget(string node, int id)
    {
        if (ids.FindForeign(node, id) is { } number) forgetForeignId.Run(number);
    }

    private string Text(string node, ImmutableArray<int> holders) => string.Join(',', holders.Select(id => Number(node, id)));

    private static string KeyOf(RvpUrl? principal) => principal is null ? "" : StoredUrl.KeyOf(principal);

    private static long? Millis(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds();
}
