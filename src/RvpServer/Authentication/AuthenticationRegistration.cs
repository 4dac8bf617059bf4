using RvpServer.Authentication.Negotiate;
using RvpServer.Authentication.Ntlm;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Directories.Ldap;
using RvpServer.Storage;

namespace RvpServer.Authentication;

/// <summary>Registers how callers prove their identity.</summary>
internal static class AuthenticationRegistration
{
    /// <summary>
    /// Registers the schemes and the external authenticators; something missing prevents the start. Throws <see cref="ConfigurationException"/>.
    /// </summary>
    public static IServiceCollection AddProofs(this IServiceCollection services, RvpSettings settings)
    {
        var authentication = settings.Authentication;
        services.AddSingleton(PasswordSecrets.MakerOf(settings)).AddSingleton<ProofMetrics>().AddSingleton<Authenticator>()
            .AddSingleton(provider => provider.GetRequiredService<Authenticator>().Throttle)
            .AddSingleton(provider => KnownAddressesLoop.Load(provider.GetRequiredService<IDatabase>(), provider.GetRequiredService<TimeProvider>()))
            .AddSingleton<IBelongings, KnownAddressesBelongings>().AddHostedService<KnownAddressesLoop>();

        var takesTickets = authentication.Schemes.Contains(Scheme.Negotiate);
        if (takesTickets) KerberosAcceptor.Prepare(authentication.KeytabFile);
        var helper = authentication is { NtlmAuthHelper: { } line } && authentication.Schemes.Contains(Scheme.Ntlm) ? NtlmAuthCommand.Parse(line) : null;
        if (helper is not null) services.AddSingleton(helper).AddSingleton<NtlmAuthHelpers>();
        return services.AddSingleton(provider => new ExternalAuthenticators
        {
            AcceptTicket = takesTickets ? KerberosAcceptor.Accept : null,
            AskDomain = helper is null ? null : provider.GetRequiredService<NtlmAuthHelpers>().AskAsync,
            AskDirectory = provider.GetService<LdapDirectory>() is { } ldap ? ldap.ProveByBindAsync : null,
        });
    }
}
