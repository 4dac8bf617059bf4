using RvpServer.Directories;
using RvpServer.Domains;
using RvpServer.Runtime;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Administration;

/// <summary>Registers what administrators work with.</summary>
internal static class AdministrationRegistration
{
    public static IServiceCollection AddAdministration(this IServiceCollection services) => services
        .AddSingleton<PasswordChange>()
        .AddSingleton(provider => new UserHomes(provider.GetRequiredService<ImDomains>()))
        .AddSingleton(provider => new AdminServices(
            provider.GetRequiredService<SqliteFile>().Open, provider.GetRequiredService<IAccounts>(), provider.GetRequiredService<ImDomains>(),
            provider.GetRequiredService<SendPerson>(), provider.GetRequiredService<WallClock>(), provider.GetRequiredService<TimeProvider>()));
}
