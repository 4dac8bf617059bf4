using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Engine.Requests;

/// <summary>PROPFIND: reads properties.</summary>
public sealed record PropFind(Caller Caller, RvpUrl NodeAsWritten, PropFindQuery Query) : Request
{
    /// <inheritdoc/>
    public override Admission Admission => Admission.Principal;

    /// <inheritdoc/>
    public override Outcome Decide(Node node, DecisionContext context)
    {
        if (!node.Access.Allows(Caller, Rights.Read))
        {
            if (node.Access.WouldAllowProven(Caller, Rights.Read)) return Refusal.ProofNeeded;
            // People whom the owner blocked must not notice it by reading: they get what a watcher gets, with presence offline.
            if (!context.Rules.IsBlockingPolite || !node.Access.Blocks(Caller)) return Refusal.NotAllowed;
        }
        var seen = SeenProperties(node);
        var found = new List<Property>();
        var missing = new List<Property>();
        foreach (var name in Query.Kind == PropFindKind.Named ? Query.Names : seen.Keys.ToList())
        {
            if (!seen.TryGetValue(name, out var value)) missing.Add(new Property(name, ""));
            else found.Add(new Property(name, Query.Kind == PropFindKind.NamesOnly ? "" : value));
        }
        return new Answer.Done(207)
        {
            Body = MultiStatusXml.Write(NodeAsWritten.Spelling, [new PropStat(200, "Successful", found), new PropStat(404, "Not Found", missing)]),
        };
    }

    private Dictionary<PropertyName, string> SeenProperties(Node node)
    {
        var isOwner = Caller.IsProvenAs(node.Url);
        var seen = NodeAppearance.Of(node).SeenBy(Caller).ToDictionary(property => property.Name, property => property.InnerXml);
        foreach (var name in node.Properties.Keys.Concat(node.Views.SelectMany(view => view.Values.Keys)))
        {
            if (name == PropertyName.State || (name.IsPrivate && !isOwner)) continue;
            if (NodeAppearance.ValueOf(node, name) is { } value) seen[name] = value;
        }
        return seen;
    }
}
