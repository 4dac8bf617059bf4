using System.Text;
using FsCheck.Xunit;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Tests.Xml;

/// <summary>What is scanned is what the XML reader would have read; it never takes what that refuses.</summary>
public class MessageHeadScannerTests
{
    private const string Ours =
        "<r:notification xmlns:r='http://schemas.microsoft.com/rvp/' xmlns:d='DAV:'>\r\n\t<r:message> <r:notification-from><r:contact>"
            + "<d:href>http://a/instmsg/aliases/jo</d:href>"
            + "<r:description>Jö</r:description></r:contact></r:notification-from><r:notification-to><r:contact><d:href>http://a/instmsg/aliases/x</d:href>"
            + "<r:description/></r:contact>\n<r:contact><d:href>http://a/instmsg/aliases/y</d:href></r:contact></r:notification-to>"
            + "<r:msgbody><r:mime-data><![CDATA[Session-Id: {1}\rContent-Type: text/x-msmsgscontrol\r\n\r\n]]>"
            + "</r:mime-data></r:msgbody></r:message></r:notification> ";

    private static readonly string[] Pieces =
    [
        "<", ">", "&amp;", "&#13;", " ", "\r\n", "\r", "\0", "\ufffe", "\uffff", "😀", "]]>", "<![CDATA[", "<!--x-->", "<?x?>", "/", "'", "\"", "=", "r:", "d:",
        "<r:description>Jo</r:description>", "<r:description/>", "<d:href>http://a/instmsg/aliases/z</d:href>", "<r:contact>", "</r:contact>", "xmlns:r='DAV:'",
        "xmlns:d='DAV:'", " xml:space='preserve'", "<!DOCTYPE x>", "<?xml version=\"1.0\"?>", "x", "\ufeff", new('x', MimeHead.MaxLength),
        new('漢', MimeHead.MaxLength - 20), "Session-Id: {2}\n\n",
    ];

    [Fact]
    public void Messages_as_clients_and_we_write_them_are_scanned()
    {
        var librvp = MessageHeadScanner.TryRead(Text.Bytes(NotificationHeadTests.Librvp));
        var ours = MessageHeadScanner.TryRead(Text.Bytes(Ours));
        var written = NotificationXml.WriteMessage(
            "http://a/instmsg/aliases/jo", "Jo", [("http://a/instmsg/aliases/kari", "Kari")], "Session-Id: {1}\r\n\r\nhi");

        Assert.Equal(("http://127.0.0.1/instmsg/aliases/jo", false), (librvp!.From.Spelling, librvp.IsFleeting));
        Assert.Equal(["http://a/instmsg/aliases/x", "http://a/instmsg/aliases/y"], ours!.To.Select(to => to.Spelling));
        Assert.True(ours.IsFleeting);
        Assert.NotNull(MessageHeadScanner.TryRead(written));
    }

    [Theory]
    [InlineData("<r:message>", "<r:message >")]
    [InlineData("<r:message>", "<r:message><!--x-->")]
    [InlineData("http://a/instmsg/aliases/jo", "http://a/instmsg/aliases/j&#111;")]
    [InlineData("http://a/instmsg/aliases/jo", "<![CDATA[http://a/instmsg/aliases/jo]]>")]
    [InlineData("xmlns:d='DAV:'", "xmlns:d='DAV:' xmlns:d='DAV:'")]
    [InlineData("xmlns:d='DAV:'", "xmlns:d='urn:x'")]
    [InlineData("<![CDATA[", " <![CDATA[")]
    [InlineData("]]>", "]]> ")]
    [InlineData("Jö", "J\ufffe")]
    [InlineData("Jö", "J\u0001")]
    public void Any_other_form_is_left_to_the_reader(string usual, string other)
    {
        Assert.Null(MessageHeadScanner.TryRead(Text.Bytes(Ours.Replace(usual, other, StringComparison.Ordinal))));
    }

    [Fact]
    public void What_is_not_UTF_8_is_left_to_the_reader()
    {
        var document = Encoding.Latin1.GetBytes(Ours);

        Assert.Null(MessageHeadScanner.TryRead(document));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("漢")]
    [InlineData("😀")]
    [InlineData("\r\n ")]
    public void A_long_MIME_head_is_read_by_either_in_the_same_way(string filler)
    {
        for (var length = MimeHead.MaxLength - 40; length < MimeHead.MaxLength + 8; length++)
        {
            var head = "Session-Id: {1}\r\nX: " + string.Concat(Enumerable.Repeat(filler, length / Encoding.UTF8.GetByteCount(filler))) + "\r\n\r\nhi";
            AssertSame(Text.Bytes(Ours.Replace("Session-Id: {1}", head, StringComparison.Ordinal)));
        }
    }

    [Property(MaxTest = 3000)]
    public void Whatever_it_scans_the_reader_reads_in_the_same_way((ushort At, byte Cut, byte Piece)[] edits, bool isLibrvp)
    {
        var text = isLibrvp ? NotificationHeadTests.Librvp : Ours;
        AssertSame(Text.Bytes(text));
        foreach (var (at, cut, piece) in edits.Take(3))
        {
            var start = at % (text.Length + 1);
            text = text.Remove(start, Math.Min(cut % 4, text.Length - start)).Insert(start, piece < 40 ? "" : Pieces[piece % Pieces.Length]);
            AssertSame(Text.Bytes(text));
        }
    }

    private static void AssertSame(byte[] document)
    {
        var (scanned, lacks) = Try(() => MessageHeadScanner.TryRead(document));
        if (scanned is null && lacks is null) return;
        var (read, refused) = Try(() => NotificationXml.ReadAnyHead(document));
        Assert.Equal((refused, read?.From.Spelling, read?.Changes, read?.IsFleeting), (lacks, scanned?.From.Spelling, scanned?.Changes, scanned?.IsFleeting));
        Assert.Equal(read?.To.Select(to => to.Spelling), scanned?.To.Select(to => to.Spelling));
    }

    private static (NotificationHead? Head, string? Refusal) Try(Func<NotificationHead?> read)
    {
        try
        {
            return (read(), null);
        }
        catch (RvpException refused)
        {
            return (null, refused.Refusal.Line);
        }
    }
}
