using Rvp.Ldap;
using RvpServer.Configuration;

namespace RvpServer.Directories.Ldap;

/// <summary>Converts the configuration of the directory.</summary>
internal static class LdapConfiguration
{
    /// <summary>A directory's settings; its password is read here. Throws <see cref="ConfigurationException"/>.</summary>
    public static LdapAccountSettings SettingsOf(DirectorySettings directory, RvpSettings settings)
    {
        var ldap = directory.Options.Ldap;
        return new LdapAccountSettings
        {
            Connection = new LdapSettings
            {
                Servers = [.. ldap.Servers.Select(server => new Uri(server))],
                Referrals = [.. ldap.Referrals.Select(server => new Uri(server))],
                StartTls = ldap.StartTls,
                CaFile = ldap.CaFile,
                BindDn = ldap.BindDn,
                BindPassword = ldap.BindPasswordFile is { } file ? ReadPassword($"{directory.Key}:Ldap:BindPasswordFile", file) : null,
                Timeout = ldap.Timeout,
            },
            BaseDn = ldap.BaseDn,
            UserFilter = LdapFilter.Parse(ldap.UserFilter),
            Attributes = ldap.Attributes,
            IdPrefix = directory.IsShared ? "" : directory.Domains[0] + "/",
            Secrets = ldap.Attributes.Secrets is null
                ? null : new SharedSecrets(settings.OrganisationKey!.Derive("passwords"), settings.Authentication.NtlmAuthHelper is null),
        };
    }

    private static string ReadPassword(string key, string file)
    {
        try
        {
            // Editors end files with a line end, which is not part of the password.
            var password = File.ReadAllText(file).Trim();
            return password.Length > 0
                ? password
                : throw new ConfigurationException([$"{key} is \"{file}\": the file is empty, write the password of BindDn into it"]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException([$"{key} is \"{file}\": {e.Message.ReplaceLineEndings(" ")}"]);
        }
    }
}
