using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Rvp.Protocol.Xml;

/// <summary>What a server must know about a notification to pass it on.</summary>
/// <param name="From">The sender that it names.</param>
/// <param name="To">The recipients; at least one for a message.</param>
/// <param name="Changes">What an r:propnotification tells, as far as receivers know it; null for an r:message.</param>
public sealed record NotificationHead(RvpUrl From, IReadOnlyList<RvpUrl> To, IReadOnlyList<Property>? Changes)
{
    /// <summary>True for r:propnotification, false for r:message.</summary>
    public bool IsPropertyChange => Changes is not null;

    /// <summary>True for a message that is of no use later: a notice that somebody is typing.</summary>
    public bool IsFleeting { get; init; }
}

/// <summary>A notification as a client receives it. A closed set: <see cref="PropertyChangeNotice"/> and <see cref="MessageNotice"/>.</summary>
/// <param name="From">The sender, exactly as written.</param>
public abstract record Notice(string From);

/// <summary>A property change as a watcher's client receives it.</summary>
/// <param name="From">Whose properties changed, exactly as written.</param>
/// <param name="Properties">The properties set, in order.</param>
public sealed record PropertyChangeNotice(string From, IReadOnlyList<Property> Properties) : Notice(From);

/// <summary>A message as the recipient's client receives it.</summary>
/// <param name="From">The sender's URL, exactly as written.</param>
/// <param name="FromName">The sender's name; empty if none is given.</param>
/// <param name="To">The recipients; several in a chat.</param>
/// <param name="MimeData">Headers and text; line ends are single line feeds, as XML readers produce them.</param>
public sealed record MessageNotice(string From, string FromName, IReadOnlyList<(string Url, string Name)> To, string MimeData) : Notice(From);

/// <summary>The r:notification document. [spec, NOTIFY]</summary>
public static class NotificationXml
{
    private static readonly XNamespace Dav = RvpXml.Dav;
    private static readonly XNamespace Rvp = RvpXml.Rvp;

    private static readonly XmlReaderSettings RelaySettings = MakeRelaySettings();

    /// <summary>
    /// Reads the head of a notification that will be passed on, a message in the form of <see cref="WithoutWhitespace"/> and a property change as
    /// <see cref="WritePropertyChange"/> writes it, and checks everything that receivers rely on: well-formed XML, a sender and recipients that every receiver
    /// reads in the same way, and in a message a MIME head with all that they need. [client]
    /// </summary>
    public static NotificationHead ReadHead(ReadOnlyMemory<byte> body) => MessageHeadScanner.TryRead(body.Span) ?? ReadAnyHead(body);

    /// <summary>The same, whatever the form in which it is written.</summary>
    internal static NotificationHead ReadAnyHead(ReadOnlyMemory<byte> body) => SafeReader.Read(body, RelaySettings, NotificationHeadReader.Read);

    /// <summary>
    /// The same notification without white space between its elements, which some receivers take for the first element and crash. [client: pidgin-librvp] The
    /// MIME data and all other text stay byte for byte; a document without such white space is returned itself, not copied.
    /// </summary>
    /// <param name="body">A document that <see cref="ReadHead"/> has accepted: well-formed and without comments.</param>
    public static ReadOnlyMemory<byte> WithoutWhitespace(ReadOnlyMemory<byte> body) => XmlWhitespace.Remove(body);

    /// <summary>Writes a property change; r:state must come first, since one client reads only the first property. [client]</summary>
    public static byte[] WritePropertyChange(string from, string to, IReadOnlyList<Property> properties) =>
        new PropertyChangeDocument(properties).Write(from, to);

    /// <summary>
    /// One property change that tells what two tell, of the same contact to the same receiver: the values of the newer one, and those that only the older one
    /// has. The newer one itself if it has everything, or one of them is no property change.
    /// </summary>
    public static ReadOnlyMemory<byte> MergePropertyChanges(ReadOnlyMemory<byte> older, ReadOnlyMemory<byte> newer)
    {
        try
        {
            if (ReadHead(older).Changes is not { } before || ReadHead(newer) is not { Changes: { } changes, To: [var to, ..] } after) return newer;
            var all = Merge(before, changes);
            return ReferenceEquals(all, changes) ? newer : WritePropertyChange(after.From.Spelling, to.Spelling, all);
        }
        catch (RvpException)
        {
            return newer;
        }
    }

