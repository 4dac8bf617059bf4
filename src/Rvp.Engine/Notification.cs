using Rvp.Protocol;

namespace Rvp.Engine;

/// <summary>A notification for a callback.</summary>
/// <param name="Callback">Where it goes.</param>
/// <param name="SubscriptionId">The subscription that it belongs to, for the header.</param>
/// <param name="Node">The node of that subscription: where it is ended if the callback is dead.</param>
/// <param name="From">The principal that it is from, for RVP-From-Principal.</param>
/// <param name="HopCount">RVP-Hop-Count to send.</param>
/// <param name="Body">The document, sent byte for byte, always as text/xml in UTF-8: some receivers answer nothing else. [client: pidgin-librvp]</param>
/// <param name="IsPropertyChange">True for a property change, false for a message.</param>
public sealed record Notification(
    Callback Callback,
    int SubscriptionId,
    RvpUrl Node,
    string From,
    int HopCount,
    ReadOnlyMemory<byte> Body,
    bool IsPropertyChange);
