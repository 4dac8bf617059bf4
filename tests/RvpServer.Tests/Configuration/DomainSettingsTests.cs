using System.Text;
using Microsoft.Extensions.Configuration;
using Rvp.Testing;
using RvpServer.Configuration;

namespace RvpServer.Tests.Configuration;

/// <summary>What a provider sets for one of its organisations, on top of what holds for all.</summary>
public sealed class DomainSettingsTests : IDisposable
{
    private const string Servers = """
        "VirtualServers": [
          { "Name": "adatum", "Domain": "im.adatum.com", "HostNames": ["im.adatum.com"] },
          { "Name": "contoso", "Domain": "im.contoso.com", "HostNames": ["im.contoso.com"] } ],
        """;

    private const string Svg = """<svg xmlns="http://www.w3.org/2000/svg"/>""";

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_a_domain_says_counts_for_it_alone_and_the_rest_is_as_for_all()
    {
        folder.Write("contoso.svg", Svg);

        var domains = Read("""
            "WebClient": { "Title": "Chat", "Accent": "#224466" },
            "ProtocolLog": { "Directory": "logs", "RetainedFiles": 7 },
            "Domains": { "IM.Contoso.com.": {
              "WebClient": { "Title": "Contoso Chat", "Logo": "contoso.svg" },
              "ProtocolLog": { "Directory": "contoso/" },
              "Limits": { "MaxAccounts": 500, "MaxRequests": 256 } } }
            """).Domains;

        var (adatum, contoso) = (domains["im.adatum.com"], domains["im.contoso.com"]);
        Assert.Equal(new Brand("Chat", null, "#224466"), adatum.Brand);
        Assert.Equal(new ProtocolLogOptions { Directory = folder.File("logs"), RetainedFiles = 7 }, adatum.ProtocolLog);
        Assert.Equal(new DomainLimitsOptions(), adatum.Limits);
        Assert.Equal(("Contoso Chat", "#224466", true), (contoso.Brand.Title, contoso.Brand.Accent, contoso.Brand.Logo!.IsSvg));
        Assert.Equal(new ProtocolLogOptions { Directory = folder.File("contoso"), RetainedFiles = 7 }, contoso.ProtocolLog);
        Assert.Equal(new DomainLimitsOptions { MaxAccounts = 500, MaxRequests = 256 }, contoso.Limits);
        Assert.Equal(2, domains.Count);
    }