    /// <summary>
    /// Of each property the newer value, presence first. <paramref name="newer"/> itself if it tells all that <paramref name="older"/> tells.
    /// </summary>
    public static IReadOnlyList<Property> Merge(IReadOnlyList<Property> older, IReadOnlyList<Property> newer)
    {
        List<Property>? all = null;
        foreach (var property in older)
        {
            if (Tells(newer, property.Name)) continue;
            all ??= [.. newer];
            if (property.Name == PropertyName.State) all.Insert(0, property);
            else all.Add(property);
        }
        return all ?? newer;
    }

    private static bool Tells(IReadOnlyList<Property> changes, PropertyName name)
    {
        foreach (var change in changes)
            if (change.Name == name) return true;
        return false;
    }

    /// <summary>Writes a message; the MIME data goes into CDATA, where clients expect it. [client]</summary>
    public static byte[] WriteMessage(string from, string fromName, IReadOnlyList<(string Url, string Name)> to, string mimeData)
    {
        var text = Begin("r:message").Append("<r:notification-from>");
        AppendContact(text, from, fromName).Append("</r:notification-from><r:notification-to>");
        foreach (var (url, name) in to) AppendContact(text, url, name);
        var cdata = RvpXml.Clean(mimeData).Replace("]]>", "]]]]><![CDATA[>", StringComparison.Ordinal);
        text.Append("</r:notification-to><r:msgbody><r:mime-data><![CDATA[").Append(cdata);
        return RvpXml.ToBytes(text.Append("]]></r:mime-data></r:msgbody></r:message></r:notification>"));
    }

    /// <summary>Reads a document of either kind that a callback received; properties that a change removes are left out.</summary>
    public static Notice Read(ReadOnlyMemory<byte> body) => Read(RvpXml.ReadDocument(body));

    internal static Notice Read(XElement root) =>
        root.Element(Rvp + "message") is null ? ReadPropertyChange(ReadKind(root, "propnotification")) : ReadMessage(ReadKind(root, "message"));

    private static PropertyChangeNotice ReadPropertyChange(XElement notice)
    {
        var update = notice.Element(Dav + "propertyupdate") ?? throw new RvpException("A property change must hold d:propertyupdate.");
        return new PropertyChangeNotice(ReadFrom(notice).Url, [.. update.Elements(Dav + "set").Elements(Dav + "prop").SelectMany(PropertyValue.ReadAll)]);
    }

    private static MessageNotice ReadMessage(XElement message)
    {
        var (from, fromName) = ReadFrom(message);
        var to = message.Elements(Rvp + "notification-to").Elements(Rvp + "contact").Select(ReadContact).ToList();
        var mime = message.Element(Rvp + "msgbody")?.Element(Rvp + "mime-data") ?? throw new RvpException("A message must hold r:msgbody with r:mime-data.");
        return new MessageNotice(from, fromName, to, mime.Value);
    }

    private static XElement ReadKind(XElement root, string kind)
    {
        if (root.Name != Rvp + "notification") throw new RvpException("The root of a notification must be r:notification.");
        return root.Element(Rvp + kind) ?? throw new RvpException($"The notification holds no r:{kind}.");
    }

    private static (string Url, string Name) ReadFrom(XElement notice) =>
        ReadContact(notice.Element(Rvp + "notification-from")?.Element(Rvp + "contact") ?? throw new RvpException("A notification must say whom it is from."));

    // A contact may have no description. [client]
    private static (string Url, string Name) ReadContact(XElement contact) =>
        (contact.Element(Dav + "href")?.Value ?? throw new RvpException("r:contact must hold d:href."), contact.Element(Rvp + "description")?.Value ?? "");

    private static StringBuilder Begin(string kind) =>
        new StringBuilder(RvpXml.Prolog, 1024).Append("<r:notification ").Append(RvpXml.Declarations).Append("><").Append(kind).Append('>');

    private static StringBuilder AppendContact(StringBuilder text, string url, string name)
    {
        text.Append("<r:contact><d:href>").Append(RvpXml.Escape(url)).Append("</d:href>");
        if (name.Length == 0) text.Append("<r:description/>");
        else text.Append("<r:description>").Append(RvpXml.Escape(name)).Append("</r:description>");
        return text.Append("</r:contact>");
    }

    private static XmlReaderSettings MakeRelaySettings()
    {
        // Comments and instructions must be seen to be refused, since they would be passed on.
        var settings = RvpXml.ReaderSettings.Clone();
        settings.IgnoreComments = false;
        settings.IgnoreProcessingInstructions = false;
        return settings;
    }
}
