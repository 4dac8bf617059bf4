using System.Xml;

namespace Rvp.Protocol.Xml;

/// <summary>Names, prefixes and the one safe way to read XML from strangers.</summary>
public static class RvpXml
{
    /// <summary>WebDAV's namespace, always written as prefix d.</summary>
    public const string Dav = "DAV:";

    /// <summary>RVP's namespace, always written as prefix r.</summary>
    public const string Rvp = "http://schemas.microsoft.com/rvp/";

    /// <summary>The access list's namespace, always written as prefix a.</summary>
    public const string Acl = "http://schemas.microsoft.com/rvp/acl/";

    /// <summary>What stands on every root element that we write: real clients match the literal prefixes. [client]</summary>
    public const string Declarations = "xmlns:d='DAV:' xmlns:r='http://schemas.microsoft.com/rvp/' xmlns:a='http://schemas.microsoft.com/rvp/acl/'";

    /// <summary>What every document that we write starts with.</summary>
    public const string Prolog = "<?xml version=\"1.0\"?>";

    /// <summary>No DTD, no entities, no look-ups outside.</summary>
    public static XmlReaderSettings ReaderSettings { get; } = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        CloseInput = true,
    };
}
