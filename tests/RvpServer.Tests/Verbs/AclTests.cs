using Rvp.Testing;

namespace RvpServer.Tests.Verbs;

/// <summary>ACL.</summary>
public sealed class AclTests : HomeServerTest
{
    private const string Owner = "<a:ace><a:principal><a:rvp-principal>http://im.adatum.com/instmsg/aliases/KariHensien</a:rvp-principal><a:credentials>"
            + "<a:digest/><a:ntlm/><a:internal/></a:credentials></a:principal>"
            + "<a:grant><a:list/><a:read/><a:write/><a:send-to/><a:receive-from/><a:readacl/><a:writeacl/><a:presence/><a:subscriptions/><a:subscribe-others/>"
            + "</a:grant><a:deny/></a:ace>";

    private const string Everyone = "<a:ace><a:principal><a:allprincipals/><a:credentials><a:any/></a:credentials></a:principal><a:grant><a:list/><a:read/>"
        + "<a:send-to/><a:presence/></a:grant><a:deny/></a:ace>";

    private const string JoBlocked = "<a:ace><a:principal><a:rvp-principal>http://im.adatum.com/instmsg/aliases/JoBrown</a:rvp-principal><a:credentials>"
        + "<a:assertion/><a:digest/><a:ntlm/></a:credentials></a:principal>"
        + "<a:grant/><a:deny><a:send-to/><a:presence/></a:deny></a:ace>";

    [Fact]
    public async Task The_list_of_a_new_account() => AssertAnswer(List(Owner + Everyone), await Kari.ReadsAcl());

    [Fact]
    public async Task A_change_is_merged_by_principal_and_an_empty_ace_removes()
    {
        AssertAnswer(Empty("200 Successful"), await Writes(JoBlocked));
        AssertAnswer(List(Owner + JoBlocked + Everyone), await Kari.ReadsAcl());

        var open = JoBlocked.Replace("<a:grant/><a:deny><a:send-to/><a:presence/></a:deny>", "<a:grant><a:send-to/></a:grant><a:deny/>",
            StringComparison.Ordinal);
        await Writes(open);
        AssertAnswer(List(Owner + open + Everyone), await Kari.ReadsAcl());

        await Writes(JoBlocked.Replace("<a:deny><a:send-to/><a:presence/></a:deny>", "<a:deny/>", StringComparison.Ordinal));
        AssertAnswer(List(Owner + Everyone), await Kari.ReadsAcl());
    }

    [Theory]
    [InlineData("<a:allprincipals/>")]
    [InlineData("<a:rvp-principal>allprincipals</a:rvp-principal>")]
    public async Task Everyone_may_be_written_in_two_ways(string everyone)
    {
        await Writes($"<a:ace><a:principal>{everyone}<a:credentials><a:any/></a:credentials></a:principal><a:grant><a:send-to/><a:presence/></a:grant>"
            + "<a:deny/></a:ace>");

        AssertAnswer(
            List(Owner + "<a:ace><a:principal><a:allprincipals/><a:credentials><a:any/></a:credentials></a:principal><a:grant><a:send-to/><a:presence/>"
                + "</a:grant><a:deny/></a:ace>"),
            await Kari.ReadsAcl());
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("Evil.Example")]
    [InlineData("http://evil.example")]
    public async Task A_domain_is_written_as_a_bare_host_and_read_as_it_was_written(string domain)
    {
        var blocked = JoBlocked.Replace(Jo.Url, domain, StringComparison.Ordinal);

        AssertAnswer(Empty("200 Successful"), await Writes(blocked));
        await Server.StopAsync();
        await Server.StartAgainAsync();
        AssertAnswer(List(Owner + blocked + Everyone), await Kari.ReadsAcl());

        await Writes(blocked.Replace("<a:deny><a:send-to/><a:presence/></a:deny>", "<a:deny/>", StringComparison.Ordinal));
        AssertAnswer(List(Owner + Everyone), await Kari.ReadsAcl());
    }

