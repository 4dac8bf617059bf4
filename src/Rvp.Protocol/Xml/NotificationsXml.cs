using System.Text;
using System.Xml;

namespace Rvp.Protocol.Xml;

/// <summary>The answer to a POLL: notifications in order, each as it would have been sent, without its XML declaration. (Decision)</summary>
public static class NotificationsXml
{
    private static readonly byte[] Head = Encoding.UTF8.GetBytes(RvpXml.Prolog + "<r:notifications xmlns:r='" + RvpXml.Rvp + "'>");
    private static readonly byte[] Tail = "</r:notifications>"u8.ToArray();

    /// <summary>Joins UTF-8 documents into one.</summary>
    public static byte[] Write(IEnumerable<ReadOnlyMemory<byte>> documents)
    {
        using var result = new MemoryStream();
        result.Write(Head);
        foreach (var document in documents) result.Write(WithoutDeclaration(document.Span));
        result.Write(Tail);
        return result.ToArray();
    }

    /// <summary>
    /// Reads the notifications, in order. A malformed or oversized one is skipped: strangers write them, and the others must not suffer. Throws
    /// <see cref="RvpException"/> when the whole is not an r:notifications document or has more than <paramref name="maxCount"/>.
    /// </summary>
    public static IReadOnlyList<Notice> Read(ReadOnlyMemory<byte> body, int maxCount = 1000) =>
        SafeReader.Read(body, RvpXml.ReaderSettings, reader => ReadAll(reader, maxCount));

    /// <summary>True for a document that can be put unchanged into a UTF-8 one: it declares no other encoding and has no byte order mark of another.</summary>
    public static bool CanContain(ReadOnlySpan<byte> document)
    {
        if (document.Length < 2 || document[0] is 0 or 0xFE or 0xFF || document[1] == 0) return false;
        var declaration = document[..^WithoutDeclaration(document).Length];
        var encoding = declaration.IndexOf("encoding"u8);
        return encoding < 0 || Encoding.ASCII.GetString(declaration[encoding..]).Contains("utf-8", StringComparison.OrdinalIgnoreCase);
    }

    private static List<Notice> ReadAll(XmlReader reader, int maxCount)
    {
        if (reader.MoveToContent() != XmlNodeType.Element || reader.LocalName != "notifications" || reader.NamespaceURI != RvpXml.Rvp)
            throw new RvpException("The answer to a POLL must be r:notifications.");
        var notices = new List<Notice>();
        var count = 0;
        while (reader.Read())
        {
            if (reader.NodeType != XmlNodeType.Element) continue;
            if (++count > maxCount) throw new RvpException($"The answer to a POLL holds more than {maxCount} notifications.");
            // When this is closed, the outer reader is at the end of the notification, however far the inner one has read.
            using var one = reader.ReadSubtree();
            try
            {
                one.Read();
                notices.Add(NotificationXml.Read(SafeReader.ReadTree(one)));
            }
            catch (RvpException)
            {
                // Skipped.
            }
        }
        return notices;
    }

    internal static ReadOnlySpan<byte> WithoutDeclaration(ReadOnlySpan<byte> document)
    {
        if (document.StartsWith("\ufeff"u8)) document = document[3..];
        document = document.TrimStart(" \t\r\n"u8);
        if (!document.StartsWith("<?xml"u8)) return document;
        var end = document.IndexOf("?>"u8);
        return end < 0 ? document : document[(end + 2)..].TrimStart(" \t\r\n"u8);
    }
}
