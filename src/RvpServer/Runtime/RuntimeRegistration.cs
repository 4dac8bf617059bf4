namespace RvpServer.Runtime;

/// <summary>Registers what every part needs.</summary>
internal static class RuntimeRegistration
{
    /// <summary>
    /// Registers the wall clock, the metrics, the log of abuse, what notices stalls and the emergency stop. The server's own time comes from the store.
    /// </summary>
    public static IServiceCollection AddRuntime(this IServiceCollection services, TimeProvider clock) => services
        .AddMetrics()
        .AddSingleton(new WallClock(clock))
        // A process stands still in the time of its machine, also where a test moves the rest.
        .AddSingleton(_ => new Stalls(WallClock.OfMachine))
        .AddSingleton<LoopMetrics>().AddSingleton<LogMetrics>()
        .AddSingleton<AbuseLog>()
        .AddSingleton<EmergencyStop>();
}
