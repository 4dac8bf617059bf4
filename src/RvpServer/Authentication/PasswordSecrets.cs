using RvpServer.Authentication.Digest;
using RvpServer.Authentication.Ntlm;
using RvpServer.Configuration;
using RvpServer.Directories;

namespace RvpServer.Authentication;

/// <summary>What is stored for passwords that are set here, so that every scheme can check them later.</summary>
internal static class PasswordSecrets
{
    /// <summary>Creates the maker for a configuration: the forms of user names depend on its domains.</summary>
    public static SecretMaker MakerOf(RvpSettings settings) => (account, password) => new AccountSecrets(
        DigestForms.For(account, account.Domain, password, settings.WindowsNames.NtlmDomainOf(account.Domain),
            settings.MailDomains.Where(entry => entry.Value == account.Domain).Select(entry => entry.Key)),
        NtHash.Of(password));
}
