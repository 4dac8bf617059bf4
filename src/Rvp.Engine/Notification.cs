using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Engine;

/// <summary>A notification for a callback: a message, or <see cref="News"/>.</summary>
/// <param name="Callback">Where it goes.</param>
/// <param name="SubscriptionId">The subscription that it belongs to, for the header.</param>
/// <param name="Node">The node of that subscription: where it is ended if the callback is dead.</param>
/// <param name="From">The principal that it is from, for RVP-From-Principal.</param>
/// <param name="HopCount">RVP-Hop-Count to send.</param>
/// <param name="Body">The document, sent byte for byte, always as text/xml in UTF-8: some receivers answer nothing else. [client: pidgin-librvp]</param>
public sealed record Notification(Callback Callback, int SubscriptionId, RvpUrl Node, string From, int HopCount, ReadOnlyMemory<byte> Body)
{
    /// <summary>What a property change tells; null for a message.</summary>
    public News? News { get; init; }

    /// <summary>The notification of the watch, if the watcher's own node passed it on to this subscription; null: it was not passed on.</summary>
    public Notification? Via { get; init; }

    /// <summary>How often the receiver was owed these news already.</summary>
    public int TimesOwed { get; init; }

    /// <summary>True for a property change, false for a message.</summary>
    public bool IsPropertyChange => News is not null;

    /// <summary>True for news of the same contact for the same subscription: then <see cref="After"/> makes one of both.</summary>
    public bool Replaces(Notification older) =>
        News is { } news && older.News is { } before && SubscriptionId == older.SubscriptionId && news.From == before.From;

    /// <summary>This one, telling also what the older one would have told.</summary>
    public Notification After(Notification older)
    {
        var both = News!.After(older.News!);
        return ReferenceEquals(both, News)
            ? this
            : this with { News = both, Body = NotificationXml.WritePropertyChange(both.From, both.To, both.Changes) };
    }
}
