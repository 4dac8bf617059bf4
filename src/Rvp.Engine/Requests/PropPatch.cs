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
    public override bool TakesIds => true;

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
        return Changing(node, answer, draft.Changes);
    }

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
