namespace RvpServer.Delivery;

/// <summary>How notifications leave the server, validated.</summary>
/// <param name="Attempts">How often a callback is tried before it counts as dead. Exchange tried 4 times. [KB 318158]</param>
/// <param name="CallbackTimeout">How long a callback may think about a notification that it has got whole.</param>
/// <param name="MinCallbackPort">Lowest port a callback may have.</param>
/// <param name="MaxQueuedNotifications">Most that may wait for one callback, the one under way included.</param>
/// <param name="MaxQueuedBytes">Most bytes of documents that may wait for one callback.</param>
/// <param name="OutboundProxy">HTTP proxy that all notifications go through; null for none.</param>
internal sealed record DeliverySettings(
    int Attempts,
    TimeSpan CallbackTimeout,
    int MinCallbackPort,
    int MaxQueuedNotifications = 1000,
    int MaxQueuedBytes = 4 * 1024 * 1024,
    Uri? OutboundProxy = null);
