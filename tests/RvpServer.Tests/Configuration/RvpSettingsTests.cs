using System.Net;
using System.Text;
using Microsoft.Extensions.Configuration;
using Rvp.Testing;
using RvpServer.Configuration;

namespace RvpServer.Tests.Configuration;

public sealed class RvpSettingsTests : IDisposable
{
    private const string Server = """{ "Name": "imhomeserver1", "Domain": "im.adatum.com", "HostNames": ["im.adatum.com"] }""";

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_least_configuration_has_the_defaults_of_the_contract()
    {
        var settings = Read($$"""{ "VirtualServers": [{{Server}}] }""");

        var server = Assert.Single(settings.VirtualServers);
        Assert.Equal(("imhomeserver1", Role.Home, "im.adatum.com", 80, "http://im.adatum.com"),
            (server.Name, server.Role, server.Domain, server.Port, server.PublicUrl));
        Assert.Equal("http://*:80", Assert.Single(settings.Urls).ToString());
        Assert.Equal([Scheme.Digest, Scheme.Ntlm], settings.Authentication.Schemes);
        Assert.Equal(("ADATUM", "CONTOSO", "A-VERY-LONG-LAB"), (settings.WindowsNames.NtlmDomainOf("im.adatum.com"),
            settings.WindowsNames.NtlmDomainOf("im.contoso.com"), settings.WindowsNames.NtlmDomainOf("im.a-very-long-label.com")));
        Assert.Equal(("ADATUM.COM", "ADATUM.COM"), (settings.WindowsNames.RealmOf("im.adatum.com"), settings.WindowsNames.RealmOf("im.contoso.com")));
        Assert.Equal((TimeSpan.FromSeconds(1200), TimeSpan.FromSeconds(14400), Blocking.Polite),
            (settings.Presence.StateLease, settings.Presence.SubscriptionLifetime, settings.Presence.Blocking));
        Assert.Equal(folder.File("data"), settings.DataDirectory);
        Assert.Equal(folder.File("logs"), settings.ProtocolLog.Directory);
    }

