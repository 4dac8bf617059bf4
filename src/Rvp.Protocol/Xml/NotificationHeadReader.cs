using System.Buffers;
using System.Xml;

namespace Rvp.Protocol.Xml;

/// <summary>
/// Reads sender and recipients of a notification and checks the rest, in one pass without a tree, since every message goes through here.
/// <para>
/// The body is passed on unchanged except for white space between elements. So no receiver may be able to read another sender in it, or crash on it. Receivers
/// find elements by path and local name, some without looking at namespaces, and take the first text they find [client: pidgin-librvp]. Therefore these are
/// refused: a name of the head in a foreign namespace, a second element where one belongs, a comment, text between elements, a URL in several pieces.
/// </para>
/// </summary>
internal sealed class NotificationHeadReader(XmlReader reader)
{
    private const int MaxRecipients = 256;

    // A MIME head has four or five lines; its Session-Id must be within this many characters.
    private const int MaxMimeHead = 4096;

    // The levels: r:notification / r:message / section / r:contact or r:mime-data / d:href or text.
    private const int NotificationLevel = 0, KindLevel = 1, SectionLevel = 2, ItemLevel = 3, ContentLevel = 4;

    private readonly List<RvpUrl> to = [];
    private RvpUrl? from;
    private bool isRecognised;
    private bool isPropertyChange;
    private Section section;
    private Section seen;
    private bool isInItem;
    private bool isHrefPending;
    private bool hasFromContact;
    private char[]? mimeHead;
    private int mimeHeadLength;

    [Flags]
    private enum Section
    {
        None = 0,
        From = 1,
        To = 2,
        Body = 4,
    }

    public static NotificationHead Read(XmlReader reader) => new NotificationHeadReader(reader).Read();

    private NotificationHead Read()
    {
        try
        {
            do
            {
                switch (reader.NodeType)
                {
                    case XmlNodeType.Element: Enter(); break;
                    case XmlNodeType.Text or XmlNodeType.CDATA when IsBetweenElements():
                        throw new RvpException("A notification must not hold text between its elements.");
                    case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace: TakeMimeHead(); break;
                    case XmlNodeType.Comment or XmlNodeType.ProcessingInstruction when reader.Depth > 0:
                        throw new RvpException("A notification must not hold comments or processing instructions.");
                }
            }
            while (reader.Read());
            return Conclude();
        }
        finally
        {
            if (mimeHead is not null) ArrayPool<char>.Shared.Return(mimeHead);
        }
    }

    private void Enter()
    {
        switch (reader.Depth)
        {
            case NotificationLevel:
                if (!Is("notification")) throw new RvpException("The root of a notification must be r:notification.");
                break;
            case KindLevel:
                EnterKind();
                break;
            case SectionLevel:
                EnterSection();
                break;
            case ItemLevel:
                EnterItem();
                break;
            case ContentLevel:
                EnterContent();
                break;
            default:
                SafeReader.CheckDepth(reader);
                break;
        }
    }

    private void EnterKind()
    {
        if (isRecognised) throw new RvpException("A notification must hold one r:message or r:propnotification and nothing else.");
        isPropertyChange = Is("propnotification");
        if (!isPropertyChange && !Is("message")) throw new RvpException("A notification must hold r:message or r:propnotification.");
        isRecognised = true;
    }

    private void EnterSection()
    {
        section = Is("notification-from") ? Section.From : Is("notification-to") ? Section.To : Is("msgbody") ? Section.Body : Section.None;
        if ((seen & section) != 0) throw new RvpException($"A notification must hold r:{reader.LocalName} only once.");
        seen |= section;
    }

