using System.Net;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Engine;

/// <summary>Collects the changes of one PROPPATCH without changing the node.</summary>
internal sealed class PropertyDraft(Node node, DecisionContext context, IPAddress address)
{
    private readonly List<Change> changes = [];
    private int? impliedView;
    private long order = node.LastOrder;

    /// <summary>The changes so far.</summary>
    public IReadOnlyList<Change> Changes => changes;

    /// <summary>Adds an edit and returns the value for the answer.</summary>
    public string Make(PropertyEdit edit)
    {
        if (edit.IsRemoval)
        {
            changes.Add(new Change.PropertyRemoved(edit.Name));
            return "";
        }
        var isInView = edit.Name == PropertyName.State || edit.Lease is not null || edit.ViewId is not null;
        if (!isInView)
        {
            changes.Add(new Change.PropertySet(edit.Name, edit.InnerXml));
            return "";
        }
        var view = edit.ViewId ?? (impliedView ??= ImplyView());
        return edit.Lease is { } lease ? SetLeased(view, edit, lease) : SetFlat(view, edit);
    }

    private string SetLeased(int view, PropertyEdit edit, LeaseTerms lease)
    {
        var granted = context.Rules.GrantState(lease.Timeout);
        Set(view, edit.Name, edit.InnerXml, lease.Default, context.Now + granted);
        return PropertyUpdateXml.LeasedInnerXml(edit.InnerXml, lease.Default, granted, view);
    }

    private string SetFlat(int view, PropertyEdit edit)
    {
        Set(view, edit.Name, edit.InnerXml, null, null);
        return edit.InnerXml + "<r:view-id>" + view.ToString(System.Globalization.CultureInfo.InvariantCulture) + "</r:view-id>";
    }

    // Setting the same value again is a renewal: it keeps its order and need not wait for the store.
    private void Set(int view, PropertyName name, string value, string? rest, DateTimeOffset? end)
    {
        if (name == PropertyName.State) (value, rest) = (Known(value), rest is null ? null : Known(rest));
        var current = node.FindView(view)?.Values.GetValueOrDefault(name);
        var isSame = current is not null && current.InnerXml == value;
        if (isSame && current!.Default == rest && current.ExpiresAt is null == end is null)
        {
            if (end is { } at) changes.Add(new Change.ViewValueRenewed(view, name, at));
            return;
        }
        changes.Add(new Change.ViewValueSet(view, name, new ViewValue(value, rest, end, isSame ? current!.Order : ++order)));
        if (name == PropertyName.State && node.Properties.ContainsKey(name)) changes.Add(new Change.PropertyRemoved(name));
    }

    // Every account has a state in memory: they all share one string per state.
    private static string Known(string element) => PresenceStates.TryParseElement(element, out var state) ? PresenceStates.ElementOf(state) : element;

    // COMPAT(several clients): they send no view-id, not even at sign-out. A new view for the newest sign-in that has never had one, preferring the same
    // address; otherwise the view of the newest sign-in from the same address, otherwise of the newest; without any sign-in a view that belongs to none.
    private int ImplyView()
    {
        var signIns = node.SignIns;
        // One of which nothing is heard has hardly sent this.
        if (signIns.Any(candidate => candidate.IsSilent) && signIns.RemoveAll(candidate => candidate.IsSilent) is { IsEmpty: false } heard) signIns = heard;
        var signIn = Newest(candidate => !candidate.HasHadView && candidate.Address.Equals(address))
            ?? Newest(candidate => !candidate.HasHadView)
            ?? Newest(candidate => candidate.Address.Equals(address))
            ?? Newest(_ => true);
        var view = signIn is { } spokenFor ? node.FindViewOf(spokenFor) : node.Views.FirstOrDefault(candidate => candidate.SignIn is null);
        if (view is not null) return view.Id;
        var id = context.FreshId();
        changes.Add(new Change.ViewMade(id, signIn));
        return id;

        int? Newest(Func<Subscription, bool> isMeant)
        {
            for (var i = signIns.Length - 1; i >= 0; i--)
                if (isMeant(signIns[i])) return signIns[i].Id;
            return null;
        }
    }
}
