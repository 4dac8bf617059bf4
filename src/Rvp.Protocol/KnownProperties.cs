namespace Rvp.Protocol;

/// <summary>The properties that watchers are told about, and what they may contain. Everything else is a matter between a node and its owner.</summary>
public static class KnownProperties
{
    /// <summary>Longest text, in characters of escaped XML: it is written into every watcher's document.</summary>
    public const int MaxTextLength = 1024;

    /// <summary>All of them, presence first: one client reads only the first property of a change. [client]</summary>
    public static IReadOnlyList<PropertyName> All { get; } =
        [PropertyName.State, PropertyName.DisplayName, PropertyName.Email, PropertyName.MobileState, PropertyName.MobileDescription];

    /// <summary>True for a value that the property may have: a known state, 0 or 1, or a short text. Other properties may have any value.</summary>
    public static bool IsValid(PropertyName name, string innerXml) =>
        name == PropertyName.State ? PresenceStates.TryParseElement(innerXml, out _)
        : name == PropertyName.MobileState ? innerXml is "0" or "1"
        : !All.Contains(name) || (innerXml.Length <= MaxTextLength && !innerXml.Contains('<', StringComparison.Ordinal));
}
