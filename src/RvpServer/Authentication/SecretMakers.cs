using RvpServer.Authentication.Digest;
using RvpServer.Authentication.Ntlm;
using RvpServer.Configuration;
using RvpServer.Directories;

namespace RvpServer.Authentication;

/// <summary>Where makers of secrets come from.</summary>
internal static class SecretMakers
{
    /// <summary>What makes the secrets of accounts whose passwords are set here.</summary>
    public static SecretMaker Of(RvpSettings settings) => (account, password) => new AccountSecrets(
        DigestForms.For(account, account.Domain, password, settings.Authentication.NtlmDomain, settings.MailDomains.Where(entry => entry.Value == account.Domain).Select(entry => entry.Key)),
        NtHash.Of(password));
}
