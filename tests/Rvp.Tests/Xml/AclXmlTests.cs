using FsCheck.Xunit;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Tests.Xml;

public class AclXmlTests
{
    private const string KariUrl = "http://im.adatum.com/instmsg/aliases/KariHensien";

    // The list in docs/protocol.md.
    private const string Page =
        "<?xml version=\"1.0\"?>" +
        "<a:rvpacl xmlns:a='http://schemas.microsoft.com/rvp/acl/'><a:acl><a:inheritance>none</a:inheritance>" +
        "<a:ace><a:principal><a:rvp-principal>http://im.adatum.com/instmsg/aliases/KariHensien</a:rvp-principal>" +
        "<a:credentials><a:assertion/><a:digest/><a:ntlm/></a:credentials></a:principal>" +
        "<a:grant/><a:deny><a:send-to/><a:presence/></a:deny></a:ace>" +
        "<a:ace><a:principal><a:allprincipals/><a:credentials><a:any/></a:credentials></a:principal>" +
        "<a:grant><a:list/><a:read/><a:send-to/><a:presence/></a:grant><a:deny/></a:ace></a:acl></a:rvpacl>";

    // [client: pidgin-librvp], as observed when a contact is blocked.
    private const string LibrvpBlock =
        "<?xml version=\"1.0\"?>\n" +
        "<a:rvpacl xmlns:d=\"DAV:\" xmlns:r=\"http://schemas.microsoft.com/rvp/\" xmlns:a=\"http://schemas.microsoft.com/rvp/acl/\"><a:acl>"
            + "<a:inheritance>none</a:inheritance>" +
        "<a:ace><a:principal><a:rvp-principal>http://127.0.0.1/instmsg/aliases/kari</a:rvp-principal><a:credentials><a:assertion/><a:digest/><a:ntlm/>"
            + "</a:credentials></a:principal>" +
        "<a:grant/><a:deny><a:send-to/><a:presence/></a:deny></a:ace></a:acl></a:rvpacl>\n";

    private const string Any = "<a:credentials><a:any/></a:credentials>";

    private static readonly AccessEntry[] PageEntries =
    [
        new(Url(KariUrl), Credentials.Assertion | Credentials.Digest | Credentials.Ntlm, Rights.None, Rights.SendTo | Rights.Presence),
        new(null, Credentials.Any, Rights.List | Rights.Read | Rights.SendTo | Rights.Presence, Rights.None),
    ];

    [Fact]
    public void The_page_s_list_is_read() => Assert.Equal(PageEntries, AclXml.Read(Text.Bytes(Page)));

    [Fact]
    public void The_page_s_list_is_written() => Assert.Equal(Page, Text.Of(AclXml.Write(PageEntries)));

    [Fact]
    public void A_block_of_pidgin_librvp_is_one_entry()
    {
        var entry = Assert.Single(AclXml.Read(Text.Bytes(LibrvpBlock)));

        Assert.Equal(Url("http://127.0.0.1/instmsg/aliases/kari"), entry.Principal);
        Assert.Equal(Credentials.Assertion | Credentials.Digest | Credentials.Ntlm, entry.Credentials);
        Assert.Equal(Rights.None, entry.Grant);
        Assert.Equal(Rights.SendTo | Rights.Presence, entry.Deny);
    }

    [Fact]
    public void All_rights_are_written_one_by_one()
    {
        var bytes = AclXml.Write([new AccessEntry(Url(KariUrl), Credentials.Proven | Credentials.Assertion, Rights.All, Rights.None)]);

        Assert.Equal(
            "<?xml version=\"1.0\"?>" +
            "<a:rvpacl xmlns:a='http://schemas.microsoft.com/rvp/acl/'><a:acl><a:inheritance>none</a:inheritance>" +
            "<a:ace><a:principal><a:rvp-principal>http://im.adatum.com/instmsg/aliases/KariHensien</a:rvp-principal>" +
            "<a:credentials><a:assertion/><a:digest/><a:ntlm/><a:internal/></a:credentials></a:principal>" +
            "<a:grant><a:list/><a:read/><a:write/><a:send-to/><a:receive-from/><a:readacl/><a:writeacl/><a:presence/><a:subscriptions/><a:subscribe-others/>"
                + "</a:grant>" +
            "<a:deny/></a:ace></a:acl></a:rvpacl>",
            Text.Of(bytes));
    }

    [Theory]
    [InlineData("<a:allprincipals/>")]
    [InlineData("<a:rvp-principal>allprincipals</a:rvp-principal>")]
    [InlineData("<a:rvp-principal> allprincipals\n</a:rvp-principal>")]
    public void Everyone_comes_as_element_or_as_text(string principal) =>
        Assert.Null(Assert.Single(Read($"<a:ace><a:principal>{principal}{Any}</a:principal><a:grant/><a:deny/></a:ace>")).Principal);

    [Fact]
    public void White_space_around_a_principal_is_ignored()
    {
        var entry = Assert.Single(Read($"\n<a:ace>\n<a:principal>\n<a:rvp-principal>\n {KariUrl} </a:rvp-principal>\n{Any}\n</a:principal>\n</a:ace>\n"));

        Assert.Equal(KariUrl, entry.Principal?.Spelling);
        Assert.True(entry.IsEmpty);
    }

