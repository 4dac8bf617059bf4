using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace Rvp.Protocol.Xml;

/// <summary>A subscription in the answer to SUBSCRIPTIONS.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Watcher">The watcher, a logical URL.</param>
/// <param name="TimeLeft">The rest of its lease; written in whole seconds, rounded down.</param>
public sealed record ListedSubscription(int Id, string Watcher, TimeSpan TimeLeft);

/// <summary>The r:subscriptions document. [KB 298421]</summary>
public static class SubscriptionsXml
{
    private static readonly XNamespace Dav = RvpXml.Dav;
    private static readonly XNamespace Rvp = RvpXml.Rvp;

    /// <summary>Writes the answer to SUBSCRIPTIONS.</summary>
    public static byte[] Write(IReadOnlyList<ListedSubscription> subscriptions)
    {
        var text = new StringBuilder(RvpXml.Prolog, 256 + 320 * subscriptions.Count);
        text.Append("<r:subscriptions ").Append(RvpXml.Declarations).Append('>');
        foreach (var subscription in subscriptions)
        {
            var watcher = RvpXml.Escape(subscription.Watcher);
            text.Append(CultureInfo.InvariantCulture, $"<r:subscription><r:subscription-id>{subscription.Id}</r:subscription-id><d:href>{watcher}</d:href>")
                .Append("<a:principal><a:rvp-principal>").Append(watcher).Append("</a:rvp-principal></a:principal><d:timeout>")
                .Append(Seconds.Write(subscription.TimeLeft)).Append("</d:timeout></r:subscription>");
        }
        return RvpXml.ToBytes(text.Append("</r:subscriptions>"));
    }

    /// <summary>Reads the answer to SUBSCRIPTIONS.</summary>
    public static IReadOnlyList<ListedSubscription> Read(ReadOnlyMemory<byte> body)
    {
        var root = RvpXml.ReadDocument(body);
        if (root.Name != Rvp + "subscriptions") throw new RvpException("The root of a list of subscriptions must be r:subscriptions.");
        return [.. root.Elements(Rvp + "subscription").Select(ReadSubscription)];
    }

    private static ListedSubscription ReadSubscription(XElement subscription)
    {
        const NumberStyles style = NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite;
        if (!int.TryParse(subscription.Element(Rvp + "subscription-id")?.Value, style, CultureInfo.InvariantCulture, out var id) || id < 1)
        {
            throw new RvpException("r:subscription-id must be a positive 31-bit number.");
        }
        var watcher = subscription.Element(Dav + "href") ?? throw new RvpException("r:subscription must hold d:href.");
        if (!Seconds.TryParse(subscription.Element(Dav + "timeout")?.Value ?? "", out var timeLeft))
        {
            throw new RvpException("d:timeout must be a number of seconds.");
        }
        return new ListedSubscription(id, watcher.Value, timeLeft);
    }
}
