using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Engine.Requests;

/// <summary>ACL without a body: reads the access list.</summary>
public sealed record ReadAcl(Caller Caller) : Request
{
    /// <inheritdoc/>
    public override Admission Admission => Admission.Holder(Rights.ReadAcl);

    /// <inheritdoc/>
    public override Outcome Decide(Node node, DecisionContext context)
    {
        var owner = Caller.IsProvenAs(node.Url) ? Caller.Principal! : node.Url;
        return new Answer.Done { Body = AclXml.Write(node.Access.ToEntries(owner)) };
    }
}
