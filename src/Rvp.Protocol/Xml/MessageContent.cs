using System.Text;

namespace Rvp.Protocol.Xml;

/// <summary>What somebody wrote, out of a message's document.</summary>
/// <param name="Session">The Session-Id of its conversation.</param>
/// <param name="Text">Its text; empty for anything but plain text.</param>
public sealed record MessageContent(string Session, string Text)
{
    private const int MaxSession = 100;

    /// <summary>Reads a message that <see cref="NotificationXml.ReadHead"/> has accepted; null for one that cannot be read all the same.</summary>
    public static MessageContent? Of(ReadOnlyMemory<byte> document)
    {
        if (FindPlain(document.Span) is { IsEmpty: false } mime) return OfMime(Encoding.UTF8.GetString(mime).ReplaceLineEndings("\n"));
        try
        {
            return NotificationXml.Read(document) is MessageNotice message ? OfMime(message.MimeData) : null;
        }
        catch (RvpException)
        {
            return null;
        }
    }

    // As nearly all clients write it, in one CDATA section, it needs no XML reader. Nothing that comes before can hold such a mark as text, where a document
    // was accepted: names have theirs escaped.
    private static ReadOnlySpan<byte> FindPlain(ReadOnlySpan<byte> document)
    {
        var begin = document.IndexOf("mime-data><![CDATA["u8);
        if (begin < 0 || document.Count("<![CDATA["u8) != 1) return [];
        var mime = document[(begin + "mime-data><![CDATA["u8.Length)..];
        var end = mime.IndexOf("]]>"u8);
        return end < 0 ? [] : mime[..end];
    }

    private static MessageContent OfMime(string mime)
    {
        var end = mime.IndexOf("\n\n", StringComparison.Ordinal);
        var head = end < 0 ? mime : mime[..end];
        _ = MimeHead.Has(head, "Session-Id", out var session);
        _ = MimeHead.Has(head, "Content-Type", out var type);
        if (type.IndexOf(';') is >= 0 and var parameters) type = type[..parameters].Trim();
        var isText = type.IsEmpty || type.Equals("text/plain", StringComparison.OrdinalIgnoreCase);
        if (session.Length > MaxSession) session = session[..MaxSession];
        return new MessageContent(session.ToString(), isText && end >= 0 ? mime[(end + 2)..] : "");
    }
}
