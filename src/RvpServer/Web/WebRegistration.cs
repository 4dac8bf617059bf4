using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Dns;
using RvpServer.Domains;

namespace RvpServer.Web;

/// <summary>Registers the web client.</summary>
internal static class WebRegistration
{
    public static IServiceCollection AddWeb(this IServiceCollection services, RvpSettings settings) => services
        .AddSingleton<HttpsRule>().AddSingleton<WebSessions>().AddSingleton<WebAssets>().AddSingleton<Looks>().AddSingleton<ClientsPage>()
        .AddSingleton<SessionEndpoint>().AddSingleton<SessionsEndpoint>().AddSingleton<PasswordEndpoint>()
        .AddSingleton<OwnerProof>().AddSingleton<PictureEndpoint>().AddSingleton<NameEndpoint>()
        .AddSingleton<AddressEndpoint>().AddSingleton<RouterWeb>()
        .AddSingleton(provider => new AddressLookup(
            provider.GetRequiredService<ImDomains>(), provider.GetRequiredService<NodeLocator>(), provider.GetRequiredService<DomainResolver>(),
            settings.Federation.Enabled));

    /// <summary>Serves it, if it is enabled.</summary>
    public static IApplicationBuilder UseWeb(this IApplicationBuilder app, WebClientOptions options) =>
        options.Enabled ? app.UseMiddleware<WebClientEndpoint>() : app;
}
