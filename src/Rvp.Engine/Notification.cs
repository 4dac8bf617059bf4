using Rvp.Protocol;

namespace Rvp.Engine;

/// <summary>Something to be told to a callback.</summary>
/// <param name="Callback">Where it goes.</param>
/// <param name="SubscriptionId">The subscription it belongs to: the header tells the client.</param>
/// <param name="Watcher">The subscriber: whose node a logical callback leads to.</param>
/// <param name="From">The principal it is from, for RVP-From-Principal.</param>
/// <param name="HopCount">RVP-Hop-Count to send.</param>
/// <param name="Body">The document, sent byte for byte.</param>
/// <param name="ContentType">As the sender wrote it.</param>
/// <param name="IsPropertyChange">True for a property change, false for a message.</param>
public sealed record Notification(
    Callback Callback,
    int SubscriptionId,
    RvpUrl Watcher,
    string From,
    int HopCount,
    ReadOnlyMemory<byte> Body,
    string ContentType,
    bool IsPropertyChange);
