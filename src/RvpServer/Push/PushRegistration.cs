using RvpServer.Configuration;

namespace RvpServer.Push;

/// <summary>Registers what announces messages to browsers that are closed.</summary>
internal static class PushRegistration
{
    public static IServiceCollection AddPush(this IServiceCollection services, RvpSettings settings)
    {
        services.AddSingleton<PushMetrics>().AddSingleton<PushKey>().AddSingleton<PushSender>().AddSingleton(settings.Push);
        return settings.Push.Enabled ? services.AddHostedService<PushService>() : services;
    }

    /// <summary>Serves it, if it is enabled.</summary>
    public static void UsePush(this IApplicationBuilder app, PushOptions options)
    {
        if (options.Enabled) app.UseMiddleware<PushEndpoint>();
    }
}
