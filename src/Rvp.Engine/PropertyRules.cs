using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Engine;

/// <summary>What properties may hold.</summary>
internal static class PropertyRules
{
    private static readonly Refusal Conflict = new(409, "Conflict", "The property cannot have this value.");
    private static readonly Refusal Protected = new(403, "Forbidden", "The directory says what this property is.");

    /// <summary>The refused properties with the reason of each; empty where all may be set.</summary>
    public static Dictionary<PropertyName, Refusal> Check(Node node, IReadOnlyList<PropertyEdit> edits, Rules rules)
    {
        var refusals = new Dictionary<PropertyName, Refusal>();
        var names = new HashSet<PropertyName>(node.Properties.Keys);
        var characters = node.Properties.Sum(property => property.Value.Length);
        foreach (var edit in edits)
        {
            var refusal = Check(edit);
            if (refusal is null && !edit.IsRemoval)
            {
                names.Add(edit.Name);
                characters += edit.InnerXml.Length + (edit.Lease?.Default?.Length ?? 0) - (node.Properties.GetValueOrDefault(edit.Name)?.Length ?? 0);
                if (names.Count > rules.MaxProperties || characters > rules.MaxPropertyCharacters) refusal = Refusal.NodeFull;
            }
            if (refusal is not null) refusals[edit.Name] = refusal;
        }
        return refusals;
    }

    private static Refusal? Check(PropertyEdit edit)
    {
        if (edit.Name == PropertyName.Email) return Protected;
        if (edit.Name == PropertyName.State)
        {
            return edit.IsRemoval || !PresenceStates.TryParseElement(edit.InnerXml, out _)
                || (edit.Lease?.Default is { } rest && !PresenceStates.TryParseElement(rest, out _)) ? Conflict : null;
        }
        if (edit.IsRemoval) return null;
        if (edit.Name == PropertyName.MobileState) return edit.InnerXml is "0" or "1" ? null : Conflict;
        // These two are written into every watcher's document: text only.
        var isText = edit.Name == PropertyName.DisplayName || edit.Name == PropertyName.MobileDescription;
        return isText && (edit.InnerXml.Length > 1024 || edit.InnerXml.Contains('<', StringComparison.Ordinal)) ? Conflict : null;
    }
}
