using Microsoft.AspNetCore.DataProtection;
using Rvp.Ldap;
using RvpServer.Configuration;
using RvpServer.Directories.Ldap;
using RvpServer.Directories.Local;
using RvpServer.Domains;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Directories;

/// <summary>Registers the directory, in which accounts are looked up.</summary>
internal static class DirectoriesRegistration
{
    /// <summary>Registers the directory that the configuration names. Throws <see cref="ConfigurationException"/>.</summary>
    public static IServiceCollection AddDirectory(this IServiceCollection services, RvpSettings settings)
    {
        services.AddSingleton(_ => SecretVault.OpenKeys(settings.DataDirectory)).AddSingleton<NodeLocator>()
            .AddSingleton(new PasswordRules(settings.Authentication.MinPasswordLength))
            .AddSingleton<ProveSecrets>(provider => new SecretsProof(
                provider.GetRequiredService<SqliteFile>().Open, () => SecretVault.OpenExistingKeys(settings.DataDirectory)).ProveAsync)
            .AddSingleton(provider => new StoredSessions(provider.GetRequiredService<SqliteFile>().Open));
        return settings.Directory.Provider == DirectoryProvider.Ldap ? AddLdap(services, settings) : AddLocal(services);
    }

    private static IServiceCollection AddLocal(IServiceCollection services) => services
        .AddSingleton(provider => new Accounts(
            provider.GetRequiredService<SqliteFile>().Open, provider.GetRequiredService<IDataProtectionProvider>(), provider.GetRequiredService<SecretMaker>(),
            provider.GetRequiredService<PasswordRules>()))
        .AddSingleton(provider => new LocalDirectory(
            provider.GetRequiredService<SqliteFile>().Open, provider.GetRequiredService<IDataProtectionProvider>(),
            provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<IDirectory>(provider => provider.GetRequiredService<LocalDirectory>())
        .AddSingleton<IKeepsAccounts>(provider => provider.GetRequiredService<LocalDirectory>())
        .AddHostedService<AccountsLoop>();

    /// <summary>From the inside out: the directory, a cache, and passwords set here for accounts without one in the directory.</summary>
    private static IServiceCollection AddLdap(IServiceCollection services, RvpSettings settings)
    {
        var ldap = LdapConfiguration.SettingsOf(settings);
        var limits = new CacheLimits(settings.Directory.Ldap.CacheTtl, settings.Directory.Ldap.NegativeTtl);
        return services
            .AddSingleton(provider => new LdapClient(
                ldap.Connection, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<LdapClient>>()))
            .AddSingleton(provider => new LdapDirectory(
                provider.GetRequiredService<LdapClient>(), ldap, provider.GetRequiredService<ImDomains>().All, provider.GetRequiredService<SecretMaker>(),
                provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<LdapDirectory>>()))
            .AddSingleton(provider => new CachedDirectory(
                provider.GetRequiredService<LdapDirectory>(), limits, provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<CachedDirectory>>()))
            .AddSingleton(provider =>
            {
                var open = provider.GetRequiredService<SqliteFile>().Open;
                return new OwnPasswordDirectory(
                    provider.GetRequiredService<CachedDirectory>(), new OwnPasswords(open, provider.GetRequiredService<IDataProtectionProvider>()), open,
                    settings.Authentication.NtlmAuthHelper is not null, provider.GetRequiredService<TimeProvider>());
            })
            .AddSingleton<IDirectory>(provider => provider.GetRequiredService<OwnPasswordDirectory>())
            .AddSingleton<IKeepsAccounts>(provider => provider.GetRequiredService<OwnPasswordDirectory>())
            .AddHostedService<AccountsLoop>();
    }
}
