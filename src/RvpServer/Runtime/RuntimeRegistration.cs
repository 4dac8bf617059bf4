namespace RvpServer.Runtime;

/// <summary>Registers what every part needs.</summary>
internal static class RuntimeRegistration
{
    /// <summary>Registers the wall clock, the metrics and the log of abuse. The server's own time comes from the store.</summary>
    public static IServiceCollection AddRuntime(this IServiceCollection services, TimeProvider clock) =>
        services.AddMetrics().AddSingleton(new WallClock(clock)).AddSingleton<LoopMetrics>().AddSingleton<LogMetrics>().AddSingleton<AbuseLog>();
}
