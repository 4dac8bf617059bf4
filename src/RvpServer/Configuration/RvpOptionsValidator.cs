using System.Net;
using Rvp.Ldap;
using Rvp.Protocol;

namespace RvpServer.Configuration;

/// <summary>Finds mistakes in options whose values are valid one by one. <see cref="OptionsReader"/> has checked types and ranges.</summary>
internal sealed class RvpOptionsValidator(Mistakes mistakes, string baseFolder)
{
    private static readonly IPAddress[] AnyAddresses = [IPAddress.Any, IPAddress.IPv6Any];

    private readonly PathChecks paths = new(mistakes, baseFolder);

    public void Validate(RvpOptions options)
    {
        ValidateVirtualServers(options.VirtualServers);
        ValidateMailDomains(options);
        paths.ValidateFile("Rvp:OrganisationKeyFile", options.OrganisationKeyFile);
        ValidateDirectory("Rvp:Directory", options.Directory.Provider, options.Directory.Ldap, options);
        foreach (var (name, domain) in options.Domains)
        {
            ValidateDirectory($"Rvp:Domains:{name}:Directory", domain.Directory.Provider, domain.Directory.Ldap, options);
            ValidateWindowsNames($"Rvp:Domains:{name}:Authentication", domain.Authentication.NtlmDomain, domain.Authentication.KerberosRealm);
        }
        ValidateStorage(options.Storage);
        ValidateCluster(options.Cluster, options.Storage.Provider);
        ValidateAuthentication(
            options.Authentication, options.Domains.Values.Select(domain => domain.Directory.Provider).Append(options.Directory.Provider));
        ValidatePresence(options.Presence);
        ValidateDomains("Rvp:Federation:Blocked", options.Federation.Blocked);
        ValidateDomains("Rvp:Federation:Allowed", options.Federation.Allowed);
        ValidateAdmin(options.Admin);
        paths.ValidateFolder("Rvp:DataDirectory", options.DataDirectory);
        paths.ValidateData("Rvp:DataDirectory", options.DataDirectory);
        paths.ValidateFolder("Rvp:ProtocolLog:Directory", options.ProtocolLog.Directory);
        if (!options.WebClient.Path.StartsWith('/')) mistakes.Add("Rvp:WebClient:Path", options.WebClient.Path, "write a path that begins with /");
        else if (!IsWebPath(options.WebClient.Path))
        {
            mistakes.Add("Rvp:WebClient:Path", options.WebClient.Path, "write a plain path outside /instmsg, for example /chat/");
        }
        new DomainOptionsValidator(mistakes, paths).Validate(options);
        ValidatePush(options.Push);
        if (options.Firewall.OutboundProxy is { PathAndQuery: not "/" } proxy) mistakes.Add("Rvp:Firewall:OutboundProxy", proxy, "write a URL without a path");
    }

    private void ValidatePush(PushOptions push)
    {
        if (push.Enabled && push.Contact is null)
            mistakes.AddMissing("Rvp:Push:Contact", "push services want to know whom to ask, for example mailto:admin@adatum.com");
        else if (push.Contact is { } contact && !(Uri.TryCreate(contact, UriKind.Absolute, out var url) && url.Scheme is "mailto" or "https"))
            mistakes.Add("Rvp:Push:Contact", push.Contact, "write a mailto: or an https: URL");
        for (var i = 0; i < push.Services.Count; i++)
        {
            if (PushServices.IsService(push.Services[i])) continue;
            mistakes.Add($"Rvp:Push:Services:{i}", push.Services[i], "write a host, such as push.example.com or *.push.example.com, or https://host:port");
        }
    }

