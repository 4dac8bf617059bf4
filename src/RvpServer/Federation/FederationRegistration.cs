using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Dns;
using RvpServer.Domains;
using RvpServer.Runtime;

namespace RvpServer.Federation;

/// <summary>Registers requests to other servers, and the rules on which of them are believed.</summary>
internal static class FederationRegistration
{
    public static IServiceCollection AddFederation(this IServiceCollection services, RvpSettings settings)
    {
        if (settings.OrganisationKey is { } key)
            services.AddSingleton(key)
                .AddSingleton(provider => new OrganisationSeal(key, provider.GetRequiredService<WallClock>())).AddSingleton<HomeChannel>();
        return services
            .AddSingleton(HomeLine.Of(settings))
            .AddSingleton(provider => new HomeSearch(
                provider.GetRequiredService<ImDomains>(), provider.GetRequiredService<DomainResolver>(), HomeLine.Greeting(settings)))
            .AddSingleton<FederatedDomains>().AddSingleton<SenderTrust>().AddSingleton<ReferralCache>().AddSingleton<PeerClient>().AddSingleton<Peers>();
    }
}
