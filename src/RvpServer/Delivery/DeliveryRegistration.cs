using RvpServer.Nodes;

namespace RvpServer.Delivery;

/// <summary>Registers the outbox, through which all notifications leave.</summary>
internal static class DeliveryRegistration
{
    public static IServiceCollection AddOutbox(this IServiceCollection services) => services
        .AddSingleton<OutboxMetrics>().AddSingleton<OwedNews>().AddSingleton<LaneParts>()
        .AddSingleton<DeadCallbacks>().AddSingleton<RefusedWatches>().AddSingleton<CallbackCarrier>().AddSingleton<PeerCarrier>()
        .AddSingleton(provider => new Lazy<INodes>(provider.GetRequiredService<INodes>))
        .AddSingleton<Outbox>();
}
