using Rvp.Ldap;

namespace RvpServer.Tests.Directories.Ldap;

public class LdapUrlTests
{
    [Theory]
    [InlineData("ldap://dc2.adatum.com", "dc2.adatum.com", "", null)]
    [InlineData("ldap://dc2.adatum.com:389/", "dc2.adatum.com", "", null)]
    [InlineData("ldaps://DC2.adatum.com/ou=branch,dc=adatum,dc=com??sub", "dc2.adatum.com", "ou=branch,dc=adatum,dc=com", LdapScope.WholeSubtree)]
    [InlineData("ldap://[::1]/cn=Kari%20Hensien,dc=adatum??base?(cn=x)", "[::1]", "cn=Kari Hensien,dc=adatum", LdapScope.BaseObject)]
    [InlineData("ldap://dc2.adatum.com/dc=x?mail?one", "dc2.adatum.com", "dc=x", null)]
    public void Says_where_to_ask_for_what(string url, string host, string dn, LdapScope? scope) =>
        Assert.Equal(new LdapUrl(host, dn, scope), LdapUrl.Read(url));

    [Theory]
    [InlineData("")]
    [InlineData("ldap:")]
    [InlineData("ldap:///dc=adatum")]
    [InlineData("http://dc2.adatum.com/")]
    [InlineData("ldapi://%2Frun%2Fslapd/")]
    [InlineData("dc2.adatum.com")]
    public void What_names_no_server_is_none(string url) => Assert.Null(LdapUrl.Read(url));
}
