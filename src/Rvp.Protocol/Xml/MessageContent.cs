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
        var session = FieldOf(head, "Session-Id:");
        var type = FieldOf(head, "Content-Type:");
        var isText = type.Length == 0 || type.Split(';')[0].Trim().Equals("text/plain", StringComparison.OrdinalIgnoreCase);
        return new MessageContent(session.Length > MaxSession ? session[..MaxSession] : session, isText && end >= 0 ? mime[(end + 2)..] : "");
    }

    private static string FieldOf(string head, string name)
    {
        foreach (var line in head.AsSpan().EnumerateLines())
            if (line.StartsWith(name, StringComparison.OrdinalIgnoreCase)) return line[name.Length..].Trim().ToString();
        return "";
    }
}
