using System.Text;
using FsCheck;
using FsCheck.Xunit;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Tests.Xml;

public class RvpXmlTests
{
    public static TheoryData<string, byte[]> Malformed { get; } = new()
    {
        { "nothing", [] },
        { "white space", Text.Bytes(" \n ") },
        { "a declaration only", Text.Bytes("<?xml version=\"1.0\"?>") },
        { "no XML", Text.Bytes("hello") },
        { "truncated", Text.Bytes("<r><a>") },
        { "truncated in CDATA", Text.Bytes("<r><![CDATA[x]]") },
        { "two roots", Text.Bytes("<r/><r/>") },
        { "crossed tags", Text.Bytes("<a><b></a></b>") },
        { "undeclared prefix", Text.Bytes("<d:propfind/>") },
        { "DTD", Text.Bytes("<!DOCTYPE r><r/>") },
        { "external entity", Text.Bytes("<!DOCTYPE r [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><r>&e;</r>") },
        { "undeclared entity", Text.Bytes("<r>&e;</r>") },
        { "billion laughs", Text.Bytes("<!DOCTYPE r [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;'>]><r>&c;</r>") },
        { "lone surrogate", Text.Bytes("<r>&#xD800;</r>") },
        { "control character", Text.Bytes("<r>\u0001</r>") },
        { "a byte above 0x7F in the declaration", [.. "<?xml version=\"1.0"u8, 0xBF, .. "\"?>"u8] },
        { "invalid UTF-8", [.. "<r>"u8, 0xC3, 0x28, .. "</r>"u8] },
        { "overlong UTF-8", [.. "<r>"u8, 0xC0, 0xBC, .. "</r>"u8] },
        { "UTF-16 with mark", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("<r/>")] },
        { "UTF-16 big-endian with mark", [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes("<r/>")] },
        { "UTF-16 without mark", Encoding.Unicode.GetBytes("<?xml version=\"1.0\" encoding=\"utf-16\"?><r/>") },
        { "UTF-32", Encoding.UTF32.GetBytes("<r/>") },
        { "a false claim of UTF-16", Text.Bytes("<?xml version=\"1.0\" encoding=\"utf-16\"?><r/>") },
        { "Latin-1", Text.Bytes("<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><r/>") },
        { "unknown encoding", Text.Bytes("<?xml version=\"1.0\" encoding=\"x-none\"?><r/>") },
        { "deep nesting", Text.Bytes(string.Concat(Enumerable.Repeat("<a>", 65)) + string.Concat(Enumerable.Repeat("</a>", 65))) },
        { "very deep nesting", Text.Bytes(string.Concat(Enumerable.Repeat("<a>", 40_000))) },
        { "too many elements", Text.Bytes("<r>" + string.Concat(Enumerable.Repeat("<a/>", 65_536)) + "</r>") },
        { "a long name", Text.Bytes("<" + new string('a', 257) + "/>") },
        { "a long namespace", Text.Bytes("<r xmlns='urn:" + new string('a', 257) + "'/>") },
        { "a long attribute name", Text.Bytes("<r " + new string('a', 257) + "=''/>") },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void A_malformed_document_is_a_bad_request(string what, byte[] body) => Text.IsBadRequest(what, () => RvpXml.ReadDocument(body));

    [Theory]
    [InlineData("<?xml version=\"1.0\"?><r/>")]
    [InlineData("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<r/>\n")]
    [InlineData("\ufeff<r/>")]
    [InlineData("<!-- c --><?p i?><r/>")]
    public void A_plain_document_is_read(string body) => Assert.Equal("r", RvpXml.ReadDocument(Text.Bytes(body)).Name.LocalName);

    [Fact]
    public void The_deepest_document_allowed_is_read()
    {
        var body = string.Concat(Enumerable.Repeat("<a>", 64)) + string.Concat(Enumerable.Repeat("</a>", 64));

        Assert.Equal("a", RvpXml.ReadDocument(Text.Bytes(body)).Name.LocalName);
    }

