namespace Rvp.Protocol;

/// <summary>The qualified name of a node's property.</summary>
/// <param name="Namespace">Namespace URI; may be empty.</param>
/// <param name="LocalName">Local name.</param>
public readonly record struct PropertyName(string Namespace, string LocalName)
{
    /// <summary>The name shown for the user.</summary>
    public static readonly PropertyName DisplayName = new(Xml.RvpXml.Dav, "displayname");

    /// <summary>The mail address.</summary>
    public static readonly PropertyName Email = new(Xml.RvpXml.Rvp, "email");

    /// <summary>Presence.</summary>
    public static readonly PropertyName State = new(Xml.RvpXml.Rvp, "state");

    /// <summary>0 or 1.</summary>
    public static readonly PropertyName MobileState = new(Xml.RvpXml.Rvp, "mobile-state");

    /// <summary>Free text.</summary>
    public static readonly PropertyName MobileDescription = new(Xml.RvpXml.Rvp, "mobile-description");

    /// <summary>Namespace of properties that only the owner can read, for example the contact list of our own clients.</summary>
    public const string PrivateNamespace = "urn:rvpserver:private";

    /// <summary>True for a property that only its owner sees.</summary>
    public bool IsPrivate => Namespace == PrivateNamespace;

    /// <summary><c>{namespace}local</c>, the form used in the store.</summary>
    public override string ToString() => "{" + Namespace + "}" + LocalName;

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    public static PropertyName Parse(string text)
    {
        var end = text.LastIndexOf('}'); // A namespace may contain a brace, a local name cannot.
        return new PropertyName(text[1..end], text[(end + 1)..]);
    }
}

/// <summary>A property and its value.</summary>
/// <param name="Name">Its name.</param>
/// <param name="InnerXml">
/// The text between the tags: well-formed, with the prefixes d, r and a declared outside and every other namespace declared inside. Text is escaped. Presence
/// is exactly <see cref="PresenceStates.ElementOf"/>. On a server, a property that watchers are not told about may have its xml:lang in front of it.
/// </param>
public readonly record struct Property(PropertyName Name, string InnerXml);
