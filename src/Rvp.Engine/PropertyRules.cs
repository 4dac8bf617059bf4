using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Engine;

/// <summary>Checks what properties may contain.</summary>
internal static class PropertyRules
{
    /// <summary>The refused properties, each with the reason; empty if all are allowed.</summary>
    public static Dictionary<PropertyName, Refusal> Check(Node node, IReadOnlyList<PropertyEdit> edits, Rules rules)
    {
        var refusals = new Dictionary<PropertyName, Refusal>();
        var names = new HashSet<PropertyName>(node.Properties.Keys);
        var characters = node.Properties.Sum(property => property.Value.Length);
        foreach (var (name, value) in node.Views.SelectMany(view => view.Values))
        {
            names.Add(name);
            characters += LengthOf(value);
        }
        foreach (var edit in edits)
        {
            var refusal = Check(edit);
            if (refusal is null && !edit.IsRemoval)
            {
                names.Add(edit.Name);
                characters += edit.InnerXml.Length + (edit.Lease?.Default?.Length ?? 0) - LengthBefore(node, edit);
                if (names.Count > rules.MaxProperties || characters > rules.MaxPropertyCharacters) refusal = Refusal.NodeFull;
            }
            if (refusal is not null) refusals[edit.Name] = refusal;
        }
        return refusals;
    }

    // The length of the value that the edit replaces; without a view-id the longest candidate, so that renewals are never refused.
    private static int LengthBefore(Node node, PropertyEdit edit)
    {
        var length = node.Properties.GetValueOrDefault(edit.Name)?.Length ?? 0;
        foreach (var view in node.Views)
            if (edit.ViewId is null || edit.ViewId == view.Id) length = Math.Max(length, LengthOf(view.Values.GetValueOrDefault(edit.Name)));
        return length;
    }

    private static int LengthOf(ViewValue? value) => value is null ? 0 : value.InnerXml.Length + (value.Default?.Length ?? 0);

    private static Refusal? Check(PropertyEdit edit)
    {
        if (edit.Name == PropertyName.Email) return Refusal.Protected;
        if (edit.Name == PropertyName.State && (edit.IsRemoval || (edit.Lease?.Default is { } rest && !KnownProperties.IsValid(edit.Name, rest))))
            return Refusal.Conflict;
        return edit.IsRemoval || KnownProperties.IsValid(edit.Name, edit.InnerXml) ? null : Refusal.Conflict;
    }
}
