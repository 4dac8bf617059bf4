using RvpServer.Configuration;
using RvpServer.Directories;

namespace RvpServer.Webhooks;

/// <summary>Registers the URLs by which programs send messages.</summary>
internal static class WebhooksRegistration
{
    public static IServiceCollection AddWebhooks(this IServiceCollection services) => services
        .AddSingleton<StoredWebhooks>()
        .AddSingleton<IBelongings>(provider => provider.GetRequiredService<StoredWebhooks>())
        .AddSingleton<WebhookMetrics>().AddSingleton<WebhookThrottle>().AddSingleton<WebhookDelivery>()
        .AddSingleton<WebhookPost>().AddSingleton<WebhookManagement>();

    /// <summary>Serves them, if they are enabled.</summary>
    public static void UseWebhooks(this IApplicationBuilder app, WebhooksOptions options)
    {
        if (options.Enabled) app.UseMiddleware<WebhooksEndpoint>();
    }
}
