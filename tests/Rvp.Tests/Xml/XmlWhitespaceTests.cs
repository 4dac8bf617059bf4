using System.Text;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Rvp.Protocol;
using Rvp.Protocol.Xml;
using Property = Rvp.Protocol.Property;

namespace Rvp.Tests.Xml;

/// <summary><see cref="NotificationXml.WithoutWhitespace"/>: white space between elements goes, and nothing else.</summary>
public partial class XmlWhitespaceTests
{
    private const string Jo = "http://im.adatum.com/instmsg/aliases/JoBrown";
    private const string Kari = "http://im.adatum.com/instmsg/aliases/KariHensien";

    private static readonly Gen<string> Spaces =
        Gen.ListOf(Gen.Elements(" ", "\t", "\r", "\n", "\r\n", "&#32;", "&#x9;", "&#010;", "&#x000D;")).Select(string.Concat);

    // What a text is made of where it could be mistaken for markup or for white space.
    private static readonly Gen<string> Words =
        Gen.ListOf(Gen.Elements(" ", "\n", "\r\n", "<", ">", "/>", "</b>", "<b>", "]]>", "<![CDATA[",
            "<!--", "-->", "&", "&#32;", "\"", "'", "ü", "😀", "x"))
            .Select(string.Concat);

    /// <summary>A document of one of our writers, and the same with white space between its elements.</summary>
    private static readonly Arbitrary<(byte[] Compact, byte[] Airy, string Text)> Documents = (
        from text in Words
        from name in Words
        from isMessage in Gen.Elements(true, false)
        let document = Text.Of(isMessage ? Message(text, name) : PropertyChange(text))
        from spaces in Gen.ListOf(Spaces, 60)
        let airy = Sprinkle(document, [.. spaces])
        select (Text.Bytes(document), Text.Bytes(airy), text)).ToArbitrary();

    [Theory]
    [InlineData("<a> <b/> </a>", "<a><b/></a>")]
    [InlineData(" \t\r\n<a/> \t\r\n", "<a/>")]
    [InlineData("\uFEFF <a/>", "\uFEFF<a/>")]
    [InlineData("<?xml version='1.0'?>\n<!-- <x> </x> -->\n<?p <x> </x>?>\n<a/>\n<!---->\n", "<?xml version='1.0'?><!-- <x> </x> --><?p <x> </x>?><a/><!---->")]
    [InlineData("<a>&#32;&#x20;&#9;&#xA;&#0013;<b/></a>", "<a><b/></a>")]
    [InlineData("<a x='>  <' y=\"'> <\"> <b x='/'> </b> </a>", "<a x='>  <' y=\"'> <\"><b x='/'> </b></a>")]
    [InlineData("<a  x = '1' > <b /> </a >", "<a  x = '1' ><b /></a >")]
    public void White_space_between_tags_goes(string body, string compact)
    {
        Assert.Equal(compact, Of(body));
        Assert.Equal(compact, Of(compact));
    }

    [Theory]
    [InlineData("<a> </a>")]
    [InlineData("<a>&#32;</a>")]
    [InlineData("<a>\n<![CDATA[ <b> </b> ]]>\n</a>")]
    [InlineData("<a><![CDATA[ ]]></a>")]
    [InlineData("<a><b/> x <b/></a>")]
    [InlineData("<a><b/>&#160;<b/></a>")]
    [InlineData("<a><b/>\u00A0<b/></a>")]
    [InlineData("<a><b/> &amp; <b/></a>")]
    public void Values_stay_and_a_document_without_white_space_is_not_copied(string body)
    {
        ReadOnlyMemory<byte> bytes = Text.Bytes(body);

        Assert.Equal(bytes, NotificationXml.WithoutWhitespace(bytes));
    }

    [Property(MaxTest = 500)]
    public FsCheck.Property What_was_written_comes_back_without_the_white_space() => Prop.ForAll(Documents, document =>
    {
        Assert.Equal(Text.Of(document.Compact), Of(document.Airy));
        Assert.Equal(Text.Of(document.Compact), Of(document.Compact));
    });

