namespace RvpServer.Runtime;

/// <summary>Registers what every part needs.</summary>
internal static class RuntimeRegistration
{
    /// <summary>Registers the clock, the metrics, the log of abuse and the emergency stop.</summary>
    public static IServiceCollection AddRuntime(this IServiceCollection services, TimeProvider clock) =>
        services.AddMetrics().AddSingleton(clock).AddSingleton<LoopMetrics>().AddSingleton<AbuseLog>().AddSingleton<EmergencyStop>();
}
