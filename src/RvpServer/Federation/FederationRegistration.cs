namespace RvpServer.Federation;

/// <summary>Other servers: asking them, and whom to believe.</summary>
internal static class FederationRegistration
{
    /// <summary>Registers it.</summary>
    public static IServiceCollection AddFederation(this IServiceCollection services) =>
        services.AddSingleton<SenderTrust>().AddSingleton<ReferralCache>().AddSingleton<PeerClient>().AddSingleton<Peers>();
}