    private void ValidateVirtualServers(IReadOnlyList<VirtualServerOptions> servers)
    {
        const string key = "Rvp:VirtualServers";
        if (servers.Count == 0) mistakes.AddMissing(key, "name at least one, with Name, Domain and HostNames");
        var names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var hosts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < servers.Count; i++)
        {
            var server = servers[i];
            if (server.Name.Length == 0) mistakes.AddMissing($"{key}:{i}:Name", "give it a name of its own, for example imhomeserver1");
            else if (!names.TryAdd(server.Name, $"{key}:{i}:Name")) mistakes.Add($"{key}:{i}:Name", server.Name, $"{names[server.Name]} has this name already");
            if (server.Domain.Length == 0) mistakes.AddMissing($"{key}:{i}:Domain", "name the IM domain, for example im.adatum.com");
            else if (!IsDomainOrAddress(server.Domain)) mistakes.Add($"{key}:{i}:Domain", server.Domain, "write a domain name, for example im.adatum.com");
            if (server.HostNames.Count == 0) mistakes.AddMissing($"{key}:{i}:HostNames", "name at least one host, for example imhomeserver1.adatum.com");
            for (var j = 0; j < server.HostNames.Count; j++) ValidateHostName($"{key}:{i}:HostNames:{j}", server.HostNames[j], hosts);
        }
    }

    private void ValidateHostName(string key, string host, Dictionary<string, string> taken)
    {
        if (!IsDomainOrAddress(host)) mistakes.Add(key, host, "write a host name alone, without port or path, for example imhomeserver1.adatum.com");
        else if (!taken.TryAdd(RvpSettings.InAscii(host), key))
        {
            mistakes.Add(key, host, $"{taken[RvpSettings.InAscii(host)]} is the same, and a Host name leads to one virtual server");
        }
    }

    private void ValidateMailDomains(RvpOptions options)
    {
        var names = new Dictionary<string, string>();
        foreach (var (mail, domain) in options.MailDomains)
        {
            var key = "Rvp:MailDomains:" + mail;
            if (!IsDomainOrAddress(mail)) mistakes.Add(key, domain, "the key must be a domain name, for example adatum.com");
            else if (options.VirtualServers.All(server => RvpSettings.InAscii(server.Domain) != RvpSettings.InAscii(domain)))
                mistakes.Add(key, domain, "write the Domain of one of the virtual servers");
            else if (!names.TryAdd(RvpSettings.InAscii(mail), key)) mistakes.Add(key, domain, $"{names[RvpSettings.InAscii(mail)]} is the same mail domain");
        }
    }

    private void ValidateDirectory(string section, DirectoryProvider? provider, LdapOptions ldap, RvpOptions options)
    {
        var key = section + ":Ldap";
        if (provider is null && (ldap.Servers.Count > 0 || ldap.BaseDn.Length > 0))
            mistakes.AddMissing($"{section}:Provider", "write Ldap, for the keys below it to count, or Local");
        paths.ValidateFile($"{key}:CaFile", ldap.CaFile, isSecret: false);
        paths.ValidateFile($"{key}:BindPasswordFile", ldap.BindPasswordFile);
        ValidateServers($"{key}:Servers", ldap.Servers);
        ValidateServers($"{key}:Referrals", ldap.Referrals);
        foreach (var attribute in typeof(LdapAttributeOptions).GetProperties())
        {
            if (attribute.GetValue(ldap.Attributes) is "") mistakes.Add($"{key}:Attributes:{attribute.Name}", "", "write the attribute's name");
        }
        if (provider != DirectoryProvider.Ldap) return;
        if (ldap.Servers.Count == 0) mistakes.AddMissing($"{key}:Servers", "Provider Ldap needs at least one, for example ldap://dc1.adatum.com:389");
        if (ldap.BaseDn.Length == 0) mistakes.AddMissing($"{key}:BaseDn", "Provider Ldap needs to know where to search, for example dc=adatum,dc=com");
        if (ldap.BindDn is not null && ldap.BindPasswordFile is null)
        {
            mistakes.AddMissing($"{key}:BindPasswordFile", "BindDn needs a password: name the file that holds it");
        }
        ValidateFilter($"{key}:UserFilter", ldap.UserFilter);
        ValidateSecrets($"{key}:Attributes:Secrets", $"{key}:StartTls", ldap, options);
    }

    private void ValidateServers(string key, IReadOnlyList<string> servers)
    {
        for (var i = 0; i < servers.Count; i++)
        {
            if (!IsLdapUrl(servers[i])) mistakes.Add($"{key}:{i}", servers[i], "write a URL such as ldap://dc1.adatum.com:389 or ldaps://dc1.adatum.com:636");
        }
    }

    private void ValidateSecrets(string key, string tls, LdapOptions ldap, RvpOptions options)
    {
        if (ldap.Attributes.Secrets is not { Length: > 0 } secrets) return;
        if (options.OrganisationKeyFile is null)
        {
            mistakes.AddMissing("Rvp:OrganisationKeyFile",
                $"{key} needs a key: make one with rvpserver key new FILE, copy it to every server of the organisation, and name it here");
        }
        // Encrypted they are, but whoever sits on the wire could give back those of an earlier password.
        if (!ldap.StartTls && !ldap.Servers.Concat(ldap.Referrals).All(server => server.StartsWith("ldaps:", StringComparison.OrdinalIgnoreCase)))
            mistakes.Add(key, secrets, $"secrets are read over TLS only: set {tls}, or write ldaps URLs");
    }

    private void ValidateStorage(StorageOptions storage)
    {
        paths.ValidateFile("Rvp:Storage:ConnectionStringFile", storage.ConnectionStringFile);
        if (storage is { Provider: StorageProvider.Postgres, ConnectionStringFile: null })
            mistakes.AddMissing("Rvp:Storage:ConnectionStringFile", "Provider Postgres needs the file that holds its connection string");
    }

    private void ValidateCluster(ClusterOptions cluster, StorageProvider provider)
    {
        const string cure = "write the address of this machine in the inner network, with a port, for example 10.1.0.21:12000";
        if (!cluster.Enabled) return;
        if (provider != StorageProvider.Postgres)
            mistakes.Add("Rvp:Cluster:Enabled", true, "several processes need a store in PostgreSQL: Rvp:Storage:Provider");
        if (cluster.Listen is not { } listen) mistakes.AddMissing("Rvp:Cluster:Listen", cure);
        else if (!IPEndPoint.TryParse(listen, out var place) || place.Port == 0 || AnyAddresses.Contains(place.Address))
            mistakes.Add("Rvp:Cluster:Listen", listen, cure);
    }

    private void ValidateAuthentication(AuthenticationOptions authentication, IEnumerable<DirectoryProvider?> providers)
    {
        const string key = "Rvp:Authentication";
        paths.ValidateFile($"{key}:KeytabFile", authentication.KeytabFile);
        var schemes = authentication.Schemes;
        if (schemes.Count == 0) mistakes.AddMissing($"{key}:Schemes", "list at least one of Digest, Ntlm, Negotiate, Basic");
        for (var i = 1; i < schemes.Count; i++)
        {
            if (schemes.Take(i).Contains(schemes[i])) mistakes.Add($"{key}:Schemes:{i}", schemes[i], "list each scheme once");
        }
        ValidateWindowsNames(key, authentication.NtlmDomain, authentication.KerberosRealm);
        if (authentication.NtlmAuthHelper is { } helper && !providers.Contains(DirectoryProvider.Ldap))
        {
            mistakes.Add($"{key}:NtlmAuthHelper", helper,
                "a domain controller judges accounts of Directory:Provider Ldap only; local accounts have passwords of their own");
        }
    }

    // For all schemes: even with Digest alone, people write the domain before their names.
    private void ValidateWindowsNames(string key, string? ntlmDomain, string? realm)
    {
        if (ntlmDomain is not null && !IsNetBiosName(ntlmDomain))
            mistakes.Add($"{key}:NtlmDomain", ntlmDomain, "write the NetBIOS name of the domain, 1 to 15 letters, for example ADATUM");
        if (realm is not null && !IsDomain(realm)) mistakes.Add($"{key}:KerberosRealm", realm, "write a realm, for example ADATUM.COM");
    }

    private void ValidateFilter(string key, string text)
    {
        try
        {
            LdapFilter.Parse(text);
        }
        catch (FormatException wrong)
        {
            mistakes.Add(key, text, $"{wrong.Message}; write one such as (objectClass=person)");
        }
    }

    private void ValidatePresence(PresenceOptions presence)
    {
        if (presence.StateLease > presence.SubscriptionLifetime)
            mistakes.Add("Rvp:Presence:StateLease", presence.StateLease, $"write at most Rvp:Presence:SubscriptionLifetime, {presence.SubscriptionLifetime}");
    }

    private void ValidateDomains(string key, IReadOnlyList<string> domains)
    {
        for (var i = 0; i < domains.Count; i++)
        {
            if (!IsDomain(domains[i])) mistakes.Add($"{key}:{i}", domains[i], "write a domain, which stands for its subdomains too, for example contoso.com");
        }
    }

    private void ValidateAdmin(AdminOptions admin)
    {
        const string key = "Rvp:Admin:Url";
        for (var i = 0; i < admin.HostNames.Count; i++)
        {
            if (!IsDomainOrAddress(admin.HostNames[i]))
                mistakes.Add($"Rvp:Admin:HostNames:{i}", admin.HostNames[i], "write a host name alone, without port or path, for example monitor.adatum.com");
        }
        if (admin.Url is not { } url) return;
        if (url.PathAndQuery != "/" || url.UserInfo.Length > 0)
        {
            mistakes.Add(key, url, "write scheme, address and port only, for example http://127.0.0.1:8081");
        }
        else if (url.HostNameType == UriHostNameType.Dns && url.Host != "localhost") mistakes.Add(key, url, "write an IP address or localhost as its host");
        // Decision: without TLS only on loopback, since metrics and pages show who talks to whom.
        else if (url.Scheme == Uri.UriSchemeHttp && !url.IsLoopback) mistakes.Add(key, url, "write https, or a loopback address such as http://127.0.0.1:8081");
    }

    // Nodes are below /instmsg; a path that needs escaping would never match.
    private static bool IsWebPath(string path) =>
        !(path.TrimEnd('/') + "/").StartsWith("/instmsg/", StringComparison.OrdinalIgnoreCase) && !path.Contains("//", StringComparison.Ordinal)
        && path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '_' or '.');

    // In a small network without DNS people sign in as JoBrown@192.168.1.5.
    private static bool IsDomainOrAddress(string name) => IsDomain(name) || Uri.CheckHostName(name) is UriHostNameType.IPv4 or UriHostNameType.IPv6;

    private static bool IsDomain(string name) =>
        DomainName.TryToAscii(name, out var ascii) && ascii.Length <= 253 && Uri.CheckHostName(ascii) == UriHostNameType.Dns && !ascii.Contains('_');

    private static bool IsNetBiosName(string name) =>
        name.Length is > 0 and <= WindowsNames.MaxNetBiosLength && !name.Any(c => c <= ' ' || char.IsControl(c) || "\\/:*?\"<>|@".Contains(c));

    private static bool IsLdapUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "ldap" or "ldaps" && url.Host.Length > 0 && url.PathAndQuery is "/" or "";
}
