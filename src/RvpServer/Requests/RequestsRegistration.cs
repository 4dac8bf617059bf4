namespace RvpServer.Requests;

/// <summary>Registers the stages of a request.</summary>
internal static class RequestsRegistration
{
    public static IServiceCollection AddRequests(this IServiceCollection services)
    {
        services.AddHttpForwarder();
        return services
            .AddSingleton<FindStage>().AddSingleton<IdentifyStage>().AddSingleton<ReadStage>().AddSingleton<ServeStage>().AddSingleton<NodeEndpoint>()
            .AddSingleton<HomesElsewhere>().AddSingleton<Waits>().AddSingleton<Firewall>().AddSingleton<Relay>().AddSingleton<HomeProxy>();
    }
}
