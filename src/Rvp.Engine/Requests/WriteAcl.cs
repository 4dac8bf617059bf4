using Rvp.Protocol;

namespace Rvp.Engine.Requests;

/// <summary>
/// ACL with a body: each entry replaces its principal's earlier one, an empty one removes it, others stay: clients send the change, not the
/// list. [client] What is written about the owner is taken and forgotten: owners cannot lock themselves out.
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
