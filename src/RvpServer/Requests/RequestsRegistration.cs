using RvpServer.Configuration;
using RvpServer.Web;

namespace RvpServer.Requests;

/// <summary>Registers the stages of a request.</summary>
internal static class RequestsRegistration
{
    public static IServiceCollection AddRequests(this IServiceCollection services, RvpSettings settings)
    {
        services.AddHttpForwarder();
        services.AddSingleton<ForwardToHome>(provider => provider.GetRequiredService<HomeProxy>().ForwardWebAsync);
        if (settings.OrganisationKey is not null) services.AddSingleton<MovesEndpoint>();
        return services
            .AddSingleton<FindStage>().AddSingleton<IdentifyStage>().AddSingleton<ReadStage>().AddSingleton<ServeStage>().AddSingleton<NodeEndpoint>()
            .AddSingleton<HomesElsewhere>().AddSingleton<Waits>().AddSingleton<Firewall>().AddSingleton<Relay>().AddSingleton<HomeProxy>()
            .AddSingleton<SentMessages>();
    }

    /// <summary>Answers other home servers of the organisation, where they share a key.</summary>
    public static void UseMoves(this IApplicationBuilder app)
    {
        if (app.ApplicationServices.GetService<MovesEndpoint>() is not { } moves) return;
        app.Use((context, next) => moves.IsMeant(context) ? moves.HandleAsync(context) : next(context));
    }
}
