using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Tests.Xml;

public class PropertyUpdateXmlTests
{
    private const string Root = "<d:propertyupdate xmlns:d=\"DAV:\" xmlns:r=\"http://schemas.microsoft.com/rvp/\" "
        + "xmlns:a=\"http://schemas.microsoft.com/rvp/acl/\">";

    // [client: pidgin-librvp], as observed at sign-in.
    private const string LibrvpOnline =
        "<?xml version=\"1.0\"?>\n" + Root + "<d:set><d:prop><r:state><r:leased-value><r:value><r:online/></r:value>" +
        "<r:default-value><r:offline/></r:default-value><d:timeout>1200</d:timeout></r:leased-value></r:state></d:prop></d:set></d:propertyupdate>\n";

    // [client: pidgin-librvp], as observed at sign-out.
    private const string LibrvpOffline =
        "<?xml version=\"1.0\"?>\n" + Root + "<d:set><d:prop><r:state><r:offline/><r:view-id>501</r:view-id></r:state></d:prop></d:set></d:propertyupdate>\n";

    [Fact]
    public void All_values_together_are_bounded_although_each_repeats_a_namespace()
    {
        var property = $"<n:p>{string.Concat(Enumerable.Repeat("<n:a/>", 300))}</n:p>";
        string Body(int count) =>
            $"<d:propertyupdate {Text.Namespaces} xmlns:n='{new string('n', 256)}'><d:set><d:prop>{string.Concat(Enumerable.Repeat(property, count))}"
                + "</d:prop></d:set></d:propertyupdate>";

        Assert.Equal(3, PropertyUpdateXml.Read(Text.Bytes(Body(3))).Count);
        Assert.Throws<RvpException>(() => PropertyUpdateXml.Read(Text.Bytes(Body(60))));
    }

    [Fact]
    public void A_sign_in_of_pidgin_librvp_leases_its_state()
    {
        var edit = Assert.Single(PropertyUpdateXml.Read(Text.Bytes(LibrvpOnline)));

        Assert.Equal(new PropertyEdit(PropertyName.State, false, "<r:online/>", new LeaseTerms("<r:offline/>", TimeSpan.FromMinutes(20)), null), edit);
    }

    [Fact]
    public void A_sign_out_of_pidgin_librvp_is_flat()
    {
        var edit = Assert.Single(PropertyUpdateXml.Read(Text.Bytes(LibrvpOffline)));

        Assert.Equal(new PropertyEdit(PropertyName.State, false, "<r:offline/>", null, 501), edit);
    }

    [Fact]
    public void The_example_of_the_specification_is_read()
    {
        var edit = Assert.Single(Read(
            "<d:set><d:prop><r:state><r:leased-value><r:value><r:online/></r:value>\n" +
            "<r:default-value><r:offline/></r:default-value><r:timeout>1200</r:timeout></r:leased-value>\n" +
            "<r:view-id>3577</r:view-id></r:state></d:prop></d:set>", "propupdate"));

        Assert.Equal(new PropertyEdit(PropertyName.State, false, "<r:online/>", new LeaseTerms("<r:offline/>", TimeSpan.FromSeconds(1200)), 3577), edit);
    }

    [Fact]
    public void Edits_come_in_document_order()
    {
        var edits = Read(
            "<d:remove><d:prop><r:email/></d:prop></d:remove>" +
            "<d:set><d:prop><d:displayname> Jo &amp; Brown </d:displayname><x xmlns='urn:x'><y z='1'/></x></d:prop></d:set>" +
            "<d:remove><d:prop><d:displayname/></d:prop></d:remove>");

        Assert.Equal(
            [
                new PropertyEdit(PropertyName.Email, true, "", null, null),
                new PropertyEdit(PropertyName.DisplayName, false, " Jo &amp; Brown ", null, null),
                new PropertyEdit(new PropertyName("urn:x", "x"), false, "<y xmlns=\"urn:x\" z=\"1\"/>", null, null),
                new PropertyEdit(PropertyName.DisplayName, true, "", null, null),
            ],
            edits);
    }

    [Fact]
    public void Any_property_may_be_leased()
    {
        var edit = Assert.Single(Read("<d:set><d:prop><r:mobile-state><r:leased-value><r:value>1</r:value></r:leased-value></r:mobile-state></d:prop>"
            + "</d:set>"));

        Assert.Equal(new PropertyEdit(PropertyName.MobileState, false, "1", new LeaseTerms(null, null), null), edit);
    }

    [Theory]
    [InlineData("<r:on-phone/>", "<r:on-phone/>")]
    [InlineData("<on-phone/>", "<r:on-phone/>")]
    [InlineData("<r:on-phone></r:on-phone>", "<r:on-phone/>")]
    [InlineData("\n  <r:invisible/>\n", "<r:invisible/>")]
    [InlineData("<x:busy xmlns:x='http://schemas.microsoft.com/rvp/' since='1'>!</x:busy>", "<r:busy/>")]
    public void A_known_state_is_brought_to_one_form(string state, string expected)
    {
        var flat = Assert.Single(Read($"<d:set><d:prop><r:state>{state}<r:view-id>1</r:view-id></r:state></d:prop></d:set>"));
        var leased = Assert.Single(Read(
            $"<d:set><d:prop><r:state><r:leased-value><r:value>{state}</r:value><r:default-value>{state}</r:default-value></r:leased-value></r:state>"
                + "</d:prop></d:set>"));

        Assert.Equal(expected, flat.InnerXml);
        Assert.Equal(expected, leased.InnerXml);
        Assert.Equal(expected, leased.Lease?.Default);
    }

