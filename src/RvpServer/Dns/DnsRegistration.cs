using RvpServer.Configuration;

namespace RvpServer.Dns;

/// <summary>Registers the DNS look-ups.</summary>
internal static class DnsRegistration
{
    public static IServiceCollection AddDns(this IServiceCollection services, RvpSettings settings) => services
        .AddSingleton(settings.Dns)
        .AddSingleton<DomainResolver>(provider => new DomainResolver(
            provider.GetRequiredService<DnsOptions>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<DnsLookup>>()));
}
