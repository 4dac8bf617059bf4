using RvpServer.Configuration;

namespace RvpServer.Http;

/// <summary>Registers what surrounds every request: shares, log, error answers.</summary>
internal static class HttpRegistration
{
    public static IServiceCollection AddHttp(this IServiceCollection services, RvpSettings settings)
    {
        if (settings.ProtocolLog.Enabled) services.AddW3cLog(settings.ProtocolLog);
        return services.AddRouting().AddSingleton<Congestion>().AddHostedService(provider => provider.GetRequiredService<Congestion>())
            .AddSingleton<RequestPlaces>().AddSingleton<RefusalPacing>().AddSingleton<ConnectionShares>()
            .AddSingleton<UnlistedProxies>().AddSingleton(new VirtualServerTable(settings.VirtualServers));
    }

    /// <summary>
    /// Delays refusals to strangers who were refused too often; outside everything that refuses. Whose connection somebody has proven to be is no stranger's.
    /// </summary>
    public static IApplicationBuilder UseRefusalPacing(this IApplicationBuilder app)
    {
        var pacing = app.ApplicationServices.GetRequiredService<RefusalPacing>();
        return app.Use((context, next) =>
        {
            if (!ConnectionShares.IsProven(context)) pacing.Watch(context);
            return next(context);
        });
    }

    /// <summary>Gives a place to requests whose endpoints do not take one themselves; after routing.</summary>
    public static IApplicationBuilder UseRequestPlaces(this IApplicationBuilder app)
    {
        var places = app.ApplicationServices.GetRequiredService<RequestPlaces>();
        return app.Use((context, next) =>
            context.GetEndpoint()?.Metadata.GetMetadata<TakesOwnPlace>() is null ? places.ServeAsync(context, next) : next(context));
    }
}