    [Theory]
    [InlineData("")]
    [InlineData("online")]
    [InlineData("<r:dancing/>")]
    [InlineData("<r:Online/>")]
    [InlineData("<online xmlns='urn:x'/>")]
    [InlineData("<d:online/>")]
    [InlineData("<r:online/><r:busy/>")]
    [InlineData("now <r:online/>")]
    [InlineData("&lt;r:online/&gt;")]
    public void An_unknown_state_is_kept_as_no_state(string state)
    {
        var flat = Assert.Single(Read($"<d:set><d:prop><r:state>{state}</r:state></d:prop></d:set>"));
        var leased = Assert.Single(Read($"<d:set><d:prop><r:state><r:leased-value><r:value>{state}</r:value></r:leased-value></r:state></d:prop></d:set>"));

        Assert.False(PresenceStates.TryParseElement(flat.InnerXml, out _));
        Assert.False(PresenceStates.TryParseElement(leased.InnerXml, out _));
    }

    [Fact]
    public void A_lease_without_a_value_is_no_state()
    {
        var edit = Assert.Single(Read("<d:set><d:prop><r:state><r:leased-value/></r:state></d:prop></d:set>"));

        Assert.Equal("", edit.InnerXml);
    }

    [Theory]
    [InlineData("501", 501)]
    [InlineData(" 501\n", 501)]
    [InlineData("2147483647", int.MaxValue)]
    [InlineData("2147483648", 0)]
    [InlineData("0", 0)]
    [InlineData("-1", 0)]
    [InlineData("+1", 0)]
    [InlineData("abc", 0)]
    [InlineData("", 0)]
    public void A_view_id_that_is_none_names_a_view_that_never_exists(string text, int id)
    {
        var edit = Assert.Single(Read($"<d:set><d:prop><d:displayname>Jo<r:view-id>{text}</r:view-id></d:displayname></d:prop></d:set>"));

        Assert.Equal(id, edit.ViewId);
        Assert.Equal("Jo", edit.InnerXml);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData(" 14400 ", 14_400)]
    [InlineData("0001200", 1200)]
    [InlineData("2147483648", 2_147_483_647)]
    [InlineData("99999999999999999999999999", 2_147_483_647)]
    public void A_timeout_is_read_in_seconds_and_capped(string text, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Assert.Single(Read(LeaseOf($"<d:timeout>{text}</d:timeout>"))).Lease?.Timeout);

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("soon")]
    [InlineData("Infinite")]
    [InlineData("\u0661")]
    public void A_timeout_that_is_no_number_is_a_bad_request(string text) => Text.IsBadRequest(() => Read(LeaseOf($"<d:timeout>{text}</d:timeout>")));

    [Theory]
    [InlineData("<d:propertyupdate xmlns:d='DAV:'/>")]
    [InlineData("<d:propertyupdate xmlns:d='DAV:'><d:set/></d:propertyupdate>")]
    [InlineData("<d:propertyupdate xmlns:d='DAV:'><d:set><d:prop/></d:set></d:propertyupdate>")]
    [InlineData("<d:propertyupdate xmlns:d='DAV:' xmlns:x='urn:x'><x:set><d:prop><d:displayname/></d:prop></x:set></d:propertyupdate>")]
    [InlineData("<propertyupdate><set><prop><displayname/></prop></set></propertyupdate>")]
    [InlineData("<d:propfind xmlns:d='DAV:'><d:prop><d:displayname/></d:prop></d:propfind>")]
    public void What_changes_nothing_is_a_bad_request(string body) => Text.IsBadRequest(() => PropertyUpdateXml.Read(Text.Bytes(body)));

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public void The_number_of_edits_is_bounded(int count, bool isRead)
    {
        var update = "<d:set><d:prop>" + string.Concat(Enumerable.Repeat("<d:p/>", count)) + "</d:prop></d:set>";

        if (isRead) Assert.Equal(count, Read(update).Count);
        else Text.IsBadRequest(() => Read(update));
    }

    [Fact]
    public void A_name_survives_the_form_of_the_store_whatever_its_namespace()
    {
        var name = Assert.Single(Read("<d:set><d:prop><x xmlns='urn:{a}b'/></d:prop></d:set>")).Name;

        Assert.Equal(new PropertyName("urn:{a}b", "x"), PropertyName.Parse(name.ToString()));
    }

    [Fact]
    public void A_leased_value_is_written_as_clients_expect_it()
    {
        Assert.Equal(
            "<r:leased-value><r:value><r:online/></r:value><r:default-value><r:offline/></r:default-value><d:timeout>1200</d:timeout></r:leased-value>"
                + "<r:view-id>501</r:view-id>",
            PropertyUpdateXml.LeasedInnerXml("<r:online/>", "<r:offline/>", TimeSpan.FromSeconds(1200.9), 501));
        Assert.Equal(
            "<r:leased-value><r:value>1</r:value><d:timeout>0</d:timeout></r:leased-value>",
            PropertyUpdateXml.LeasedInnerXml("1", null, TimeSpan.FromSeconds(-5), null));
    }

    private static string LeaseOf(string rest) =>
        $"<d:set><d:prop><r:state><r:leased-value><r:value><r:online/></r:value>{rest}</r:leased-value></r:state></d:prop></d:set>";

    private static IReadOnlyList<PropertyEdit> Read(string update, string root = "propertyupdate") =>
        PropertyUpdateXml.Read(Text.Bytes($"<d:{root} {Text.Namespaces}>{update}</d:{root}>"));
}