    [Fact]
    public void The_whole_example_of_the_contract_is_valid()
    {
        foreach (var secret in new[] { "ldap.secret", "postgres.secret" }) Secret(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        folder.Write("ca.pem", "");

        var settings = Read("""
            "DataDirectory": "data",
            "VirtualServers": [
              { "Name": "imhomeserver1", "Role": "Home",   "Domain": "im.adatum.com", "HostNames": ["imhomeserver1.adatum.com"] },
              { "Name": "imrouter1",     "Role": "Router", "Domain": "IM.Adatum.com", "HostNames": ["Im.adatum.com."] }
            ],
            "MailDomains": { "Adatum.com": "im.adatum.com" },
            "Directory": { "Provider": "Ldap", "Ldap": {
              "Servers": ["ldap://dc1.adatum.com:389"], "StartTls": true, "CaFile": "ca.pem", "BindDn": "cn=im,dc=adatum,dc=com", "BindPasswordFile": "ldap.secret",
              "BaseDn": "dc=adatum,dc=com", "UserFilter": "(objectClass=person)", "CacheTtl": "00:05:00", "NegativeTtl": "00:00:30", "Timeout": "00:00:05",
              "Attributes": { "ImAddress": "msExchIMAddress", "NtHash": null, "Password": null } } },
            "Storage": { "Provider": "Postgres", "ConnectionStringFile": "postgres.secret" },
            "Authentication": { "Schemes": ["Negotiate", "Ntlm", "Digest"], "NtlmDomain": "ADATUM", "AllowNtlmV1": false },
            "Delivery": { "Attempts": 4, "CallbackTimeout": "00:00:10", "MinCallbackPort": 1025, "CallbackAddresses": ["10.1.0.0/16", "192.0.2.7"] },
            "Firewall": { "Enabled": false, "InternalRanges": [], "Inside": "Refer", "Outside": "Proxy", "OutboundProxy": null },
            "Federation": { "Enabled": true, "SourceCheck": "none", "Trusted": [] },
            "Dns": { "Servers": ["127.0.0.1:5353", "192.0.2.53"], "Timeout": "00:00:02" },
            "Admin": { "Url": "http://127.0.0.1:8081" }
            """);

        Assert.Equal(["im.adatum.com"], settings.VirtualServers[1].HostNames);
        Assert.Equal("im.adatum.com", settings.VirtualServers[1].Domain);
        Assert.Equal("im.adatum.com", settings.MailDomains["adatum.com"]);
        Assert.Equal(folder.File("ldap.secret"), settings.Directory.Ldap.BindPasswordFile);
        Assert.Null(settings.Directory.Ldap.Attributes.NtHash);
        Assert.Equal([Scheme.Negotiate, Scheme.Ntlm, Scheme.Digest], settings.Authentication.Schemes);
        Assert.Equal([IPNetwork.Parse("10.1.0.0/16"), IPNetwork.Parse("192.0.2.7/32")], settings.Delivery.CallbackAddresses);
        Assert.Empty(settings.Firewall.InternalRanges);
        Assert.Equal([IPEndPoint.Parse("127.0.0.1:5353"), IPEndPoint.Parse("192.0.2.53:53")], settings.Dns.Servers);
        Assert.Equal(SourceCheck.None, settings.Federation.SourceCheck);
    }

    [Theory]
    [InlineData("""
        "Presence": { "StateLease": "20" }
        """, """Rvp:Presence:StateLease is "20": write a duration as hh:mm:ss, for example 00:20:00""")]
    [InlineData("""
        "Presence": { "StateLease": "00:00:00" }
        """, """Rvp:Presence:StateLease is "00:00:00": write a value from 00:00:01 to 7.00:00:00""")]
    [InlineData("""
        "Presence": { "StateLease": "05:00:00" }
        """, """Rvp:Presence:StateLease is "05:00:00": write at most Rvp:Presence:SubscriptionLifetime, 04:00:00""")]
    [InlineData("""
        "Presence": { "SubscriptionLifetime": "00:29:59" }
        """, """Rvp:Presence:SubscriptionLifetime is "00:29:59": write a value from 00:30:00 to 7.00:00:00""")]
    [InlineData("""
        "Presence": { "Blocking": "Rude" }
        """, """Rvp:Presence:Blocking is "Rude": write Polite or Forbid""")]
    [InlineData("""
        "Presence": { "Blocking": "0" }
        """, """Rvp:Presence:Blocking is "0": write Polite or Forbid""")]
    [InlineData("""
        "Presence": "short"
        """, """Rvp:Presence is "short": write a section, { … }""")]
    [InlineData("""
        "Presense": { "StateLease": "00:20:00" }
        """, """Rvp:Presense is no key of this server: did you mean Presence?""")]
    [InlineData("""
        "Polling": { "Colour": 1 }
        """, """Rvp:Polling:Colour is no key of this server: the keys here are MaxAge, MaxQueuedNotifications, MaxTotalMebibytes""")]
    [InlineData("""
        "Delivery": { "Attempts": "many" }
        """, """Rvp:Delivery:Attempts is "many": write a whole number""")]
    [InlineData("""
        "Delivery": { "MinCallbackPort": 65536 }
        """, """Rvp:Delivery:MinCallbackPort is "65536": write a value from 1 to 65535""")]
    [InlineData("""
        "Delivery": { "Attempts": null }
        """, """Rvp:Delivery:Attempts is null: leave the key out for its default, or write a value""")]
    [InlineData("""
        "Delivery": { "Attempts": [4] }
        """, """Rvp:Delivery:Attempts:0 is no key of this server: Rvp:Delivery:Attempts is one value, not a section or list""")]
    [InlineData("""
        "Firewall": { "Enabled": "yes" }
        """, """Rvp:Firewall:Enabled is "yes": write true or false""")]
    [InlineData("""
        "Firewall": { "InternalRanges": ["10.0.0.0/33"] }
        """, """Rvp:Firewall:InternalRanges:0 is "10.0.0.0/33": write an address or a range, for example 10.0.0.0/8""")]
    [InlineData("""
        "Firewall": { "InternalRanges": "10.0.0.0/8" }
        """, """Rvp:Firewall:InternalRanges is "10.0.0.0/8": write a list, [ … ]""")]
    [InlineData("""
        "Federation": { "Blocked": ["*.evil.example"] }
        """, """Rvp:Federation:Blocked:0 is "*.evil.example": write a domain, which stands for its subdomains too, for example contoso.com""")]
    [InlineData("""
        "Federation": { "Allowed": ["contoso.com", "http://im.contoso.com"] }
        """, """Rvp:Federation:Allowed:1 is "http://im.contoso.com": write a domain, which stands for its subdomains too, for example contoso.com""")]
    [InlineData("""
        "Federation": { "CallableRanges": ["10.0.0.0/33"] }
        """, """Rvp:Federation:CallableRanges:0 is "10.0.0.0/33": write an address or a range, for example 10.0.0.0/8""")]
    [InlineData("""
        "Presence": { "NewAccountAccess": "Nobody" }
        """, """Rvp:Presence:NewAccountAccess is "Nobody": write Everyone or Domain or Contacts""")]
    [InlineData("""
        "Firewall": { "OutboundProxy": "proxy:3128" }
        """, """Rvp:Firewall:OutboundProxy is "proxy:3128": write an http or https URL, for example http://127.0.0.1:8081""")]
    [InlineData("""
        "Authentication": { "Schemes": ["Bearer"] }
        """, """Rvp:Authentication:Schemes:0 is "Bearer": write Digest or Ntlm or Negotiate or Basic""")]
    [InlineData("""
        "Authentication": { "Schemes": ["Digest", "Basic"] }
        """, """Rvp:Authentication:Schemes:1 is "Basic": Basic is for TLS: listen at an https URL, or name the front proxy that does under Rvp:Proxies""")]
    [InlineData("""
        "Authentication": { "KerberosRealm": "ADATUM COM" }
        """, """Rvp:Authentication:KerberosRealm is "ADATUM COM": write a realm, for example ADATUM.COM""")]
    [InlineData("""
        "Authentication": { "NtlmAuthHelper": "/usr/bin/ntlm_auth" }
        """, """Rvp:Authentication:NtlmAuthHelper is "/usr/bin/ntlm_auth": a domain controller judges accounts of Directory:Provider Ldap only; local accounts have passwords of their own""")]
    [InlineData("""
        "Directory": { "Provider": "Ldap", "Ldap": { "Servers": ["ldap://dc1"], "BaseDn": "dc=adatum,dc=com", "UserFilter": "(&(objectClass=person)(cn=Jo)" } }
        """, """Rvp:Directory:Ldap:UserFilter is "(&(objectClass=person)(cn=Jo)": "(&(objectClass=person)(cn=Jo)" is not an LDAP filter: ) is missing at character 30; write one such as (objectClass=person)""")]
    [InlineData("""
        "Authentication": { "Schemes": [] }
        """, """Rvp:Authentication:Schemes is missing: list at least one of Digest, Ntlm, Negotiate, Basic""")]
    [InlineData("""
        "Authentication": { "Schemes": ["Ntlm", "ntlm"] }
        """, """Rvp:Authentication:Schemes:1 is "Ntlm": list each scheme once""")]
    [InlineData("""
        "Authentication": { "NtlmDomain": "adatum domain" }
        """, """Rvp:Authentication:NtlmDomain is "adatum domain": write the NetBIOS name of the domain, 1 to 15 letters, for example ADATUM""")]
    [InlineData("""
        "Authentication": { "Schemes": ["Digest"], "NtlmDomain": "adatum.com/im.domain" }
        """, """Rvp:Authentication:NtlmDomain is "adatum.com/im.domain": write the NetBIOS name of the domain, 1 to 15 letters, for example ADATUM""")]
    [InlineData("""
        "Authentication": { "NtlmDomain": "jo@adatum" }
        """, """Rvp:Authentication:NtlmDomain is "jo@adatum": write the NetBIOS name of the domain, 1 to 15 letters, for example ADATUM""")]
    [InlineData("""
        "MailDomains": { "contoso.com": "im.contoso.com" }
        """, """Rvp:MailDomains:contoso.com is "im.contoso.com": write the Domain of one of the virtual servers""")]
    [InlineData("""
        "Admin": { "Url": "http://10.0.0.1:8081" }
        """, """Rvp:Admin:Url is "http://10.0.0.1:8081/": write https, or a loopback address such as http://127.0.0.1:8081""")]
    [InlineData("""
        "Admin": { "Url": "http://127.0.0.1:8081/admin" }
        """, """Rvp:Admin:Url is "http://127.0.0.1:8081/admin": write scheme, address and port only, for example http://127.0.0.1:8081""")]
    [InlineData("""
        "Directory": { "Provider": "Ldap", "Ldap": { "BaseDn": "dc=adatum,dc=com" } }
        """, """Rvp:Directory:Ldap:Servers is missing: Provider Ldap needs at least one, for example ldap://dc1.adatum.com:389""")]
    [InlineData("""
        "Directory": { "Ldap": { "Servers": ["dc1.adatum.com"] } }
        """, """Rvp:Directory:Ldap:Servers:0 is "dc1.adatum.com": write a URL such as ldap://dc1.adatum.com:389 or ldaps://dc1.adatum.com:636""")]
    [InlineData("""
        "Directory": { "Ldap": { "Attributes": { "Mail": "" } } }
        """, """Rvp:Directory:Ldap:Attributes:Mail is "": write the attribute's name""")]
    [InlineData("""
        "Directory": { "Provider": "Ldap", "Ldap": { "Servers": ["ldap://dc1"], "BaseDn": "dc=adatum,dc=com", "Attributes": { "Secrets": "rvpServerSecrets" } } }
        """, """Rvp:OrganisationKeyFile is missing: Rvp:Directory:Ldap:Attributes:Secrets needs a key: make one with rvpserver key new FILE, copy it to every server of the organisation, and name it here""")]
    [InlineData("""
        "Storage": { "Provider": "Postgres" }
        """, """Rvp:Storage:ConnectionStringFile is missing: Provider Postgres needs the file that holds its connection string""")]
    [InlineData("""
        "Dns": { "Servers": ["ns1.adatum.com"] }
        """, """Rvp:Dns:Servers:0 is "ns1.adatum.com": write an address or address:port, for example 192.0.2.53:53""")]
    [InlineData("""
        "Push": { "Enabled": true }
        """, "Rvp:Push:Contact is missing: push services want to know whom to ask, for example mailto:admin@adatum.com")]
    [InlineData("""
        "Push": { "Contact": "admin@adatum.com" }
        """, """Rvp:Push:Contact is "admin@adatum.com": write a mailto: or an https: URL""")]
    [InlineData("""
        "Push": { "Services": ["https://push.example.com/x"] }
        """,
        """Rvp:Push:Services:0 is "https://push.example.com/x": write a host, such as push.example.com or *.push.example.com, or https://host:port""")]
    [InlineData("""
        "WebClient": { "Path": "im" }
        """, """Rvp:WebClient:Path is "im": write a path that begins with /""")]
    [InlineData("""
        "WebClient": { "Path": "/InstMsg/web" }
        """, """Rvp:WebClient:Path is "/InstMsg/web": write a plain path outside /instmsg, for example /chat/""")]
    [InlineData("""
        "DataDirectory": ""
        """, """Rvp:DataDirectory is "": write a folder, relative to the configuration file or absolute""")]
    public void A_mistake_is_one_line_with_key_value_and_cure(string section, string line) =>
        Assert.Equal([line], MistakesIn($$""" "VirtualServers": [{{Server}}], {{section}} """));

    [Fact]
    public void Secrets_in_the_directory_need_TLS()
    {
        folder.WriteSecret("organisation.key", OrganisationKey.Make());

        Assert.Equal(
            ["Rvp:Directory:Ldap:Attributes:Secrets is \"rvpServerSecrets\": secrets are read over TLS only: set Rvp:Directory:Ldap:StartTls, or write ldaps "
                + "URLs"],
            MistakesIn(Sharing("ldap://dc1")));
        Assert.NotNull(Read(Sharing("ldaps://dc1")).OrganisationKey);

        static string Sharing(string url) => $$$"""
            "VirtualServers": [{{{Server}}}], "OrganisationKeyFile": "organisation.key", "Directory": { "Provider": "Ldap", "Ldap": {
              "Servers": ["{{{url}}}"], "StartTls": false, "BaseDn": "dc=adatum,dc=com", "Attributes": { "Secrets": "rvpServerSecrets" } } }
            """;
    }

    [Theory]
    [InlineData("", "Rvp:VirtualServers is missing: name at least one, with Name, Domain and HostNames")]
    [InlineData("""{ "Domain": "im.adatum.com", "HostNames": ["im.adatum.com"] }""",
        "Rvp:VirtualServers:0:Name is missing: give it a name of its own, for example imhomeserver1")]
    [InlineData("""{ "Name": "a", "Domain": "im adatum", "HostNames": ["im.adatum.com"] }""",
        """Rvp:VirtualServers:0:Domain is "im adatum": write a domain name, for example im.adatum.com""")]
    [InlineData("""{ "Name": "a", "Domain": "im.adatum.com" }""",
        "Rvp:VirtualServers:0:HostNames is missing: name at least one host, for example imhomeserver1.adatum.com")]
    [InlineData("""{ "Name": "a", "Domain": "im.adatum.com", "HostNames": ["im.adatum.com:80"] }""",
        """Rvp:VirtualServers:0:HostNames:0 is "im.adatum.com:80": write a host name alone, without port or path, for example imhomeserver1.adatum.com""")]
    [InlineData("""{ "Name": "a", "Domain": "im.adatum.com", "HostNames": ["im.adatum.com"], "Port": 0 }""",
        """Rvp:VirtualServers:0:Port is "0": write a value from 1 to 65535""")]
    [InlineData($$"""{{Server}}, { "Name": "IMHomeServer1", "Domain": "im.adatum.com", "HostNames": ["other.adatum.com"] }""",
        """Rvp:VirtualServers:1:Name is "IMHomeServer1": Rvp:VirtualServers:0:Name has this name already""")]
    [InlineData($$"""{{Server}}, { "Name": "b", "Domain": "im.adatum.com", "HostNames": ["IM.adatum.com."], "Port": 8080 }""",
        """Rvp:VirtualServers:1:HostNames:0 is "IM.adatum.com.": Rvp:VirtualServers:0:HostNames:0 is the same, and a Host name leads to one virtual server""")]
    public void A_mistake_in_virtual_servers_is_named(string servers, string line) =>
        Assert.Equal([line], MistakesIn($$""" "VirtualServers": [{{servers}}] """));

    [Fact]
    public void All_mistakes_come_at_once()
    {
        var lines = MistakesIn(""" "VirtualServer": [], "Limits": { "MaxBodyBytes": 1 }, "Federation": { "Enabled": 2 } """);

        Assert.Equal(
        [
            """Rvp:Federation:Enabled is "2": write true or false""",
            """Rvp:Limits:MaxBodyBytes is "1": write a value from 4096 to 16777216""",
            "Rvp:VirtualServer is no key of this server: did you mean VirtualServers?",
            "Rvp:VirtualServers is missing: name at least one, with Name, Domain and HostNames",
        ],
        lines);
    }

    [Fact]
    public void A_secret_that_everybody_can_read_is_refused()
    {
        var file = Secret("postgres.secret", UnixFileMode.UserRead | UnixFileMode.OtherRead);

        var lines = MistakesIn($$""" "VirtualServers": [{{Server}}], "Storage": { "ConnectionStringFile": "postgres.secret" } """);

        Assert.Equal([$"""Rvp:Storage:ConnectionStringFile is "postgres.secret": everybody on this machine can read it: chmod o-rwx {file}"""], lines);
    }

    [Theory]
    [InlineData("data/rvp.db", UnixFileMode.OtherRead)]
    [InlineData("data/rvp.db-wal", UnixFileMode.OtherRead)]
    [InlineData("data/rvp.db", UnixFileMode.OtherWrite)]
    [InlineData("data/sunday.db", UnixFileMode.OtherRead)]
    [InlineData("data/keys/key-1.xml", UnixFileMode.OtherRead)]
    public void A_store_a_backup_or_a_key_that_everybody_can_use_is_refused(string name, UnixFileMode others)
    {
        if (OperatingSystem.IsWindows()) return;
        Directory.CreateDirectory(Path.GetDirectoryName(folder.File(name))!);
        var file = Secret(name, UnixFileMode.UserRead | others);

        Assert.Equal(
            [$"Rvp:DataDirectory is \"data\": everybody on this machine can use a file in it: chmod o-rwx {file}"],
            MistakesIn($$""" "VirtualServers": [{{Server}}] """));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Equal(folder.File("data"), Read($$""" "VirtualServers": [{{Server}}] """).DataDirectory);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named_in_full()
    {
        var lines = MistakesIn($$""" "VirtualServers": [{{Server}}], "Authentication": { "KeytabFile": "http.keytab" } """);

        Assert.Equal([$"""Rvp:Authentication:KeytabFile is "http.keytab": there is no file {folder.File("http.keytab")}"""], lines);
    }

    [Theory]
    [InlineData("8080")]
    [InlineData("ftp://*:80")]
    [InlineData("http://*:80/im")]
    public void Urls_that_nobody_can_listen_at_are_refused(string urls)
    {
        var mistake = Assert.Throws<ConfigurationException>(
            () => RvpSettings.Read(Parse($$"""{ "Urls": "{{urls}}", "Rvp": { "VirtualServers": [{{Server}}] } }"""), folder.Path));

        Assert.Equal([$"""Urls is "{urls}": write http or https, an IP address, localhost or *, and a port, for example http://*:80"""], mistake.Lines);
    }

    [Fact]
    public void Endpoints_of_Kestrel_stand_in_place_of_urls()
    {
        var settings = RvpSettings.Read(Parse(
            $$"""{ "Urls": "http://*:80", "Kestrel": { "Endpoints": { "Https": { "Url": "https://*:443" } } }, "Rvp": { "VirtualServers": [{{Server}}] } }"""),
            folder.Path);

        Assert.Empty(settings.Urls);
    }

    private string Secret(string name, UnixFileMode mode)
    {
        var file = folder.Write(name, "secret");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, mode);
        return file;
    }

    private IReadOnlyList<string> MistakesIn(string rvp) => Assert.Throws<ConfigurationException>(() => Read(rvp)).Lines;

    private RvpSettings Read(string rvp) =>
        RvpSettings.Read(Parse(rvp.StartsWith('{') ? $$"""{ "Rvp": {{rvp}} }""" : $$"""{ "Rvp": { {{rvp}} } }"""), folder.Path);

    private static IConfiguration Parse(string json) => new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();
}
