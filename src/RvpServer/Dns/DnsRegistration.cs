using RvpServer.Configuration;

namespace RvpServer.Dns;

/// <summary>Registers the DNS look-ups.</summary>
internal static class DnsRegistration
{
    public static IServiceCollection AddDns(this IServiceCollection services, RvpSettings settings) => services
        .AddSingleton(new DnsSettings(settings.Dns.Servers, settings.Dns.Timeout))
        .AddSingleton<DomainResolver>(provider => new DomainResolver(
            provider.GetRequiredService<DnsSettings>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<DnsLookup>>()));
}
