using Rvp.Protocol;

namespace Rvp.Engine.Requests;

/// <summary>
/// ACL with a body: each entry replaces an earlier one for the same principal, an empty one removes it, others stay: clients send the change, not the list.
/// [client] An entry about the owner is ignored: owners cannot lock themselves out.
/// </summary>
public sealed record WriteAcl(IReadOnlyList<AccessEntry> Entries) : Request
{
    /// <inheritdoc/>
    public override Admission Admission => Admission.Holder(Rights.WriteAcl);

    /// <inheritdoc/>
    public override Outcome Decide(Node node, DecisionContext context)
    {
        var access = node.Access;
        var changes = new List<Change>();
        foreach (var entry in Entries)
        {
            if (node.Url.Equals(entry.Principal) || (entry.IsEmpty ? access.Find(entry.Principal) is null : entry.Equals(access.Find(entry.Principal))))
            {
                continue;
            }
            changes.Add(entry.IsEmpty ? new Change.AccessEntryRemoved(entry.Principal) : new Change.AccessEntrySet(entry));
            access = entry.IsEmpty ? access.Without(entry.Principal) : access.With(entry);
        }
        return access.Count > context.Rules.MaxAccessEntries ? Refusal.NodeFull : Changing(node, new Answer.Done(), changes);
    }
}
