namespace RvpServer.Runtime;

/// <summary>Registers what every part needs.</summary>
internal static class RuntimeRegistration
{
    /// <summary>Registers the clock and the metrics.</summary>
    public static IServiceCollection AddRuntime(this IServiceCollection services, TimeProvider clock) =>
        services.AddMetrics().AddSingleton(clock).AddSingleton<LoopMetrics>();
}
