using RvpServer.Configuration;

namespace RvpServer.Http;

/// <summary>Registers what surrounds every request: limits, log, error answers.</summary>
internal static class HttpRegistration
{
    public static IServiceCollection AddHttp(this IServiceCollection services, RvpSettings settings)
    {
        if (settings.ProtocolLog.Enabled) services.AddW3cLog(settings.ProtocolLog);
        return services.AddRouting()
            .AddRequestLimits(settings.Limits).AddSingleton<UnlistedProxies>().AddSingleton(new VirtualServerTable(settings.VirtualServers));
    }
}