    [Fact]
    public void A_slice_of_a_buffer_is_read_alone()
    {
        ReadOnlyMemory<byte> buffer = Text.Bytes("xx<r/>xx");

        Assert.Equal("r", RvpXml.ReadDocument(buffer[2..6]).Name.LocalName);
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a < b && c > d \"e\" 'f'", "a &lt; b &amp;&amp; c &gt; d \"e\" 'f'")]
    [InlineData("one\r\ntwo\tthree", "one&#13;\ntwo\tthree")]
    [InlineData("]]>", "]]&gt;")]
    [InlineData("\u00fc \ud83d\ude00", "\u00fc \ud83d\ude00")]
    [InlineData("\0\u0001\uffff", "\ufffd\ufffd\ufffd")]
    public void Text_is_escaped(string text, string escaped) => Assert.Equal(escaped, RvpXml.Escape(text));

    [Theory]
    [InlineData("d83d", "fffd")]
    [InlineData("de00", "fffd")]
    [InlineData("de00 d83d", "fffd fffd")]
    [InlineData("d83d 0061", "fffd 0061")]
    [InlineData("d83d d83d de00", "fffd d83d de00")]
    public void A_lone_surrogate_is_replaced(string text, string expected) => Assert.Equal(FromUnits(expected), RvpXml.Escape(FromUnits(text)));

    [Theory]
    [InlineData("")]
    [InlineData("text")]
    [InlineData(" a &lt; b \n")]
    [InlineData("<r:online/>")]
    [InlineData("<r:online></r:online>")]
    [InlineData(" <d:a> <a:b/>\n</d:a> tail")]
    [InlineData("<x xmlns=\"urn:x\"/>")]
    [InlineData("<x xmlns=\"urn:x\"><y/><r:z><w/></r:z><v xmlns=\"urn:v\">t</v><u xmlns=\"\"/></x>")]
    [InlineData("<d:a b=\"1\" r:c=\"&lt;&quot;&#10;\" xml:lang=\"de\" xmlns:n1=\"urn:x\" n1:e=\"\"/>")]
    public void A_value_keeps_what_stands_there(string inner) => Assert.Equal(inner, Text.ValueOf($"<r:p>{inner}</r:p>"));

    [Theory]
    [InlineData("<x:a xmlns:x='DAV:'/>", "<d:a/>")]
    [InlineData("<a xmlns='http://schemas.microsoft.com/rvp/'><b/></a>", "<r:a><r:b/></r:a>")]
    [InlineData("<x:a xmlns:x='urn:x' x:b='1'><x:c/></x:a>", "<a xmlns=\"urn:x\" xmlns:n1=\"urn:x\" n1:b=\"1\"><c/></a>")]
    [InlineData("<![CDATA[<&]]>", "&lt;&amp;")]
    [InlineData("<![CDATA[]]>", "")]
    [InlineData("a<!-- c -->b<?p i?>c", "abc")]
    [InlineData("&quot;&#65;&apos;", "\"A'")]
    public void A_value_is_brought_to_one_form(string inner, string expected) => Assert.Equal(expected, Text.ValueOf($"<p>{inner}</p>"));

    [Fact]
    public void A_namespace_that_we_repeat_cannot_blow_a_value_up()
    {
        var many = string.Concat(Enumerable.Repeat("<x:a/>", 20_000));

        Text.IsBadRequest(() => Text.ValueOf($"<p xmlns:x='urn:{new string('x', 200)}'>{many}</p>"));
    }

    [Property]
    public void Any_text_comes_back(NonNull<string> given)
    {
        var text = Text.Writable(given.Get);

        Assert.Equal(text, RvpXml.ReadDocument(Text.Bytes("<p>" + RvpXml.Escape(text) + "</p>")).Value);
    }

    private static string FromUnits(string units) => string.Concat(units.Split(' ').Select(unit => (char)Convert.ToUInt16(unit, 16)));
}
