using RvpServer.Configuration;

namespace RvpServer.Dns;

/// <summary>The one place where names are looked up.</summary>
internal static class DnsRegistration
{
    /// <summary>Registers it.</summary>
    public static IServiceCollection AddDns(this IServiceCollection services, RvpSettings settings) => services
        .AddSingleton(new DnsSettings(settings.Dns.Servers, settings.Dns.Timeout))
        .AddSingleton<DomainResolver>(provider => new DomainResolver(
            provider.GetRequiredService<DnsSettings>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<DnsLookup>>()));
}
