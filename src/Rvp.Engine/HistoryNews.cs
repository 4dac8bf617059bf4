using System.Globalization;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Engine;

/// <summary>
/// Tells the devices of an account that its history has changed: a property change of its own node, which waits once, however much has changed.
/// </summary>
internal static class HistoryNews
{
    private static readonly PropertyName Changed = new(HistoryXml.Namespace, "changed");

    /// <summary>The changes that tell the sign-ins that poll; none for who has one sign-in only, which did it itself.</summary>
    public static IReadOnlyList<Change> For(Node node, DecisionContext context)
    {
        if (node.SignIns.Length < 2) return [];
        var number = context.Now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        var body = NotificationXml.WritePropertyChange(node.Url.Spelling, node.Url.Spelling, [new Property(Changed, number)]);
        return Queueing.PropertyChange(node, body, node.Url.ToString(), context);
    }
}
