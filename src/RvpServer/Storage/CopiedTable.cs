namespace RvpServer.Storage;

/// <summary>A table that both kinds of stores have.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">How its rows name a node.</param>
/// <param name="IsInOrder">Whether the order in which its rows were made counts: SQLite has it anyway, PostgreSQL in the column <c>made</c>.</param>
internal sealed record CopiedTable(string Name, RowsOf Kind = RowsOf.Others, bool IsInOrder = false)
{
    /// <summary>All of them, each after those that its rows refer to.</summary>
    public static IReadOnlyList<CopiedTable> All { get; } =
    [
        new("counters"), new("id_key"), new("resting_ids"), new("taken_moves"),
        new("node_accounts", RowsOf.Node), new("subscriptions", RowsOf.Node), new("views", RowsOf.Node), new("view_values", RowsOf.Node),
        new("properties", RowsOf.Node, IsInOrder: true), new("access_entries", RowsOf.Node, IsInOrder: true), new("inbox", RowsOf.Node),
        new("watched_elsewhere", RowsOf.Node, IsInOrder: true), new("owed_news", RowsOf.Node), new("moves", RowsOf.Node), new("foreign_ids", RowsOf.Node),
        new("pictures", RowsOf.Belongings), new("history_conversations", RowsOf.Belongings), new("history_messages", RowsOf.Conversation),
        new("accounts"), new("addresses"), new("secrets"), new("old_secrets"), new("own_passwords"), new("unfinished_import"), new("known_addresses"),
        new("web_sessions"), new("administrators"), new("audit"), new("webhooks"), new("push_subscriptions"), new("push_key"),
    ];

    /// <summary>Whether a new store has rows in it, which give way to those that are copied.</summary>
    public bool IsFilledFromTheStart => Name is "counters" or "id_key";

    /// <summary>Whether the rows have a number that the database gives, so that it must know the last one.</summary>
    public bool HasNumbers => IsCounted || Name is "accounts" or "history_conversations";

    /// <summary>Whether a file knows the last of these numbers, too, when its row is gone.</summary>
    public bool IsCounted => Name == "history_messages";
}

/// <summary>What a table's rows belong to.</summary>
internal enum RowsOf
{
    /// <summary>No node.</summary>
    Others,

    /// <summary>A node, which is in a shard.</summary>
    Node,

    /// <summary>A node, by its name alone.</summary>
    Belongings,

    /// <summary>A conversation of a node's history, which is searched.</summary>
    Conversation,
}
