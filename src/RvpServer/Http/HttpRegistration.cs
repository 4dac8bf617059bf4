using RvpServer.Configuration;

namespace RvpServer.Http;

/// <summary>What stands around every request: limits, log, answers to what goes wrong.</summary>
internal static class HttpRegistration
{
    /// <summary>Registers it.</summary>
    public static IServiceCollection AddHttp(this IServiceCollection services, RvpSettings settings)
    {
        if (settings.ProtocolLog.Enabled) services.AddW3cLog(settings.ProtocolLog);
        return services.AddRouting().AddRequestLimits(settings.Limits).AddSingleton(new VirtualServerTable(settings.VirtualServers));
    }
}
