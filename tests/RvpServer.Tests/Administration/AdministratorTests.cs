using RvpServer.Administration;
using RvpServer.Http;

namespace RvpServer.Tests.Administration;

public sealed class AdministratorTests
{
    [Theory]
    [InlineData("im.adatum.com", "full")]
    [InlineData("IM.adatum.com", "full")]
    [InlineData("im.contoso.com", "view")]
    [InlineData("im.fabrikam.com", "view")]
    [InlineData(null, "view")]
    public void Of_several_roles_the_highest_that_fits_counts(string? domain, string expected)
    {
        var who = Of(Grant(AdminRole.FullAdministrator, "im.adatum.com"), Grant(AdminRole.ViewOnly, "im.contoso.com"), Grant(AdminRole.ViewOnly, null));

        Assert.Equal(expected, who.RoleOver(domain)?.Word());
        Assert.Null(who.Domains);
    }

    [Fact]
    public void A_role_for_a_domain_says_nothing_of_the_installation_nor_of_other_domains()
    {
        var who = Of(Grant(AdminRole.FullAdministrator, "im.adatum.com"));

        Assert.Null(who.RoleOver(null));
        Assert.Null(who.RoleOver("im.contoso.com"));
        Assert.Equal(["im.adatum.com"], who.Domains!);
        var refused = Assert.Throws<NotAllowedException>(() => who.Require(AdminRole.ViewOnly, null));
        Assert.Equal("This needs the role View Only for the whole installation.", refused.Message);
    }

    [Theory]
    [InlineData("jo", "operating system user jo")]
    [InlineData("", "operating system user (unknown)")]
    [InlineData("jo\r\nbrown\u001b[2J", "operating system user jobrown[2J")]
    public void Whoever_the_operating_system_lets_in_may_do_everything(string user, string expected)
    {
        var who = Administrator.OfOperatingSystem(user);

        Assert.Equal((expected, "command line"), (who.Name, who.Source));
        who.Require(AdminRole.FullAdministrator, null);
        who.Require(AdminRole.FullAdministrator, "im.adatum.com");
    }

    [Theory]
    [InlineData("view", AdminRole.ViewOnly)]
    [InlineData("Administrator", AdminRole.Administrator)]
    [InlineData("FULL", AdminRole.FullAdministrator)]
    [InlineData("3", null)]
    [InlineData("", null)]
    public void Roles_have_words(string word, object? role) => Assert.Equal(role, AdminRoles.Of(word));

    [Fact]
    public void A_path_too_long_for_a_socket_has_none()
    {
        Assert.Equal("/data/admin.sock", AdminSocket.PathIn("/data"));
        Assert.Null(AdminSocket.PathIn("/" + new string('x', 100)));
    }

    private static Administrator Of(params RoleGrant[] grants) => new("JoBrown@adatum.com", "127.0.0.1", grants);

    private static RoleGrant Grant(AdminRole role, string? domain) =>
        new(GrantKind.Account, "jo", "JoBrown@adatum.com", domain, role, DateTimeOffset.UnixEpoch);
}
