namespace RvpServer.Requests;

/// <summary>The request's way.</summary>
internal static class RequestsRegistration
{
    /// <summary>Registers its stages.</summary>
    public static IServiceCollection AddRequests(this IServiceCollection services)
    {
        services.AddHttpForwarder();
        return services
            .AddSingleton<FindStage>().AddSingleton<IdentifyStage>().AddSingleton<ReadStage>().AddSingleton<ServeStage>().AddSingleton<NodeEndpoint>()
            .AddSingleton<Firewall>().AddSingleton<Relay>().AddSingleton<HomeProxy>();
    }
}
