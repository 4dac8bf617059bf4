using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Tests.Xml;

public class PropFindXmlTests
{
    // [client: pidgin-librvp], as observed at sign-in.
    private const string Librvp =
        "<?xml version=\"1.0\"?>\n" +
        "<d:propfind xmlns:d=\"DAV:\" xmlns:r=\"http://schemas.microsoft.com/rvp/\" xmlns:a=\"http://schemas.microsoft.com/rvp/acl/\">" +
        "<d:prop><d:displayname/></d:prop></d:propfind>\n";

    [Fact]
    public void The_question_of_pidgin_librvp_names_one_property()
    {
        var query = PropFindXml.Read(Text.Bytes(Librvp));

        Assert.Equal(PropFindKind.Named, query.Kind);
        Assert.Equal([PropertyName.DisplayName], query.Names);
    }

    [Fact]
    public void Names_come_in_order_once_each_from_any_namespace()
    {
        var query = PropFindXml.Read(Text.Bytes(
            "<propfind xmlns='DAV:'>\n <prop>\n <r:state xmlns:r='http://schemas.microsoft.com/rvp/'/> <displayname/> <c xmlns='urn:x'/> <n xmlns=''/> "
                + "<displayname/> </prop>\n</propfind>"));

        Assert.Equal([PropertyName.State, PropertyName.DisplayName, new PropertyName("urn:x", "c"), new PropertyName("", "n")], query.Names);
    }

    [Theory]
    [InlineData("<d:allprop/>", PropFindKind.All)]
    [InlineData("<d:propname/>", PropFindKind.NamesOnly)]
    [InlineData("<d:prop/>", PropFindKind.Named)]
    public void The_three_forms_are_told_apart(string question, PropFindKind kind)
    {
        var query = PropFindXml.Read(Text.Bytes($"<d:propfind xmlns:d='DAV:'>{question}</d:propfind>"));

        Assert.Equal(kind, query.Kind);
        Assert.Empty(query.Names);
    }

    // [RFC 4918, 9.1]
    [Fact]
    public void An_empty_body_asks_for_all()
    {
        var query = PropFindXml.Read(default);

        Assert.Equal(PropFindKind.All, query.Kind);
        Assert.Empty(query.Names);
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("<d:propfind xmlns:d='DAV:'/>")]
    [InlineData("<d:propfind xmlns:d='DAV:'><d:prop/><d:allprop/></d:propfind>")]
    [InlineData("<d:propfind xmlns:d='urn:other'><d:allprop/></d:propfind>")]
    [InlineData("<d:propfind xmlns:d='DAV:' xmlns:x='urn:x'><x:allprop/></d:propfind>")]
    [InlineData("<d:propertyupdate xmlns:d='DAV:'><d:allprop/></d:propertyupdate>")]
    public void Anything_else_is_a_bad_request(string body) => Text.IsBadRequest(() => PropFindXml.Read(Text.Bytes(body)));

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public void The_number_of_names_is_bounded(int count, bool isRead)
    {
        var names = string.Concat(Enumerable.Range(0, count).Select(i => $"<d:p{i}/>"));
        var body = Text.Bytes($"<d:propfind xmlns:d='DAV:'><d:prop>{names}</d:prop></d:propfind>");

        if (isRead) Assert.Equal(count, PropFindXml.Read(body).Names.Count);
        else Text.IsBadRequest(() => PropFindXml.Read(body));
    }
}