    [Fact]
    public void The_right_all_means_all_ten()
    {
        var entry = Assert.Single(Read($"<a:ace><a:principal><a:allprincipals/>{Any}</a:principal><a:grant><a:all/></a:grant><a:deny><a:all/><a:list/>"
            + "</a:deny></a:ace>"));

        Assert.Equal(Rights.All, entry.Grant);
        Assert.Equal(Rights.All, entry.Deny);
    }

    [Fact]
    public void Any_credentials_cover_the_others()
    {
        var entry = Assert.Single(Read("<a:ace><a:principal><a:allprincipals/><a:credentials><a:digest/><a:any/></a:credentials></a:principal></a:ace>"));

        Assert.Equal(Credentials.Any, entry.Credentials);
    }

    [Theory]
    [InlineData("<a:allprincipals/>")]
    [InlineData("<a:allprincipals/><a:credentials/>")]
    [InlineData("<a:allprincipals/><a:credentials> </a:credentials>")]
    public void An_entry_without_credentials_is_refused_by_name(string principal)
    {
        var refusal = Text.RefusalOf(() => Read($"<a:ace><a:principal>{principal}</a:principal><a:grant/><a:deny/></a:ace>"));

        Assert.Equal(Refusal.CredentialsNotSpecified, refusal);
    }

    [Theory]
    [InlineData("<a:ace/>")]
    [InlineData("<a:ace><a:principal>" + Any + "</a:principal></a:ace>")]
    [InlineData("<a:ace><a:principal><a:allprincipals/><a:allprincipals/>" + Any + "</a:principal></a:ace>")]
    [InlineData("<a:ace><a:principal><a:allprincipals/><a:rvp-principal>http://a/b</a:rvp-principal>" + Any + "</a:principal></a:ace>")]
    [InlineData("<a:ace><a:principal><a:allprincipals/>" + Any + "</a:principal><a:principal><a:allprincipals/>" + Any + "</a:principal></a:ace>")]
    [InlineData("<a:ace><a:principal><a:rvp-principal></a:rvp-principal>" + Any + "</a:principal></a:ace>")]
    [InlineData("<a:ace><a:principal><a:rvp-principal>ftp://a/b</a:rvp-principal>" + Any + "</a:principal></a:ace>")]
    [InlineData("<a:ace><a:principal><a:allprincipals/><a:credentials><a:basic/></a:credentials></a:principal></a:ace>")]
    [InlineData("<a:ace><a:principal><a:allprincipals/><a:credentials><d:ntlm/></a:credentials></a:principal></a:ace>")]
    [InlineData("<a:ace><a:principal><a:allprincipals/>" + Any + "</a:principal><a:grant><a:fly/></a:grant></a:ace>")]
    [InlineData("<a:ace><a:principal><a:allprincipals/>" + Any + "</a:principal><a:deny><d:list/></a:deny></a:ace>")]
    public void An_entry_that_is_unclear_is_a_bad_request(string ace) => Text.IsBadRequest(() => Read(ace));

    [Theory]
    [InlineData("<a:rvpacl xmlns:a='http://schemas.microsoft.com/rvp/acl/'/>")]
    [InlineData("<a:rvpacl xmlns:a='urn:x'><a:acl/></a:rvpacl>")]
    [InlineData("<rvpacl><acl/></rvpacl>")]
    public void Another_document_is_a_bad_request(string body) => Text.IsBadRequest(() => AclXml.Read(Text.Bytes(body)));

    [Theory]
    [InlineData(1000, true)]
    [InlineData(1001, false)]
    public void The_number_of_entries_is_bounded(int count, bool isRead)
    {
        var entry = new AccessEntry(Url(KariUrl), Credentials.Proven | Credentials.Assertion, Rights.All, Rights.All);
        var body = AclXml.Write([.. Enumerable.Repeat(entry, count)]);

        if (isRead) Assert.Equal(count, AclXml.Read(body).Count);
        else Text.IsBadRequest(() => AclXml.Read(body));
    }

    [Property]
    public void What_is_written_is_read((bool IsEveryone, ushort Name, byte Credentials, ushort Grant, ushort Deny)[] given)
    {
        var entries = given.Select(e => new AccessEntry(
            e.IsEveryone ? null : Url($"http://im.adatum.com/instmsg/aliases/O'Neill&{e.Name}"),
            (e.Credentials % 16) switch { 0 => Credentials.Any, var some => (Credentials)some },
            (Rights)(e.Grant % 1024),
            (Rights)(e.Deny % 1024))).ToList();

        Assert.Equal(entries, AclXml.Read(AclXml.Write(entries)));
    }

    private static IReadOnlyList<AccessEntry> Read(string aces) =>
        AclXml.Read(Text.Bytes($"<a:rvpacl {Text.Namespaces}><a:acl><a:inheritance>none</a:inheritance>{aces}</a:acl></a:rvpacl>"));

    private static RvpUrl Url(string text) => RvpUrl.TryParse(text, out var url) ? url : throw new FormatException(text);
}
