using System.Globalization;
using System.Text;

namespace Rvp.Protocol.Xml;

/// <summary>
/// The time at which a message was sent, for who reads it later: a <c>Date</c> in its MIME head [RFC 5322, 3.6.1], after the first line, since the first one is
/// what some clients look for.
/// </summary>
public static class MessageDate
{
    /// <summary>The document with the time; unchanged if it has one, or its MIME data is written in an unusual way.</summary>
    /// <param name="document">A message, as it came.</param>
    /// <param name="time">When it came.</param>
    public static ReadOnlyMemory<byte> Stamp(ReadOnlyMemory<byte> document, DateTimeOffset time)
    {
        var bytes = document.Span;
        var begin = bytes.IndexOf("mime-data>"u8);
        if (begin < 0) return document;
        var head = bytes[begin..];
        var first = head.IndexOf((byte)'\n');
        if (first < 0) return document;
        var isLong = first > 0 && head[first - 1] == '\r';
        var end = head.IndexOf(isLong ? "\r\n\r\n"u8 : "\n\n"u8);
        // The empty line would be the first: there is no head.
        if (end <= first || Encoding.UTF8.GetString(head[first..end]).Contains("\nDate:", StringComparison.OrdinalIgnoreCase)) return document;
        var line = Encoding.ASCII.GetBytes(time.ToUniversalTime().ToString("'Date: 'ddd, dd MMM yyyy HH:mm:ss' +0000'", CultureInfo.InvariantCulture)
            + (isLong ? "\r\n" : "\n"));
        var at = begin + first + 1;
        return new([.. bytes[..at], .. line, .. bytes[at..]]);
    }
}
