using RvpServer.Configuration;

namespace RvpServer.Domains;

/// <summary>The IM domains of this process.</summary>
internal static class DomainsRegistration
{
    /// <summary>Registers them.</summary>
    public static IServiceCollection AddDomains(this IServiceCollection services, RvpSettings settings) => services.AddSingleton(ImDomains.Of(settings));
}
