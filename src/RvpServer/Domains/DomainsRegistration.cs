using RvpServer.Configuration;

namespace RvpServer.Domains;

/// <summary>Registers the IM domains of this process.</summary>
internal static class DomainsRegistration
{
    public static IServiceCollection AddDomains(this IServiceCollection services, RvpSettings settings) => services.AddSingleton(ImDomains.Of(settings));
}
