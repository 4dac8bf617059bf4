namespace RvpServer.Runtime;

/// <summary>Registers what every part needs.</summary>
internal static class RuntimeRegistration
{
    /// <summary>Registers the clock, the metrics and the log of abuse.</summary>
    public static IServiceCollection AddRuntime(this IServiceCollection services, TimeProvider clock) =>
        services.AddMetrics().AddSingleton(clock).AddSingleton<LoopMetrics>().AddSingleton<LogMetrics>().AddSingleton<AbuseLog>();
}
