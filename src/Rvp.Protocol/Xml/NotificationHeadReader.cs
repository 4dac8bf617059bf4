using System.Buffers;
using System.Xml;

namespace Rvp.Protocol.Xml;

/// <summary>
/// Reads a notification that will be passed on, in one pass without a tree down to the MIME data, since every message goes through here.
/// <para>
/// A message is passed on unchanged except for white space between elements. So no receiver may be able to read another sender in it, or crash on it. Receivers
/// find elements by path and local name, some without looking at namespaces, and take the first child or text they find [client: pidgin-librvp]. Therefore only
/// what belongs there is accepted, each thing once: no other elements or attributes, no comments, no instructions, no text between elements, no URL in several
/// pieces or in another form than <see cref="RvpUrl.TryParseIdentity"/>.
/// </para>
/// </summary>
internal sealed class NotificationHeadReader(XmlReader reader)
{
    public const int MaxRecipients = 256;

    // The levels: r:notification / r:message / section / r:contact or r:mime-data / d:href, r:description or text.
    private const int NotificationLevel = 0, KindLevel = 1, SectionLevel = 2, ItemLevel = 3, ContentLevel = 4;

    private readonly List<RvpUrl> to = [];
    private IReadOnlyList<Property>? changes;
    private RvpUrl? from;
    private bool isRecognised;
    private bool isPropertyChange;
    private Section section;
    private Section seen;
    private bool isHrefPending;
    private bool hasFromContact;
    private bool hasDescription;
    private char[]? mimeHead;
    private int mimeHeadLength;

    [Flags]
    private enum Section
    {
        From = 1,
        To = 2,
        Body = 4,
        Changes = 8,
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
                    case XmlNodeType.Text or XmlNodeType.CDATA when !IsInMimeData():
                        throw new RvpException("A notification must not hold text between its elements.");
                    case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace: TakeMimeHead(); break;
                    case XmlNodeType.Comment or XmlNodeType.ProcessingInstruction: throw NoComments();
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
        if (reader.HasAttributes) RefuseAttributes();
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
            default:
                EnterContent();
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
        section = Is("notification-from") ? Section.From
            : Is("notification-to") ? Section.To
            : !isPropertyChange && Is("msgbody") ? Section.Body
            : isPropertyChange && Is("propertyupdate", RvpXml.Dav) ? Section.Changes
            : throw Unknown();
        if ((seen & section) != 0) throw new RvpException($"A notification must hold {reader.Name} only once.");
        seen |= section;
        if (section == Section.Changes) ReadChanges();
    }

    private void EnterItem()
    {
        if (!Is(section == Section.Body ? "mime-data" : "contact")) throw Unknown();
        RequireHref();
        if (section == Section.Body)
        {
            if (mimeHead is not null) throw new RvpException("r:msgbody must hold one r:mime-data.");
            mimeHead = ArrayPool<char>.Shared.Rent(MimeHead.MaxLength + 1024);
            return;
        }
        if (section == Section.From && hasFromContact) throw new RvpException("r:notification-from must hold one r:contact.");
        hasFromContact |= section == Section.From;
        isHrefPending = true;
        hasDescription = false;
    }

    private void EnterContent()
    {
        if (section == Section.Body) throw new RvpException("r:mime-data must hold text only.");
        if (Is("href", RvpXml.Dav)) EnterHref();
        else if (Is("description") && !hasDescription) SkipDescription();
        else throw Unknown();
    }

    private void EnterHref()
    {
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
        if (reader.IsEmptyElement || !reader.Read() || reader.NodeType != XmlNodeType.Text
            || !RvpUrl.TryParseIdentity(reader.Value, out var url) || url.IsBareHost)
        {
            throw new RvpException("The d:href of a contact must be http://HOST[:PORT]/instmsg/aliases/NAME and nothing else.");
        }
        reader.Read();
        if (reader.NodeType != XmlNodeType.EndElement) throw new RvpException("The d:href of a contact must hold text only.");
        return url;
    }

    private void SkipDescription()
    {
        hasDescription = true;
        if (reader.IsEmptyElement) return;
        var length = 0;
        while (reader.Read() && reader.NodeType != XmlNodeType.EndElement)
        {
            if (reader.NodeType is XmlNodeType.Comment or XmlNodeType.ProcessingInstruction) throw NoComments();
            if (reader.NodeType == XmlNodeType.Element) throw new RvpException("The r:description of a contact must hold text only.");
            length += reader.Value.Length;
            if (length > KnownProperties.MaxTextLength)
                throw new RvpException($"The r:description of a contact is longer than {KnownProperties.MaxTextLength} characters.");
        }
    }

    // Only what is known is written for the receivers, so other properties and the way in which it was written do not matter.
    private void ReadChanges()
    {
        using var update = reader.ReadSubtree();
        update.Read();
        changes = PropertyUpdateXml.ReadKnown(SafeReader.ReadTree(update));
    }

    private bool IsInMimeData() => reader.Depth == ContentLevel && section == Section.Body && mimeHead is not null;

    private void TakeMimeHead()
    {
        if (!IsInMimeData()) return;
        int taken;
        // To the end, with what is too much overwritten: XmlReader refuses a text of which it has to skip the rest from between two surrogates.
        do
        {
            taken = reader.ReadValueChunk(mimeHead!, mimeHeadLength, mimeHead!.Length - mimeHeadLength);
            mimeHeadLength = Math.Min(mimeHeadLength + taken, MimeHead.MaxLength);
        }
        while (taken > 0);
    }

    private NotificationHead Conclude()
    {
        if (!isRecognised) throw new RvpException("A notification must hold r:message or r:propnotification.");
        RequireHref();
        if (from is null) throw new RvpException("A notification must say whom it is from: r:notification-from is missing or names nobody.");
        if (isPropertyChange)
        {
            return changes is not null ? new NotificationHead(from, to, changes) : throw new RvpException("A property change must hold d:propertyupdate.");
        }
        if (to.Count == 0) throw new RvpException("A message must say whom it is to: r:notification-to is missing or names nobody.");
        if (mimeHead is null) throw new RvpException("A message must hold r:msgbody with r:mime-data.");
        var mime = mimeHead.AsSpan(0, mimeHeadLength);
        MimeHead.Check(mime);
        return new NotificationHead(from, to, Changes: null) { IsFleeting = MimeHead.IsTypingNotice(mime) };
    }

    private void RequireHref()
    {
        if (isHrefPending) throw new RvpException("r:contact must hold d:href.");
    }

    private void RefuseAttributes()
    {
        while (reader.MoveToNextAttribute())
            if (!SafeReader.IsDeclaration(reader)) throw new RvpException($"The elements of a notification have no attribute {reader.Name}.");
        reader.MoveToElement();
    }

    private RvpException Unknown() => new($"The element {reader.LocalName} does not belong there in a notification.");

    private static RvpException NoComments() => new("A notification must not hold comments or processing instructions.");

    private bool Is(string localName, string space = RvpXml.Rvp)
    {
        if (reader.LocalName != localName) return false;
        return reader.NamespaceURI == space ? true : throw new RvpException($"The element {localName} of a notification is in a foreign namespace.");
    }
}
