using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace Rvp.Protocol.Xml;

/// <summary>
/// Reads the head of a message in the form in which clients write it, straight from its bytes, since an XML reader took a third of the memory of a relayed
/// message. Whatever is written in any other form it leaves to <see cref="NotificationHeadReader"/>, which is the judge: what is read here is read there in the
/// same way. So it knows no entities, no comments, no other prefixes, no CDATA but that of the MIME data, and no other order.
/// </summary>
internal ref struct MessageHeadScanner
{
    /// <summary>The other reader limits documents too, by characters.</summary>
    private const int MaxLength = 1024 * 1024;

    private static readonly SearchValues<byte> Controls = SearchValues.Create([.. Enumerable.Range(0, 0x20).Except([0x09, 0x0a, 0x0d]).Select(c => (byte)c)]);
    private static readonly SearchValues<byte> OfUrls = SearchValues.Create([.. Enumerable.Range(0x21, 0x5e).Except(['&', '<', '>']).Select(c => (byte)c)]);
    private static readonly SearchValues<byte> Markup = SearchValues.Create("<>&"u8);

    private ReadOnlySpan<byte> rest;

    private MessageHeadScanner(ReadOnlySpan<byte> document) => rest = document;

    /// <summary>The head; null if it is a property change, malformed, or written in another form. Throws if its MIME head lacks something.</summary>
    public static NotificationHead? TryRead(ReadOnlySpan<byte> document) =>
        document.Length <= MaxLength && IsXmlText(document) ? new MessageHeadScanner(document).Read() : null;

    private NotificationHead? Read()
    {
        if (!TakeRoot() || !Take("<r:message>"u8)) return null;
        if (!Take("<r:notification-from>"u8) || !TakeContact(out var from) || !Take("</r:notification-from>"u8)) return null;
        if (!Take("<r:notification-to>"u8) || !TakeContact(out var first)) return null;
        var to = new List<RvpUrl>(1) { first };
        while (!Take("</r:notification-to>"u8))
        {
            if (to.Count == NotificationHeadReader.MaxRecipients || !TakeContact(out var next)) return null;
            to.Add(next);
        }
        if (!Take("<r:msgbody>"u8) || !Take("<r:mime-data>"u8) || !TakeHere("<![CDATA["u8)) return null;
        // A longer text may reach beyond what is looked at.
        if (rest.IndexOf("]]>"u8) is not (>= 0 and <= MimeHead.MaxLength and var length)) return null;
        var mime = rest[..length];
        rest = rest[length..];
        if (!TakeHere("]]></r:mime-data>"u8) || !Take("</r:msgbody>"u8) || !Take("</r:message>"u8) || !Take("</r:notification>"u8)) return null;
        SkipWhite();
        return rest.IsEmpty ? new NotificationHead(from, to, Changes: null) { IsFleeting = IsTypingNotice(mime) } : null;
    }

    private bool TakeRoot()
    {
        if (TakeHere("<?xml version=\"1.0\""u8))
        {
            if (!TakeHere("?>"u8) && !TakeHere(" encoding=\"utf-8\"?>"u8) && !TakeHere(" encoding=\"UTF-8\"?>"u8)) return false;
            SkipWhite();
        }
        if (!TakeHere("<r:notification"u8)) return false;
        var (hasDav, hasRvp, hasAcl) = (false, false, false);
        while (SkipWhite())
        {
            if (!hasDav && (TakeHere("xmlns:d='DAV:'"u8) || TakeHere("xmlns:d=\"DAV:\""u8))) hasDav = true;
            else if (!hasRvp && (TakeHere("xmlns:r='http://schemas.microsoft.com/rvp/'"u8) || TakeHere("xmlns:r=\"http://schemas.microsoft.com/rvp/\""u8)))
                hasRvp = true;
            else if (!hasAcl && (TakeHere("xmlns:a='http://schemas.microsoft.com/rvp/acl/'"u8)
                || TakeHere("xmlns:a=\"http://schemas.microsoft.com/rvp/acl/\""u8))) hasAcl = true;
            else return false;
        }
        return hasDav && hasRvp && TakeHere(">"u8);
    }

    private bool TakeContact([NotNullWhen(true)] out RvpUrl? url)
    {
        url = null;
        if (!Take("<r:contact>"u8) || !Take("<d:href>"u8)) return false;
        var length = rest.IndexOfAnyExcept(OfUrls);
        if (length is <= 0 or > RvpUrl.MaxLength) return false;
        if (!RvpUrl.TryParseIdentity(Encoding.ASCII.GetString(rest[..length]), out url) || url.IsBareHost) return false;
        rest = rest[length..];
        return TakeHere("</d:href>"u8) && TakeDescription() && Take("</r:contact>"u8);
    }

    // There may be none.
    private bool TakeDescription()
    {
        if (Take("<r:description/>"u8) || !Take("<r:description>"u8)) return true;
        var length = rest.IndexOfAny(Markup);
        // It has not more characters than bytes.
        if (length is < 0 or > KnownProperties.MaxTextLength) return false;
        rest = rest[length..];
        return TakeHere("</r:description>"u8);
    }

    private bool Take(ReadOnlySpan<byte> tag)
    {
        SkipWhite();
        return TakeHere(tag);
    }

    private bool TakeHere(ReadOnlySpan<byte> text)
    {
        if (!rest.StartsWith(text)) return false;
        rest = rest[text.Length..];
        return true;
    }

    private bool SkipWhite()
    {
        var before = rest.Length;
        rest = rest.TrimStart(" \t\r\n"u8);
        return rest.Length < before;
    }

    private static bool IsTypingNotice(ReadOnlySpan<byte> mime)
    {
        var buffer = ArrayPool<char>.Shared.Rent(mime.Length);
        try
        {
            var text = WithLineFeeds(buffer.AsSpan(0, Encoding.UTF8.GetChars(mime, buffer)));
            MimeHead.Check(text);
            return MimeHead.IsTypingNotice(text);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    // In place, as every XML reader does.
    private static ReadOnlySpan<char> WithLineFeeds(Span<char> text)
    {
        var (written, read) = (0, 0);
        while (text[read..].IndexOf('\r') is >= 0 and var next)
        {
            text.Slice(read, next).CopyTo(text[written..]);
            written += next;
            read += next + 1;
            if (read < text.Length && text[read] == '\n') read++;
            text[written++] = '\n';
        }
        text[read..].CopyTo(text[written..]);
        return text[..(written + text.Length - read)];
    }

    private static bool IsXmlText(ReadOnlySpan<byte> document) =>
        !document.ContainsAny(Controls) && Utf8.IsValid(document) && document.IndexOf("\uFFFE"u8) < 0 && document.IndexOf("\uFFFF"u8) < 0;
}