    [Theory]
    [InlineData("""
        "im.contoso.com": { "Messages": { "Archive": "perhaps" } }
        """, """Rvp:Domains:im.contoso.com:Messages:Archive is "perhaps": write true or false""")]
    [InlineData("""
        "im.contso.com": {}
        """, "Rvp:Domains:im.contso.com is no key of this server: did you mean im.contoso.com?")]
    [InlineData("""
        "im.contoso.com": {}, "IM.Contoso.com.": {}
        """, "Rvp:Domains:IM.Contoso.com. is no key of this server: Rvp:Domains:im.contoso.com is the same IM domain")]
    [InlineData("""
        "im.contoso.com": "small"
        """, """Rvp:Domains:im.contoso.com is "small": write a section, { … }""")]
    [InlineData("""
        "im.contoso.com": { "Limit": { "MaxAccounts": 1 } }
        """, "Rvp:Domains:im.contoso.com:Limit is no key of this server: did you mean Limits?")]
    [InlineData("""
        "im.contoso.com": { "Limits": { "MaxAccounts": 0 } }
        """, """Rvp:Domains:im.contoso.com:Limits:MaxAccounts is "0": write a value from 1 to 100000000""")]
    [InlineData("""
        "im.contoso.com": { "Authentication": { "NtlmDomain": "CONTOSO-AND-SONS" } }
        """, """
        Rvp:Domains:im.contoso.com:Authentication:NtlmDomain is "CONTOSO-AND-SONS": write the NetBIOS name of the domain, 1 to 15 letters, for example ADATUM
        """)]
    [InlineData("""
        "im.contoso.com": { "Authentication": { "KerberosRealm": "CONTOSO COM" } }
        """, """Rvp:Domains:im.contoso.com:Authentication:KerberosRealm is "CONTOSO COM": write a realm, for example ADATUM.COM""")]
    [InlineData("""
        "im.contoso.com": { "Limits": { "MaxRequests": 2000 } }
        """, """Rvp:Domains:im.contoso.com:Limits:MaxRequests is "2000": write at most Rvp:Limits:MaxOutstandingRequests, 1024""")]
    [InlineData("""
        "im.contoso.com": { "WebClient": { "Title": " " } }
        """, """Rvp:Domains:im.contoso.com:WebClient:Title is " ": write 1 to 60 characters, for example Contoso Chat""")]
    [InlineData("""
        "im.contoso.com": { "WebClient": { "Accent": "purple" } }
        """, """Rvp:Domains:im.contoso.com:WebClient:Accent is "purple": write a colour as #rrggbb, for example #7a1fa2""")]
    [InlineData("""
        "im.contoso.com": { "WebClient": { "Accent": "#7a1fa2;}" } }
        """, """Rvp:Domains:im.contoso.com:WebClient:Accent is "#7a1fa2;}": write a colour as #rrggbb, for example #7a1fa2""")]
    [InlineData("""
        "im.contoso.com": { "WebClient": { "Path": "/chat/" } }
        """, "Rvp:Domains:im.contoso.com:WebClient:Path is no key of this server: the keys here are Accent, Logo, Title")]
    [InlineData("""
        "im.contoso.com": { "Directory": { "Provider": "Ldap", "Ldap": { "Servers": ["dc1"], "BaseDn": "dc=contoso" } } }
        """, """
        Rvp:Domains:im.contoso.com:Directory:Ldap:Servers:0 is "dc1": write a URL such as ldap://dc1.adatum.com:389 or ldaps://dc1.adatum.com:636
        """)]
    [InlineData("""
        "im.contoso.com": { "Directory": { "Ldap": { "BaseDn": "dc=contoso" } } }
        """, "Rvp:Domains:im.contoso.com:Directory:Provider is missing: write Ldap, for the keys below it to count, or Local")]
    [InlineData("""
        "im.contoso.com": { "ProtocolLog": { "RetainedFiles": 8 } }
        """, """
        Rvp:Domains:im.contoso.com:ProtocolLog:RetainedFiles is "8": this counts the files of a folder of its own: name one in Rvp:Domains:im.contoso.com:ProtocolLog:Directory
        """)]
    [InlineData("""
        "im.contoso.com": { "ProtocolLog": { "Directory": "./logs/" } }
        """, """
        Rvp:Domains:im.contoso.com:ProtocolLog:Directory is "./logs/": Rvp:ProtocolLog:Directory is the same folder: write one of its own, or leave the key out
        """)]
    public void A_mistake_is_one_line_with_key_value_and_cure(string section, string line) =>
        Assert.Equal([line.Trim()], MistakesIn($$""" "Domains": { {{section}} } """));

    [Fact]
    public void A_domain_may_have_a_directory_of_its_own_which_takes_over_nothing()
    {
        folder.WriteSecret("ldap.secret", "secret");

        var settings = Read("""
            "Directory": { "Ldap": { "CacheTtl": "00:00:01" } },
            "Domains": { "im.contoso.com": { "Directory": { "Provider": "Ldap", "Ldap": {
              "Servers": ["ldap://dc1.contoso.com"], "BaseDn": "dc=contoso,dc=com", "BindDn": "cn=im", "BindPasswordFile": "ldap.secret" } } } }
            """);

        Assert.Equal(
            [
                ("Rvp:Directory", DirectoryProvider.Local, "im.adatum.com", true),
                ("Rvp:Domains:im.contoso.com:Directory", DirectoryProvider.Ldap, "im.contoso.com", false),
            ],
            settings.Directories.Select(one => (one.Key, one.Options.Provider, string.Join(' ', one.Domains), one.IsShared)));
        Assert.Equal((folder.File("ldap.secret"), TimeSpan.FromMinutes(5)),
            (settings.Directories[1].Options.Ldap.BindPasswordFile, settings.Directories[1].Options.Ldap.CacheTtl));
    }

