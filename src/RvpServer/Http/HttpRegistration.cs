using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using RvpServer.Configuration;
using RvpServer.Runtime;

namespace RvpServer.Http;

/// <summary>Registers what surrounds every request: shares, log, error answers.</summary>
internal static class HttpRegistration
{
    public static IServiceCollection AddHttp(this IServiceCollection services, RvpSettings settings)
    {
        if (settings.OrganisationKey is { } key)
            services.AddSingleton(provider => new OrganisationProof(key, provider.GetRequiredService<WallClock>()));
        return services.AddW3cLog(settings)
            .AddSingleton<Congestion>().AddHostedService(provider => provider.GetRequiredService<Congestion>())
            .AddSingleton<ErrorAnswers>().AddSingleton<RequestMetrics>().AddSingleton<RefusalPacing>()
            .AddSingleton(provider => new RequestPlaces(
                settings.Limits, provider.GetRequiredService<Congestion>(), provider.GetRequiredService<AbuseLog>(),
                provider.GetRequiredService<VirtualServerTable>(), settings.Domains))
            .AddSingleton<IConnectionListenerFactory>(provider => new BoundedListeners(
                ActivatorUtilities.CreateInstance<SocketTransportFactory>(provider), KestrelLimits.ConnectionsOf(settings)))
            .AddSingleton<ConnectionShares>().AddSingleton<UnlistedProxies>().AddSingleton<RouterTrust>()
            .AddSingleton(new VirtualServerTable(settings.VirtualServers));
    }

    /// <summary>Gives a place to requests that take none themselves.</summary>
    public static IApplicationBuilder UseRequestPlaces(this IApplicationBuilder app) =>
        app.Use(app.ApplicationServices.GetRequiredService<RequestPlaces>().ServeAsync);
}
