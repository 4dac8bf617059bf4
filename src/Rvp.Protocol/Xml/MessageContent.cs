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
        try
        {
            return NotificationXml.Read(document) is MessageNotice message ? OfMime(message.MimeData) : null;
        }
        catch (RvpException)
        {
            return null;
        }
    }

    private static MessageContent OfMime(string mime)
    {
        var end = mime.IndexOf("\n\n", StringComparison.Ordinal);
        var (head, text) = end < 0 ? (mime, "") : (mime[..end], mime[(end + 2)..]);
        var session = "";
        var type = "text/plain";
        foreach (var line in head.Split('\n'))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0) continue;
            var value = line[(colon + 1)..].Trim();
            if (line.StartsWith("Session-Id:", StringComparison.OrdinalIgnoreCase)) session = value.Length > MaxSession ? value[..MaxSession] : value;
            else if (line.StartsWith("Content-Type:", StringComparison.OrdinalIgnoreCase)) type = value.Split(';')[0].Trim();
        }
        return new MessageContent(session, type.Equals("text/plain", StringComparison.OrdinalIgnoreCase) ? text : "");
    }
}
