using RvpServer.Nodes;

namespace RvpServer.Delivery;

/// <summary>The one way out for notifications.</summary>
internal static class DeliveryRegistration
{
    /// <summary>Registers it.</summary>
    public static IServiceCollection AddOutbox(this IServiceCollection services) => services
        .AddSingleton<OutboxMetrics>().AddSingleton<DeadCallbacks>().AddSingleton<CallbackCarrier>().AddSingleton<PeerCarrier>()
        .AddSingleton(provider => new Lazy<INodes>(provider.GetRequiredService<INodes>))
        .AddSingleton<Outbox>();
}
