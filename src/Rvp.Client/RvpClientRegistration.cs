using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Rvp.Client;

/// <summary>Clients as a service of a host.</summary>
public static class RvpClientRegistration
{
    /// <summary>
    /// Adds one <see cref="RvpClient"/> for the whole program, which logs where the program does and signs out when it ends. Signing in is left to whoever uses
    /// it, for example a background service.
    /// </summary>
    /// <param name="services">The program's services.</param>
    /// <param name="options">Makes the options, of configuration for example.</param>
    public static IServiceCollection AddRvpClient(this IServiceCollection services, Func<IServiceProvider, RvpClientOptions> options) =>
        services.AddSingleton(provider =>
        {
            var made = options(provider);
            return new RvpClient(made with { LoggerFactory = made.LoggerFactory ?? provider.GetService<ILoggerFactory>() });
        });
}
