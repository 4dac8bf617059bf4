using RvpServer.Directories;
using RvpServer.Domains;

namespace RvpServer.Administration;

/// <summary>Registers what administrators work with.</summary>
internal static class AdministrationRegistration
{
    public static IServiceCollection AddAdministration(this IServiceCollection services) => services
        .AddSingleton<PasswordChange>()
        .AddSingleton(provider => new UserHomes(provider.GetRequiredService<ImDomains>()))
        .AddSingleton<AdminServices>();
}
