using Microsoft.Extensions.Configuration;
using Rvp.Testing;
using RvpServer.Configuration;

namespace RvpServer.Tests.Authentication;

/// <summary>A server whose schemes lack something does not start.</summary>
public sealed class SchemePartsTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Negotiate_without_a_key_table_stops_the_start()
    {
        var keytab = folder.WriteSecret("http.keytab", "no keys");

        var line = StartLine(("Authentication:Schemes:0", "Negotiate"), ("Authentication:KeytabFile", keytab));

        Assert.Equal($"Rvp:Authentication:KeytabFile is \"{keytab}\": {keytab} is no key table; Negotiate needs the keys of HTTP/host name", line);
    }

    [Fact]
    public void A_helper_that_is_not_there_stops_the_start()
    {
        var line = StartLine([.. Ldap, ("Authentication:NtlmAuthHelper", "/no/such/ntlm_auth --configfile=x")]);

        Assert.Equal("Rvp:Authentication:NtlmAuthHelper is \"/no/such/ntlm_auth --configfile=x\": there is no program /no/such/ntlm_auth: install Samba's "
            + "winbind, or write the path of ntlm_auth", line);
    }

    [Fact]
    public void A_directory_password_that_is_empty_stops_the_start()
    {
        var file = folder.WriteSecret("ldap.secret", " \n");

        var line = StartLine([.. Ldap, ("Directory:Ldap:BindDn", "cn=im"), ("Directory:Ldap:BindPasswordFile", file)]);

        Assert.Equal($"Rvp:Directory:Ldap:BindPasswordFile is \"{file}\": the file is empty, write the password of BindDn into it", line);
    }

    private static (string, string)[] Ldap =>
        [("Directory:Provider", "Ldap"), ("Directory:Ldap:Servers:0", "ldap://dc1.adatum.com"), ("Directory:Ldap:BaseDn", "dc=adatum,dc=com")];

    private string StartLine(params (string Key, string Value)[] keys)
    {
        var all = keys.ToDictionary(key => "Rvp:" + key.Key, key => (string?)key.Value);
        all["Urls"] = "http://127.0.0.1:0";
        all["Rvp:DataDirectory"] = folder.Path;
        all["Rvp:VirtualServers:0:Name"] = "imhomeserver1";
        all["Rvp:VirtualServers:0:Domain"] = "im.adatum.com";
        all["Rvp:VirtualServers:0:HostNames:0"] = "im.adatum.com";
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(all).Build();
        var settings = RvpSettings.Read(configuration, folder.Path);
        return Assert.Single(Assert.Throws<ConfigurationException>(() => ServerHost.Build(configuration, settings, "Production", TimeProvider.System)).Lines);
    }
}
