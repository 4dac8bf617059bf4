using System.Diagnostics.Metrics;
using Rvp.Ldap;
using RvpServer.Configuration;
using RvpServer.Directories.Ldap;
using RvpServer.Directories.Local;
using RvpServer.Domains;
using RvpServer.Runtime;
using RvpServer.Storage;

namespace RvpServer.Directories;

/// <summary>Registers the directory, in which accounts are looked up.</summary>
internal static class DirectoriesRegistration
{
    /// <summary>Registers the directory that the configuration names. Throws <see cref="ConfigurationException"/>.</summary>
    public static IServiceCollection AddDirectory(this IServiceCollection services, RvpSettings settings)
    {
        services.AddSingleton(provider => SecretVault.OpenKeys(provider.GetRequiredService<IDatabase>(), settings.DataDirectory))
            .AddSingleton<MovedHomes>().AddSingleton<NodeLocator>()
            .AddSingleton(PasswordRules.Of(settings.Authentication)).AddSingleton(AccountLimits.Of(settings))
            .AddSingleton<ProveSecrets>(provider => new SecretsProof(provider.GetRequiredService<IDatabase>(), settings.DataDirectory).ProveAsync)
            .AddSingleton<OwnPasswords>()
            .AddSingleton(provider => new StoredSessions(provider.GetRequiredService<IDatabase>(), settings.Cluster.Enabled))
            .AddSingleton<IBelongings>(provider => provider.GetRequiredService<StoredSessions>())
            .AddSingleton<StoredPushes>().AddSingleton<IBelongings>(provider => provider.GetRequiredService<StoredPushes>())
            .AddSingleton<Pictures>()
            .AddSingleton<IBelongings>(provider => provider.GetRequiredService<Pictures>());
        foreach (var directory in settings.Directories)
        {
            if (directory.Options.Provider == DirectoryProvider.Ldap) AddLdap(services, directory, settings);
            else AddLocal(services, directory.Key);
        }
        services.AddHostedService<AccountsLoop>()
            .AddSingleton(provider => RoutedAccounts.Of(
                [.. settings.Directories.Select(directory => (directory, provider.GetRequiredKeyedService<IAccounts>(directory.Key)))],
                provider.GetRequiredService<ImDomains>()));
        return settings.Directories is [var only] ? AddOnly(services, only) : AddRouted(services, settings.Directories);
    }

    private static IServiceCollection AddOnly(IServiceCollection services, DirectorySettings only)
    {
        if (only.Options.Provider == DirectoryProvider.Ldap) services.AddSingleton(provider => PartOf(provider, only.Key).Belongings!);
        return services
            .AddSingleton(provider => PartOf(provider, only.Key).Directory)
            .AddSingleton(provider => PartOf(provider, only.Key).Kept);
    }

    private static IServiceCollection AddRouted(IServiceCollection services, IReadOnlyList<DirectorySettings> all) => services
        .AddSingleton(provider => new RoutedDirectory(new DomainTable<DirectoryPart>(
            [.. all.Select(directory => (PartOf(provider, directory.Key), directory.Domains))])))
        .AddSingleton<IDirectory>(provider => provider.GetRequiredService<RoutedDirectory>())
        .AddSingleton<IKeepsAccounts>(provider => provider.GetRequiredService<RoutedDirectory>())
        .AddSingleton<IBelongings>(provider => provider.GetRequiredService<RoutedDirectory>());

    private static DirectoryPart PartOf(IServiceProvider provider, string key) => provider.GetRequiredKeyedService<DirectoryPart>(key);

    private static void AddLocal(IServiceCollection services, string key) => services
        .AddSingleton<Accounts>()
        .AddSingleton<LocalDirectory>()
        .AddKeyedSingleton<IAccounts>(key, (provider, _) => provider.GetRequiredService<Accounts>())
        .AddKeyedSingleton(key, (provider, _) =>
        {
            var local = provider.GetRequiredService<LocalDirectory>();
            return new DirectoryPart(local, local, null);
        });

    /// <summary>From the inside out: the directory, a cache, and passwords set here for accounts without one in the directory.</summary>
    private static void AddLdap(IServiceCollection services, DirectorySettings directory, RvpSettings settings)
    {
        var ldap = LdapConfiguration.SettingsOf(directory, settings);
        var limits = new CacheLimits(directory.Options.Ldap.CacheTtl, directory.Options.Ldap.NegativeTtl);
        var key = directory.Key;
        services
            .AddKeyedSingleton(key, (provider, _) => new LdapClient(
                ldap.Connection, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<LdapClient>>()))
            .AddKeyedSingleton(key, (provider, _) => new LdapDirectory(
                provider.GetRequiredKeyedService<LdapClient>(key), ldap, DomainsOf(provider), provider.GetRequiredService<SecretMaker>(),
                provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<LdapDirectory>>()))
            .AddKeyedSingleton(key, (provider, _) => new MeasuredDirectory(
                provider.GetRequiredKeyedService<LdapDirectory>(key), provider.GetRequiredService<IMeterFactory>(),
                provider.GetRequiredService<TimeProvider>()))
            .AddKeyedSingleton(key, (provider, _) => new CachedDirectory(
                provider.GetRequiredKeyedService<MeasuredDirectory>(key), limits, provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<CachedDirectory>>()))
            .AddKeyedSingleton(key, (provider, _) =>
            {
                var database = provider.GetRequiredService<IDatabase>();
                var cached = provider.GetRequiredKeyedService<CachedDirectory>(key);
                return new OwnPasswordDirectory(
                    cached, provider.GetRequiredService<OwnPasswords>(), database,
                    settings.Authentication.NtlmAuthHelper is not null, provider.GetRequiredService<TimeProvider>(), cached.Outdate);
            })
            .AddKeyedSingleton<IAccounts>(key, (provider, _) => new LdapAccounts(
                provider.GetRequiredKeyedService<LdapClient>(key), ldap, DomainsOf(provider),
                provider.GetRequiredService<OwnPasswords>(),
                provider.GetRequiredService<SecretMaker>(), provider.GetRequiredService<PasswordRules>(), WallClock.OfMachine,
                provider.GetRequiredService<AccountLimits>()))
            .AddKeyedSingleton(key, (provider, _) =>
            {
                var own = provider.GetRequiredKeyedService<OwnPasswordDirectory>(key);
                return new DirectoryPart(own, own, own);
            });

        IReadOnlyList<ImDomain> DomainsOf(IServiceProvider provider) => provider.GetRequiredService<ImDomains>().These(directory.Domains);
    }
}
