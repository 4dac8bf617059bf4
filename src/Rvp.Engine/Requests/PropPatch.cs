using System.Net;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Engine.Requests;

/// <summary>PROPPATCH: sets presence and other properties, leased or permanent; all or nothing. [white paper, scenarios 1, 5 and 6]</summary>
public sealed record PropPatch(Caller Caller, RvpUrl NodeAsWritten, IPAddress Address, IReadOnlyList<PropertyEdit> Edits) : Request
{
    /// <inheritdoc/>
    public override Admission Admission => Admission.Holder(Rights.Write);

    /// <inheritdoc/>
    public override Outcome Decide(Node node, DecisionContext context)
    {
        foreach (var edit in Edits)
            if (edit.ViewId is { } id && node.FindView(id) is null) return Refusal.NoSuchView;

        var refusals = PropertyRules.Check(node, Edits, context.Rules);
        if (refusals.Count > 0) return new Answer.Done(207) { Body = MultiStatusXml.Write(NodeAsWritten.Spelling, RefusedStats(refusals)) };

        var draft = new PropertyDraft(node, context, Address);
        var answered = new List<Property>(Edits.Count);
        foreach (var edit in Edits) answered.Add(new Property(edit.Name, draft.Make(edit)));
        var answer = new Answer.Done(207)
        {
            Body = MultiStatusXml.Write(NodeAsWritten.Spelling, [new PropStat(200, "Successful", answered)]),
        };
        var changes = draft.Changes;
        if (Caller.IsProvenAs(node.Url) && node.SignIns.Any(signIn => signIn.Callback is Callback.Polled))
        {
            changes = [.. changes, .. SpokenFor(node, changes).SelectMany(signIn => Hearing.Of(signIn, context.Now))];
            changes = [.. changes, .. Hearing.Back(node, changes)];
        }
        return Changing(node, answer, changes);
    }

    // The sign-ins of the views that were set: their clients are there.
    private static IEnumerable<Subscription> SpokenFor(Node node, IReadOnlyList<Change> changes) =>
        changes.Select(change => change switch
        {
            Change.ViewMade made => made.SignIn,
            Change.ViewValueSet set => node.FindView(set.View)?.SignIn,
            Change.ViewValueRenewed renewed => node.FindView(renewed.View)?.SignIn,
            _ => null,
        }).OfType<int>().Distinct().Select(node.FindSubscription).OfType<Subscription>();

    private List<PropStat> RefusedStats(Dictionary<PropertyName, Refusal> refusals)
    {
        var stats = refusals
            .GroupBy(entry => (entry.Value.Status, entry.Value.Reason), entry => new Property(entry.Key, ""))
            .Select(group => new PropStat(group.Key.Status, group.Key.Reason, [.. group]))
            .ToList();
        var others = Edits.Select(edit => edit.Name).Distinct().Where(name => !refusals.ContainsKey(name));
        stats.Add(new PropStat(424, "Failed Dependency", [.. others.Select(name => new Property(name, ""))]));
        return stats;
    }
}