    [Fact]
    public void Accounts_in_the_store_are_one_directory_whoever_says_so()
    {
        var shared = Read(""" "Domains": { "im.contoso.com": { "Directory": { "Provider": "Local" } } } """).Directories;
        var both = Read("""
            "Domains": { "im.contoso.com": { "Directory": { "Provider": "Local" } }, "im.adatum.com": { "Directory": { "Provider": "Local" } } },
            "Directory": { "Provider": "Ldap", "Ldap": { "Servers": ["ldap://dc1"], "BaseDn": "dc=adatum" } }
            """).Directories;

        Assert.Equal("Rvp:Directory im.adatum.com im.contoso.com", Assert.Single(shared) is var one ? $"{one.Key} {string.Join(' ', one.Domains)}" : "");
        Assert.Equal((DirectoryProvider.Local, 2, false), (Assert.Single(both).Options.Provider, both[0].Domains.Count, both[0].IsShared));
    }

    [Theory]
    [InlineData("", "this is neither SVG nor PNG: name a file that is")]
    [InlineData("GIF89a", "this is neither SVG nor PNG: name a file that is")]
    [InlineData("<html xmlns=\"http://www.w3.org/1999/xhtml\"/>", "this is neither SVG nor PNG: name a file that is")]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\">", "this is neither SVG nor PNG: name a file that is")]
    public void A_picture_that_no_browser_shows_is_refused(string content, string cure)
    {
        folder.Write("logo.svg", content);

        Assert.Equal([$"Rvp:WebClient:Logo is \"logo.svg\": {cure}"], MistakesIn(""" "WebClient": { "Logo": "logo.svg" } """));
    }

    [Fact]
    public void A_history_needs_what_keeps_messages()
    {
        Assert.Equal(
            ["Rvp:Domains:im.contoso.com:Messages:Archive is \"True\": a history needs Rvp:Messages:Offline, which is off"],
            MistakesIn(""" "Messages": { "Offline": false }, "Domains": { "im.contoso.com": { "Messages": { "Archive": true } } } """));
    }

    [Fact]
    public void A_picture_is_not_large()
    {
        folder.Write("logo.svg", Svg + new string(' ', 262_145 - Svg.Length));

        Assert.Equal(
            ["Rvp:WebClient:Logo is \"logo.svg\": the picture has 262145 bytes, and at most 262144 can be used: save it smaller, or draw it as SVG"],
            MistakesIn(""" "WebClient": { "Logo": "logo.svg" } """));
        folder.Write("logo.svg", Svg + new string(' ', 262_144 - Svg.Length));
        Assert.Equal(262_144, Read(""" "WebClient": { "Logo": "logo.svg" } """).Domains["im.adatum.com"].Brand.Logo!.Bytes.Length);
    }

    [Fact]
    public void A_file_on_top_that_names_other_virtual_servers_takes_the_domains_of_the_file_below_away()
    {
        folder.Write("appsettings.json", $$"""{ "Rvp": { {{Servers}} "Domains": { "im.contoso.com": { "Limits": { "MaxAccounts": 5 } } } } }""");
        var file = folder.Write("own.json", """
            { "Rvp": { "VirtualServers": [ { "Name": "adatum", "Domain": "im.adatum.com", "HostNames": ["im.adatum.com"] } ] } }
            """);

        var configuration = ConfigurationLoader.Load(file, "Production", folder.Path);
        using var watched = configuration as IDisposable;

        Assert.Equal("im.adatum.com", Assert.Single(RvpSettings.Read(configuration, folder.Path).Domains.Keys));
    }

    private IReadOnlyList<string> MistakesIn(string rvp) => Assert.Throws<ConfigurationException>(() => Read(rvp)).Lines;

    private RvpSettings Read(string rvp) => RvpSettings.Read(
        new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes($$"""{ "Rvp": { {{Servers}} {{rvp}} } }"""))).Build(), folder.Path);
}
