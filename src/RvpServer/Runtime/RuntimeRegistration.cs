namespace RvpServer.Runtime;

/// <summary>What every part lives by.</summary>
internal static class RuntimeRegistration
{
    /// <summary>Registers the clock and what counts.</summary>
    public static IServiceCollection AddRuntime(this IServiceCollection services, TimeProvider clock) =>
        services.AddMetrics().AddSingleton(clock).AddSingleton<LoopMetrics>();
}
