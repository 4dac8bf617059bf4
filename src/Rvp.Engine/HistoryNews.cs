using System.Globalization;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Engine;

/// <summary>
/// Tells the devices of an account that its history has changed: a property change of its own node, which waits once, however much has changed.
/// </summary>
internal static class HistoryNews
{
    /// <summary>The changes that tell the sign-ins that poll; none for a page that is the only sign-in, and did it itself.</summary>
    /// <param name="node">Whose history.</param>
    /// <param name="isByPage">Whether a page did it: pages are signed in, and other programs may do it without.</param>
    /// <param name="context">Time and rules.</param>
    public static IReadOnlyList<Change> For(Node node, bool isByPage, DecisionContext context)
    {
        if (isByPage && node.SignIns.Length < 2) return [];
        var number = context.Now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        var body = NotificationXml.WritePropertyChange(node.Url.Spelling, node.Url.Spelling, [new Property(HistoryXml.Changed, number)]);
        return Queueing.PropertyChange(node, body, node.Url.ToString(), context);
    }
}
