using Rvp.Engine;

namespace RvpServer.Delivery;

/// <summary>What one callback still has to get.</summary>
internal sealed class CallbackQueue(Callback.Direct callback, int maxNotifications, int maxBytes) : NotificationQueue(maxNotifications, maxBytes)
{
    public Callback.Direct Callback { get; } = callback;
}