    [Property(MaxTest = 200)]
    public FsCheck.Property It_reads_as_the_same_notification() => Prop.ForAll(Documents, document =>
    {
        var compact = NotificationXml.WithoutWhitespace(document.Airy);
        var (before, after) = (NotificationXml.ReadHead(document.Airy), NotificationXml.ReadHead(compact));

        Assert.Equal((before.IsPropertyChange, before.From.Spelling), (after.IsPropertyChange, after.From.Spelling));
        Assert.Equal(before.To.Select(url => url.Spelling), after.To.Select(url => url.Spelling));
        if (after.IsPropertyChange) return;
        Assert.Equal(Text.MessageIn(document.Airy), Text.MessageIn(compact), SameMessage);
        Assert.Equal(MimeDataIn(Text.Of(document.Airy)), MimeDataIn(Text.Of(compact.ToArray())));
    });

    /// <summary>It ends on any input, and takes nothing out of its own output.</summary>
    [Property(MaxTest = 1000)]
    public FsCheck.Property It_takes_pieces_of_any_document_and_is_idempotent() =>
        Prop.ForAll(Gen.ListOf(Gen.Elements(
            "<a>", "</a>", "<a/>", "<", ">", " ", "\n", "'", "\"", "<!",
            "<!--", "-->", "<![CDATA[", "]]>", "<?", "?>", "&#32;", "x")).Select(string.Concat)
            .ToArbitrary(),
            body => Assert.Equal(Of(body), Of(Of(body))));

    private static string Of(string body) => Of(Text.Bytes(body));

    private static string Of(byte[] body) => Text.Of(NotificationXml.WithoutWhitespace(body).ToArray());

    private static byte[] Message(string text, string name) =>
        NotificationXml.WriteMessage(Jo, name, [(Kari, ""), (Jo, name)], "Session-Id: {1}\r\n\r\n" + text);

    private static byte[] PropertyChange(string text)
    {
        var line = $"<line>{RvpXml.Escape(text)}</line>";
        var value = line + line;
        return NotificationXml.WritePropertyChange(
            Jo, Kari, [new Property(PropertyName.State, "<r:on-phone/>"), new Property(new PropertyName("urn:x", "note"), value)]);
    }

    private static string MimeDataIn(string document) =>
        document[document.IndexOf("<r:mime-data>", StringComparison.Ordinal)..document.IndexOf("</r:mime-data>", StringComparison.Ordinal)];

    private static bool SameMessage(MessageNotice one, MessageNotice other) =>
        (one.From, one.FromName, one.MimeData) == (other.From, other.FromName, other.MimeData) && one.To.SequenceEqual(other.To);

    /// <summary>White space between all tags; between a start tag and its own end tag it would be a value.</summary>
    private static string Sprinkle(string document, string[] spaces)
    {
        var airy = new StringBuilder();
        var before = "";
        var count = 0;
        foreach (var piece in Pieces().EnumerateMatches(document))
        {
            var after = document.Substring(piece.Index, piece.Length);
            if (IsTag(before) && IsTag(after) && !(IsStart(before) && after.StartsWith("</", StringComparison.Ordinal)))
                airy.Append(before.StartsWith("<?", StringComparison.Ordinal) ? "\r\n" : spaces[count++ % spaces.Length]);
            airy.Append(before = after);
        }
        return airy.Append('\n').ToString();
    }

    private static bool IsTag(string piece) => piece.StartsWith('<') && !piece.StartsWith("<!", StringComparison.Ordinal);

    private static bool IsStart(string tag) => tag[1] != '/' && !tag.EndsWith("/>", StringComparison.Ordinal);

    [GeneratedRegex(@"<!\[CDATA\[.*?\]\]>|<[^>]*>|[^<]+", RegexOptions.Singleline)]
    private static partial Regex Pieces();
}
