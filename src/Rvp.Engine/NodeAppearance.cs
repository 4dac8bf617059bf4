using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Engine;

/// <summary>
/// What a node shows to each watcher. Comparing the appearance before and after a change tells who must be notified. The one after the change is computed from
/// the changes, before they are applied.
/// </summary>
internal sealed class NodeAppearance
{
    private static readonly PropertyName[] Texts =
        [PropertyName.DisplayName, PropertyName.Email, PropertyName.MobileState, PropertyName.MobileDescription];

    private readonly RvpUrl node;
    private readonly string[] texts;

    private NodeAppearance(RvpUrl node, PresenceState state, AccessList access, string[] texts)
    {
        this.node = node;
        State = state;
        Access = access;
        this.texts = texts;
    }

    /// <summary>The principal's presence, which may be "appear offline".</summary>
    public PresenceState State { get; }

    /// <summary>Who may see it.</summary>
    public AccessList Access { get; }

    public static NodeAppearance Of(Node node) => After(node, []);

    public static NodeAppearance After(Node node, IReadOnlyList<Change> changes)
    {
        var access = node.Access;
        foreach (var change in changes)
        {
            if (change is Change.AccessEntrySet set) access = access.With(set.Entry);
            else if (change is Change.AccessEntryRemoved removed) access = access.Without(removed.Principal);
        }
        var absence = Absence.After(node, changes);
        var texts = new string[Texts.Length];
        for (var i = 0; i < texts.Length; i++) texts[i] = ValueOf(node, Texts[i], changes, absence) ?? "";
        return new NodeAppearance(node.Url, StateOf(node, changes, absence), access, texts);
    }

    /// <summary>
    /// The effective value of any property except presence: the latest in a view, otherwise the permanent one, otherwise the directory's; null if there is
    /// none.
    /// </summary>
    public static string? ValueOf(Node node, PropertyName name) => ValueOf(node, name, [], Absence.After(node, []));

    private static string? ValueOf(Node node, PropertyName name, IReadOnlyList<Change> changes, Absence absence)
    {
        ViewValue? latest = null;
        foreach (var (_, value) in ViewValues(node, name, changes, absence))
            if (latest is null || value.Order > latest.Order) latest = value;
        if (latest is not null) return latest.InnerXml;
        var stored = node.Properties.GetValueOrDefault(name);
        foreach (var change in changes)
        {
            if (change is Change.PropertySet set && set.Name == name) stored = set.InnerXml;
            else if (change is Change.PropertyRemoved removed && removed.Name == name) stored = null;
        }
        return stored ?? Given(node, name);
    }

    /// <summary>The state that a subscriber sees.</summary>
    public PresenceState StateFor(Caller caller) =>
        caller.IsProvenAs(node) ? State
        : Access.Allows(caller, Rights.Presence) ? PresenceStates.ShownAs(State)
        : PresenceState.Offline;

    /// <summary>Everything that a watcher sees, in the order of writing.</summary>
    public IReadOnlyList<Property> SeenBy(Caller caller) =>
    [
        .. Texts.Select((name, i) => new Property(name, texts[i])),
        new Property(PropertyName.State, PresenceStates.ElementOf(StateFor(caller))),
    ];

    /// <summary>The same for a notification, which begins with presence: one client reads only the first property. [client]</summary>
    public IReadOnlyList<Property> AllFor(Caller caller)
    {
        var seen = SeenBy(caller);
        return [seen[^1], .. seen.Take(seen.Count - 1)];
    }

    /// <summary>
    /// What has changed since <paramref name="before"/> for a watcher who saw one state and now sees another, presence first (one client reads only the first
    /// property); empty if nothing has.
    /// </summary>
    public IReadOnlyList<Property> ChangesFrom(NodeAppearance before, PresenceState seen, PresenceState shown)
    {
        List<Property>? changed = shown == seen ? null : [new Property(PropertyName.State, PresenceStates.ElementOf(shown))];
        // Blocked watchers too: they can read the texts, and would learn from the missing news that they are blocked. (Decision)
        if (HasOtherTexts(before))
        {
            changed ??= [new Property(PropertyName.State, PresenceStates.ElementOf(shown))];
            for (var i = 0; i < texts.Length; i++)
                if (texts[i] != before.texts[i]) changed.Add(new Property(Texts[i], texts[i]));
        }
        return changed ?? (IReadOnlyList<Property>)[];
    }

    /// <summary>True if no watcher can see a difference.</summary>
    public bool LooksLike(NodeAppearance before) => State == before.State && Access == before.Access && !HasOtherTexts(before);

    private bool HasOtherTexts(NodeAppearance before) => !texts.AsSpan().SequenceEqual(before.texts);

    // A value left by an expired lease counts only if no view has a state.
    private static PresenceState StateOf(Node node, IReadOnlyList<Change> changes, Absence absence)
    {
        if (absence.IsOfAll) return PresenceState.Offline;
        var states = new List<(PresenceState, long)>();
        foreach (var (_, value) in ViewValues(node, PropertyName.State, changes, absence))
            if (PresenceStates.TryParseElement(value.InnerXml, out var state)) states.Add((state, value.Order));
        if (states.Count > 0) return PrincipalPresence.Of(states);
        var left = node.Properties.GetValueOrDefault(PropertyName.State);
        foreach (var change in changes)
        {
            if (change is Change.PropertySet set && set.Name == PropertyName.State) left = set.InnerXml;
            else if (change is Change.PropertyRemoved removed && removed.Name == PropertyName.State) left = null;
        }
        return left is not null && PresenceStates.TryParseElement(left, out var rest) ? rest : PresenceState.Offline;
    }

    private static List<(int View, ViewValue Value)> ViewValues(Node node, PropertyName name, IReadOnlyList<Change> changes, Absence absence)
    {
        var values = new List<(int View, ViewValue Value)>(node.Views.Count + 1);
        foreach (var view in node.Views)
            if (view.Values.TryGetValue(name, out var value) && !absence.Includes(view)) values.Add((view.Id, value));
        foreach (var change in changes)
        {
            switch (change)
            {
                case Change.ViewValueSet set when set.Name == name && !(node.FindView(set.View) is { } view && absence.Includes(view)):
                    values.RemoveAll(entry => entry.View == set.View);
                    values.Add((set.View, set.Value));
                    break;
                case Change.ViewValueEnded ended when ended.Name == name:
                    values.RemoveAll(entry => entry.View == ended.View);
                    break;
                case Change.ViewEnded ended:
                    values.RemoveAll(entry => entry.View == ended.Id);
                    break;
            }
        }
        return values;
    }

    private static string? Given(Node node, PropertyName name) =>
        name == PropertyName.DisplayName ? RvpXml.Escape(node.Owner.DisplayName)
        : name == PropertyName.Email ? RvpXml.Escape(node.Owner.Email)
        : name == PropertyName.MobileState ? "0"
        : name == PropertyName.MobileDescription ? ""
        : null;
}
