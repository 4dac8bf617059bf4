using RvpServer.Configuration;

namespace RvpServer.Http;

/// <summary>Registers the protocol log.</summary>
internal static class W3cLogRegistration
{
    /// <summary>Only if there is one, of all domains or of one alone: then <see cref="RequestFrame"/> writes it.</summary>
    public static IServiceCollection AddW3cLog(this IServiceCollection services, RvpSettings settings) =>
        !settings.Domains.Values.Select(domain => domain.ProtocolLog).Append(settings.ProtocolLog).Any(log => log.Enabled)
            ? services
            : services.AddSingleton<W3cLogWriters>().AddHostedService(provider => provider.GetRequiredService<W3cLogWriters>())
                .AddSingleton(provider => new W3cLog(provider.GetRequiredService<W3cLogWriters>().Of));
}