    [Theory]
    [InlineData("im.adatum.com")]
    [InlineData("adatum.com")]
    public async Task Whoever_is_in_a_blocked_domain_cannot_tell(string domain)
    {
        await Jo.SignsIn();
        await Kari.SignsIn();
        await Kari.SetsState("online");
        await Jo.Watches(Kari);
        await Writes(JoBlocked.Replace(Jo.Url, domain, StringComparison.Ordinal));

        await Jo.Sees(Kari, "offline");
        Assert.Equal(412, (await Jo.Says(Kari, "Hello?")).Status);
        Assert.Equal("offline", StateIn(await Jo.LooksUp(Kari)));
        Assert.Equal(200, (await Kari.Says(Kari, "A note to myself")).Status);
    }

    [Fact]
    public async Task The_owner_cannot_lock_itself_out()
    {
        await Writes($"<a:ace><a:principal><a:rvp-principal>{Kari.Url}</a:rvp-principal><a:credentials><a:any/></a:credentials></a:principal><a:grant/>"
            + "<a:deny><a:all/></a:deny></a:ace>");

        AssertAnswer(List(Owner + Everyone), await Kari.ReadsAcl());
        Assert.Equal(200, (await Kari.SignsIn()).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<a:credentials/>")]
    [InlineData("<a:credentials></a:credentials>")]
    public async Task Credentials_must_be_named(string credentials)
    {
        var answer = await Writes($"<a:ace><a:principal><a:rvp-principal>{Jo.Url}</a:rvp-principal>{credentials}</a:principal><a:grant/><a:deny>"
            + "<a:presence/></a:deny></a:ace>");

        AssertAnswer(Refused("400 Credentials Not Specified", "An ace must name its credentials."), answer);
        AssertAnswer(List(Owner + Everyone), await Kari.ReadsAcl());
    }

    // [client]: often without Content-Type.
    [Theory]
    [InlineData("")]
    [InlineData("Content-Type: application/x-www-form-urlencoded\r\n")]
    public async Task The_type_of_the_body_does_not_matter(string contentType)
    {
        var body = $"<a:rvpacl xmlns:a='http://schemas.microsoft.com/rvp/acl/'><a:acl>{JoBlocked}</a:acl></a:rvpacl>";

        var answer = await Server.AskAsync(
            $"ACL {Kari.Path} HTTP/1.1\r\nHost: im.adatum.com\r\nRVP-Notifications-Version: 0.2\r\nRVP-From-Principal: {Kari.Url}\r\n"
                + $"{await Kari.Proof("ACL", Kari.Path)}{contentType}Content-Length: {body.Length}\r\n\r\n{body}");

        AssertAnswer(Empty("200 Successful"), answer);
        AssertAnswer(List(Owner + JoBlocked + Everyone), await Kari.ReadsAcl());
    }

    [Fact]
    public async Task Others_need_the_right_to_read_and_to_write()
    {
        const string line = "The access list of this node does not allow this.";
        AssertAnswer(Refused("403 Forbidden", line), await Jo.Asks("ACL", Kari.Path));

        await Writes(JoBlocked.Replace("<a:grant/>", "<a:grant><a:readacl/></a:grant>", StringComparison.Ordinal));

        Assert.Equal(200, (await Jo.Asks("ACL", Kari.Path)).Status);
        AssertAnswer(Refused("403 Forbidden", line), await Jo.Asks("ACL", Kari.Path, "", $"<a:rvpacl {Ns}><a:acl/></a:rvpacl>"));
    }

    [Fact]
    public async Task Another_spelling_means_the_same_principal()
    {
        await Writes(JoBlocked);

        await Writes($"<a:ace><a:principal><a:rvp-principal>http://IM.ADATUM.COM:80/instmsg/aliases/jobrown</a:rvp-principal><a:credentials><a:any/>"
            + "</a:credentials></a:principal><a:grant/><a:deny/></a:ace>");

        AssertAnswer(List(Owner + Everyone), await Kari.ReadsAcl());
    }

    private static string List(string aces) =>
        Document("200 Successful", $"<?xml version=\"1.0\"?><a:rvpacl xmlns:a='http://schemas.microsoft.com/rvp/acl/'><a:acl>"
            + $"<a:inheritance>none</a:inheritance>{aces}</a:acl></a:rvpacl>");

    private Task<RawAnswer> Writes(string aces) =>
        Kari.Asks("ACL", Kari.Path, "", $"<?xml version=\"1.0\"?><a:rvpacl {Ns}><a:acl><a:inheritance>none</a:inheritance>{aces}</a:acl></a:rvpacl>");
}
