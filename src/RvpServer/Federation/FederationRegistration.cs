namespace RvpServer.Federation;

/// <summary>Registers requests to other servers, and the rules on which of them are believed.</summary>
internal static class FederationRegistration
{
    public static IServiceCollection AddFederation(this IServiceCollection services) =>
        services.AddSingleton<FederatedDomains>().AddSingleton<SenderTrust>().AddSingleton<ReferralCache>().AddSingleton<PeerClient>().AddSingleton<Peers>();
}
