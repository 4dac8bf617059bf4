namespace RvpServer.Configuration;

/// <summary>A directory of this process, and whose people it has.</summary>
/// <param name="Key">Its section in the configuration.</param>
/// <param name="Options">What is written there.</param>
/// <param name="Domains">Its IM domains, in the order of the configuration.</param>
/// <param name="IsShared">True for Rvp:Directory, whose domains have none of their own.</param>
internal sealed record DirectorySettings(string Key, DirectoryOptions Options, IReadOnlyList<string> Domains, bool IsShared)
{
    /// <summary>Rvp:Directory.</summary>
    public const string SharedKey = "Rvp:Directory";

    /// <summary>All that are used; the shared one first, if it is. Never empty.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="resolve">Makes paths absolute.</param>
    public static IReadOnlyList<DirectorySettings> ReadAll(RvpOptions options, Func<LdapOptions, LdapOptions> resolve)
    {
        var own = options.Domains.Where(domain => domain.Value.Directory.Provider is not null)
            .ToDictionary(domain => RvpSettings.InAscii(domain.Key), domain => domain);
        return
        [
            .. options.VirtualServers.Select(server => RvpSettings.InAscii(server.Domain)).Distinct().GroupBy(KeyOf)
                .Select(domains => Read(domains.Key, [.. domains])).OrderBy(directory => !directory.IsShared),
        ];

        // Accounts in the store are together, whoever says so.
        string KeyOf(string domain)
        {
            if (!own.TryGetValue(domain, out var found)) return SharedKey;
            if (found.Value.Directory.Provider == DirectoryProvider.Ldap) return $"Rvp:Domains:{found.Key}:Directory";
            return options.Directory.Provider == DirectoryProvider.Local ? SharedKey : "Local";
        }

        DirectorySettings Read(string key, IReadOnlyList<string> domains)
        {
            if (key == SharedKey) return new(key, options.Directory with { Ldap = resolve(options.Directory.Ldap) }, domains, IsShared: true);
            var chosen = own[domains[0]].Value.Directory;
            return new(key, new DirectoryOptions { Provider = chosen.Provider!.Value, Ldap = resolve(chosen.Ldap) }, domains, IsShared: false);
        }
    }
}
