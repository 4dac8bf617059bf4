using Rvp.Testing;

namespace RvpServer.Interop.Samba;

/// <summary>A home server on a member server of a real domain: LDAP over StartTLS, NTLM judged by the domain controller, Kerberos by ticket.</summary>
[Trait("Category", "Samba")]
public sealed class ActiveDirectoryTests(SambaDomain domain) : IClassFixture<SambaDomain>, IAsyncLifetime
{
    public async Task InitializeAsync() => await domain.GetTicketAsync("JoBrown");

    public Task DisposeAsync() => domain.DropTicketsAsync();

    [Fact]
    public async Task The_people_of_the_domain_are_its_accounts()
    {
        var listed = await domain.UserAsync("", "list");

        Assert.Equal(
            new Ran(0, """
                ADDRESS                    DOMAIN         HOME           STATE    DISPLAY NAME
                JoBrown@im.adatum.com      im.adatum.com  imhomeserver1  enabled  Jo Brown
                KariHensien@im.adatum.com  im.adatum.com  imhomeserver1  enabled  Kari Hensien

                """, ""), listed);
    }

    [Theory]
    [InlineData("ldap://dc1.adatum.com:3268")]
    [InlineData("ldaps://dc1.adatum.com:3269")]
    public async Task The_global_catalogue_has_them_too(string catalogue)
    {
        Assert.Equal((await domain.UserAsync("", "list")).Out, (await domain.UserAtAsync(catalogue, "list")).Out);
        Assert.Contains("Jo Brown", (await domain.UserAtAsync(catalogue, "show", "JoBrown@adatum.com")).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("JoBrown:Pass-Word-1", "200")]
    [InlineData("jobrown:Pass-Word-1", "200")]
    [InlineData(@"ADATUM\JoBrown:Pass-Word-1", "200")]
    [InlineData(@"adatum\jobrown:Pass-Word-1", "200")]
    [InlineData(@"adatum.com\JoBrown:Pass-Word-1", "200")]
    [InlineData("JoBrown@adatum.com:Pass-Word-1", "200")]
    [InlineData(@"ADATUM\KariHensien:Pass-Word-1", "403")]
    [InlineData(@"ADATUM\JoBrown:wrong", "401")]
    [InlineData(@"OTHER\JoBrown:Pass-Word-1", "401")]
    [InlineData(@"ADATUM\NoSuchPerson:Pass-Word-1", "401")]
    [InlineData(@"ADATUM\im:Service-Word-1", "401")]
    public async Task The_domain_controller_judges_NTLM(string user, string status) =>
        Assert.Equal(status, await domain.SignsInAsync("JoBrown", "--ntlm", "-u", user));

    [Theory]
    [InlineData("JoBrown", "200")]
    [InlineData("KariHensien", "403")]
    public async Task A_ticket_is_all_it_takes(string account, string status) =>
        Assert.Equal(status, await domain.SignsInAsync(account, "--negotiate", "-u", ":"));

    [Fact]
    public async Task The_server_shows_who_it_is_in_return()
    {
        var answer = await domain.RunAsync(
            "curl", "-s", "-i", "-X", "SUBSCRIBE", "-H", "Notification-Type: pragma/notify", "--negotiate", "-u", ":",
            "http://im.adatum.com:8080/instmsg/aliases/JoBrown");

        Assert.Contains("HTTP/1.1 200 Successful", answer.Out, StringComparison.Ordinal);
        Assert.Matches("(?m)^WWW-Authenticate: Negotiate oY[A-Za-z0-9+/=]+\r$", answer.Out);
    }

    [Fact]
    public async Task Without_a_ticket_the_challenges_are_those_of_Exchange()
    {
        var answer = await domain.RunAsync(
            "curl", "-s", "-i", "-X", "SUBSCRIBE", "-H", "Notification-Type: pragma/notify", "http://im.adatum.com:8080/instmsg/aliases/JoBrown");

        var challenges = answer.Out.Split("\r\n").Where(line => line.StartsWith("WWW-Authenticate: ", StringComparison.Ordinal))
            .Select(line => line["WWW-Authenticate: ".Length..]).ToList();
        Assert.Equal(["Negotiate", "NTLM"], challenges[..2]);
        Assert.StartsWith("Digest realm=\"im.adatum.com\", qop=\"auth\", algorithm=MD5, nonce=\"", challenges[2], StringComparison.Ordinal);
        Assert.Equal(3, challenges.Count);
    }

    [Fact]
    public async Task A_password_that_was_set_here_is_for_Digest_and_opens_nothing_to_NTLM()
    {
        Assert.Equal("401", await domain.SignsInAsync("KariHensien", "--digest", "-u", "KariHensien:Own-Word-1"));

        Assert.Equal(new Ran(0, "KariHensien@im.adatum.com has a new password.\n", ""),
            await domain.UserAsync("Own-Word-1\n", "passwd", "KariHensien@adatum.com", "--password-stdin"));

        // The server looks once a second.
        var status = "";
        for (var began = DateTime.UtcNow; status != "200" && DateTime.UtcNow - began < TimeSpan.FromSeconds(20);)
            status = await domain.SignsInAsync("KariHensien", "--digest", "-u", "KariHensien:Own-Word-1");
        Assert.Equal("200", status);
        Assert.Equal("401", await domain.SignsInAsync("KariHensien", "--ntlm", "-u", "KariHensien:Own-Word-1"));
        Assert.Equal("200", await domain.SignsInAsync("KariHensien", "--ntlm", "-u", "KariHensien:Pass-Word-1"));
    }

    [Fact]
    public async Task A_principal_name_need_not_be_made_of_the_account_name()
    {
        await domain.ChangeAsync("Jo Brown", "userPrincipalName", "Jo.B@adatum.com");
        try
        {
            Assert.Equal("200", await domain.SignsInAsync("JoBrown", "--ntlm", "-u", "Jo.B@adatum.com:Pass-Word-1"));
        }
        finally
        {
            await domain.ChangeAsync("Jo Brown", "userPrincipalName", "JoBrown@adatum.com");
        }
    }

    [Fact]
    public async Task Whom_the_domain_proved_is_not_taken_for_an_account_of_the_same_name()
    {
        await domain.ChangeAsync("Kari Hensien", "userPrincipalName", "khensien@adatum.com");
        await domain.ChangeAsync("Kari Hensien", "sAMAccountName", "khensien");
        await domain.AdministerAsync("user", "create", "KariHensien", SambaDomain.Password);
        try
        {
            Assert.Equal("401", await domain.SignsInAsync("KariHensien", "--ntlm", "-u", @"ADATUM\KariHensien:Pass-Word-1"));
            Assert.Equal("200", await domain.SignsInAsync("KariHensien", "--ntlm", "-u", @"ADATUM\khensien:Pass-Word-1"));
            await domain.GetTicketAsync("KariHensien");
            Assert.Equal("401", await domain.SignsInAsync("KariHensien", "--negotiate", "-u", ":"));
            await domain.GetTicketAsync("khensien");
            Assert.Equal("200", await domain.SignsInAsync("KariHensien", "--negotiate", "-u", ":"));
        }
        finally
        {
            await domain.AdministerAsync("user", "delete", "KariHensien");
            await domain.ChangeAsync("Kari Hensien", "sAMAccountName", "KariHensien");
            await domain.ChangeAsync("Kari Hensien", "userPrincipalName", "KariHensien@adatum.com");
        }
    }

    [Fact]
    public async Task An_account_that_the_domain_disables_proves_nothing_any_more()
    {
        await domain.AdministerAsync("user", "disable", "KariHensien");
        try
        {
            Assert.Equal("401", await domain.SignsInAsync("KariHensien", "--ntlm", "-u", @"ADATUM\KariHensien:Pass-Word-1"));
        }
        finally
        {
            await domain.AdministerAsync("user", "enable", "KariHensien");
        }
    }

    [Fact]
    public async Task Without_winbindd_NTLM_is_to_be_tried_again_later_and_tickets_go_on()
    {
        await domain.EndWinbindAsync();

        string[] signIn = ["-s", "-i", "-X", "SUBSCRIBE", "-H", "Notification-Type: pragma/notify", "http://im.adatum.com:8080/instmsg/aliases/JoBrown"];
        var ntlm = await domain.RunInDomainAsync("curl", ["--ntlm", "-u", @"ADATUM\JoBrown:Pass-Word-1", .. signIn]);
        var kerberos = await domain.RunInDomainAsync("curl", ["--negotiate", "-u", ":", .. signIn]);

        Assert.Contains("HTTP/1.1 503 Service Unavailable\r\n", ntlm.Out, StringComparison.Ordinal);
        Assert.Contains("\r\nRetry-After: 5\r\n", ntlm.Out, StringComparison.Ordinal);
        Assert.Contains("HTTP/1.1 200 Successful\r\n", kerberos.Out, StringComparison.Ordinal);
        Assert.Equal("200", await domain.SignsInAsync("JoBrown", "--ntlm", "-u", @"ADATUM\JoBrown:Pass-Word-1"));
    }

    [Fact]
    public async Task Members_of_a_group_in_a_group_would_be_enabled_and_whom_the_domain_has_disabled_would_not()
    {
        await domain.AdministerAsync("user", "create", "dhall", SambaDomain.Password, "--given-name=Don", "--surname=Hall");
        await domain.AdministerAsync("user", "create", "dhall2", SambaDomain.Password);
        await domain.AdministerAsync("user", "disable", "dhall2");
        await domain.AdministerAsync("group", "add", "Sales");
        await domain.AdministerAsync("group", "add", "Everyone here");
        await domain.AdministerAsync("group", "addmembers", "Sales", "dhall,dhall2,JoBrown");
        await domain.AdministerAsync("group", "addmembers", "Everyone here", "Sales");
        try
        {
            var nested = await domain.UserAsync("", "add", "--group", "Everyone here", "--preview");
            var primary = await domain.UserAsync("", "add", "--group", "Domain Users", "--preview");
            var unit = await domain.UserAsync("", "add", "--unit", "DC=adatum,DC=com", "--preview");

            Assert.Equal(new Ran(0, """
                dhall@im.adatum.com on imhomeserver1: CN=Don Hall,CN=Users,DC=adatum,DC=com
                Not CN=dhall2,CN=Users,DC=adatum,DC=com: The directory has disabled this person, or let the person expire.
                1 would be enabled, 1 had an account already, 1 cannot have one.

                """, ""), nested);
            foreach (var many in new[] { primary.Out, unit.Out })
            {
                Assert.Contains("\ndhall@im.adatum.com on imhomeserver1: CN=Don Hall,CN=Users,DC=adatum,DC=com\n", "\n" + many, StringComparison.Ordinal);
                Assert.Contains(" 2 had an account already", many, StringComparison.Ordinal);
                Assert.DoesNotContain("DC1", many, StringComparison.Ordinal);
            }
        }
        finally
        {
            foreach (var account in new[] { "dhall", "dhall2" }) await domain.AdministerAsync("user", "delete", account);
            foreach (var group in new[] { "Sales", "Everyone here" }) await domain.AdministerAsync("group", "delete", group);
        }
    }

    [Fact]
    public async Task A_bind_account_that_may_not_write_is_told_what_it_lacks()
    {
        var ran = await domain.UserAsync("", "disable", "JoBrown@adatum.com");

        Assert.Equal(1, ran.Code);
        Assert.StartsWith("im@adatum.com may not do that (changing CN=Jo Brown,CN=Users,DC=adatum,DC=com: InsufficientAccessRights (50)", ran.Error,
            StringComparison.Ordinal);
        Assert.EndsWith("grant it write access to msExchIMAddress, msExchIMMetaPhysicalURL and msExchIMPhysicalURL\n", ran.Error, StringComparison.Ordinal);
    }
}
