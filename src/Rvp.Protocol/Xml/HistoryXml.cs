using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace Rvp.Protocol.Xml;

/// <summary>Which messages of a history. (Decision)</summary>
/// <param name="With">One conversation: the other person's logical URL, or a Session-Id; null: all.</param>
/// <param name="Before">Only those with a smaller id; null: any.</param>
/// <param name="After">Only those with a larger id; null: any.</param>
/// <param name="Match">Words that all begin a word of the text; null: any text.</param>
/// <param name="Limit">How many at most.</param>
public sealed record HistoryQuery(string? With, long? Before, long? After, string? Match, int Limit);

/// <summary>A message of a history.</summary>
/// <param name="Id">Grows with time; of one server only.</param>
/// <param name="At">When the server took it.</param>
/// <param name="IsMine">True if the owner said it.</param>
/// <param name="With">Its conversation.</param>
/// <param name="Body">The notification as it was sent.</param>
public sealed record HistoryItem(long Id, DateTimeOffset At, bool IsMine, string With, ReadOnlyMemory<byte> Body);

/// <summary>A part of a history, oldest first.</summary>
/// <param name="Items">The messages.</param>
/// <param name="HasMore">Whether there are further ones, in the direction in which was asked.</param>
public sealed record HistoryPage(IReadOnlyList<HistoryItem> Items, bool HasMore);

/// <summary>A conversation of a history.</summary>
/// <param name="With">The other person's logical URL, or a Session-Id.</param>
/// <param name="ReadUntil">The id up to which it was read on some device; 0: never.</param>
/// <param name="Unread">Messages of others after that one.</param>
/// <param name="Last">The last message.</param>
public sealed record HistoryConversation(string With, long ReadUntil, int Unread, HistoryItem Last);

/// <summary>What the owner does with a history: moves the read marker, or deletes.</summary>
/// <param name="IsForgetting">True to delete.</param>
/// <param name="With">One conversation; null: all, only for deleting.</param>
/// <param name="Until">Up to this id; null: everything so far.</param>
public sealed record HistoryMark(bool IsForgetting, string? With, long? Until);

/// <summary>The documents of REPORT and POST about an account's history, in a namespace of our own. (Decision)</summary>
public static class HistoryXml
{
    /// <summary>The namespace.</summary>
    public const string Namespace = "urn:rvpserver:history";

    /// <summary>Most messages in one answer.</summary>
    public const int MaxLimit = 200;

    private const int DefaultLimit = 50;
    private const int MaxMatch = 200;

    private static readonly XNamespace Own = Namespace;

    /// <summary>The property of a node by whose change its owner's devices hear that the history has changed.</summary>
    public static PropertyName Changed { get; } = new(Namespace, "changed");

    /// <summary>True for a question about messages.</summary>
    public static bool IsQuery(XElement root) => root.Name == Own + "history-query";

    /// <summary>True for a question about conversations.</summary>
    public static bool IsConversationsQuery(XElement root) => root.Name == Own + "conversations-query";

    /// <summary>Reads h:history-query.</summary>
    public static HistoryQuery ReadQuery(XElement root)
    {
        var match = TextOf(root, "match");
        if (match?.Length > MaxMatch) throw new RvpException($"h:match is longer than {MaxMatch} characters.");
        return new HistoryQuery(TextOf(root, "with"), NumberOf(root, "before"), NumberOf(root, "after"), match, ReadLimit(root));
    }

    /// <summary>The h:limit of either question.</summary>
    public static int ReadLimit(XElement root) =>
        NumberOf(root, "limit") switch
        {
            null => DefaultLimit,
            >= 1 and <= MaxLimit and var limit => (int)limit,
            _ => throw new RvpException($"h:limit must be from 1 to {MaxLimit}."),
        };

    /// <summary>Reads h:read or h:forget.</summary>
    public static HistoryMark ReadMark(ReadOnlyMemory<byte> body)
    {
        var root = RvpXml.ReadDocument(body);
        var isForgetting = root.Name == Own + "forget";
        if (!isForgetting && root.Name != Own + "read") throw new RvpException("The root of a POST to a node must be h:read or h:forget.");
        var mark = new HistoryMark(isForgetting, TextOf(root, "with"), NumberOf(root, "until"));
        return isForgetting || mark.With is not null ? mark : throw new RvpException("h:read must say which conversation: h:with is missing.");
    }

    /// <summary>Writes the answer to h:history-query.</summary>
    public static byte[] Write(HistoryPage page, int keptDays)
    {
        using var result = Begin("history", keptDays);
        foreach (var item in page.Items) Append(result, item);
        if (page.HasMore) result.Write("<h:more/>"u8);
        return End(result, "history");
    }

    /// <summary>Writes the answer to h:conversations-query.</summary>
    public static byte[] Write(IReadOnlyList<HistoryConversation> conversations, int keptDays)
    {
        using var result = Begin("conversations", keptDays);
        foreach (var conversation in conversations)
        {
            Append(result, $"<h:conversation><h:with>{RvpXml.Escape(conversation.With)}</h:with><h:read>{conversation.ReadUntil}</h:read>");
            Append(result, $"<h:unread>{conversation.Unread}</h:unread>");
            Append(result, conversation.Last);
            result.Write("</h:conversation>"u8);
        }
        return End(result, "conversations");
    }

    private static MemoryStream Begin(string root, int keptDays)
    {
        var result = new MemoryStream();
        Append(result, $"{RvpXml.Prolog}<h:{root} xmlns:h='{Namespace}' {RvpXml.Declarations}><h:kept-days>{keptDays}</h:kept-days>");
        return result;
    }

    private static byte[] End(MemoryStream result, string root)
    {
        Append(result, $"</h:{root}>");
        return result.ToArray();
    }

    private static void Append(MemoryStream result, HistoryItem item)
    {
        Append(result, $"<h:entry><h:id>{item.Id}</h:id><h:at>{item.At.ToUniversalTime():yyyy-MM-dd'T'HH:mm:ss.fff'Z'}</h:at>");
        if (item.IsMine) result.Write("<h:from-me/>"u8);
        Append(result, $"<h:with>{RvpXml.Escape(item.With)}</h:with>");
        result.Write(NotificationsXml.WithoutDeclaration(item.Body.Span));
        result.Write("</h:entry>"u8);
    }

    private static void Append(MemoryStream result, FormattableString text) =>
        result.Write(Encoding.UTF8.GetBytes(text.ToString(CultureInfo.InvariantCulture)));

    private static string? TextOf(XElement root, string name) => root.Element(Own + name)?.Value.Trim() is { Length: > 0 } text ? text : null;

    private static long? NumberOf(XElement root, string name)
    {
        if (TextOf(root, name) is not { } text) return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number : throw new RvpException($"h:{name} must be a number.");
    }
}