    private void EnterItem()
    {
        isInItem = section switch
        {
            Section.Body => Is("mime-data"),
            Section.From or Section.To => Is("contact"),
            _ => false,
        };
        if (!isInItem) return;
        RequireHref();
        if (section == Section.Body)
        {
            if (mimeHead is not null) throw new RvpException("r:msgbody must hold one r:mime-data.");
            mimeHead = ArrayPool<char>.Shared.Rent(MaxMimeHead);
            return;
        }
        if (section == Section.From && hasFromContact) throw new RvpException("r:notification-from must hold one r:contact.");
        hasFromContact |= section == Section.From;
        isHrefPending = true;
    }

    private void EnterContent()
    {
        if (!isInItem) return;
        if (section == Section.Body) throw new RvpException("r:mime-data must hold text only.");
        if (!Is("href", RvpXml.Dav)) return;
        if (!isHrefPending) throw new RvpException("r:contact must hold one d:href.");
        isHrefPending = false;
        var url = ReadUrl();
        if (section == Section.From) from = url;
        else if (to.Count < MaxRecipients) to.Add(url);
        else throw new RvpException($"A notification may have at most {MaxRecipients} recipients.");
    }

    // Exactly one piece of text, or receivers that take the first piece would read another URL.
    private RvpUrl ReadUrl()
    {
        if (reader.IsEmptyElement || !reader.Read() || reader.NodeType != XmlNodeType.Text || !RvpUrl.TryParse(reader.Value, out var url))
            throw new RvpException("The d:href of a contact must be the URL of a principal.");
        reader.Read();
        if (reader.NodeType != XmlNodeType.EndElement) throw new RvpException("The d:href of a contact must hold text only.");
        return url;
    }

    // Receivers that take the first child would find the text instead of an element. [client: pidgin-librvp] White space is not refused: it is removed later.
    private bool IsBetweenElements() =>
        reader.Depth < ContentLevel || (reader.Depth == ContentLevel && isInItem && section != Section.Body);

    private void TakeMimeHead()
    {
        if (mimeHead is null || !isInItem || section != Section.Body || reader.Depth != ContentLevel) return;
        int taken;
        while (mimeHeadLength < MaxMimeHead && (taken = reader.ReadValueChunk(mimeHead, mimeHeadLength, MaxMimeHead - mimeHeadLength)) > 0)
            mimeHeadLength += taken;
    }

    private NotificationHead Conclude()
    {
        if (!isRecognised) throw new RvpException("A notification must hold r:message or r:propnotification.");
        RequireHref();
        if (from is null) throw new RvpException("A notification must say whom it is from: r:notification-from is missing or names nobody.");
        if (isPropertyChange) return new NotificationHead(true, from, to);
        if (to.Count == 0) throw new RvpException("A message must say whom it is to: r:notification-to is missing or names nobody.");
        if (mimeHead is null) throw new RvpException("A message must hold r:msgbody with r:mime-data.");
        if (!HasSessionId(mimeHead.AsSpan(0, mimeHeadLength))) throw new RvpException("The MIME head of a message must have a Session-Id.");
        return new NotificationHead(false, from, to);
    }

    private void RequireHref()
    {
        if (isHrefPending) throw new RvpException("r:contact must hold d:href.");
    }

    // The head ends at the first empty line; white space may come before it. [client: pidgin-librvp] Only a line feed ends a line: the XML reader turns CRLF
    // into one, and receivers know no other.
    private static bool HasSessionId(ReadOnlySpan<char> mime)
    {
        var rest = mime.TrimStart();
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf('\n');
            var line = end < 0 ? rest : rest[..end];
            if (line.TrimEnd('\r').IsEmpty) return false;
            if (line.StartsWith("Session-Id:", StringComparison.OrdinalIgnoreCase)) return true;
            rest = end < 0 ? default : rest[(end + 1)..];
        }
        return false;
    }

    private bool Is(string localName, string space = RvpXml.Rvp)
    {
        if (reader.LocalName != localName) return false;
        return reader.NamespaceURI == space ? true : throw new RvpException($"The element {localName} of a notification is in a foreign namespace.");
    }
}
