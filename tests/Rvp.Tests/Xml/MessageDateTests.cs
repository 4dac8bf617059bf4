using System.Text;
using Rvp.Protocol.Xml;

namespace Rvp.Tests.Xml;

public class MessageDateTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 27, 10, 30, 5, TimeSpan.FromHours(1));

    [Theory]
    [InlineData("<r:mime-data><![CDATA[MIME-Version: 1.0\r\nSession-Id: 1\r\n\r\nHi]]></r:mime-data>",
        "<r:mime-data><![CDATA[MIME-Version: 1.0\r\nDate: Fri, 27 Nov 2026 09:30:05 +0000\r\nSession-Id: 1\r\n\r\nHi]]></r:mime-data>")]
    [InlineData("<r:mime-data>MIME-Version: 1.0\nSession-Id: 1\n\nHi &amp; bye</r:mime-data>",
        "<r:mime-data>MIME-Version: 1.0\nDate: Fri, 27 Nov 2026 09:30:05 +0000\nSession-Id: 1\n\nHi &amp; bye</r:mime-data>")]
    public void Is_put_after_the_first_line_of_the_head_in_its_own_line_ends(string before, string after) => Assert.Equal(after, Stamp(before));

    [Theory]
    [InlineData("<r:mime-data><![CDATA[MIME-Version: 1.0\r\ndate: Thu, 1 Jan 1970 00:00:00 +0000\r\nSession-Id: 1\r\n\r\nHi]]></r:mime-data>")]
    [InlineData("<r:mime-data><![CDATA[No head at all]]></r:mime-data>")]
    [InlineData("<r:mime-data><![CDATA[\r\n\r\nHi]]></r:mime-data>")]
    [InlineData("<r:notification/>")]
    [InlineData("mime-data>")]
    [InlineData("")]
    public void What_has_one_or_is_written_in_another_way_stays_as_it_is(string document) => Assert.Equal(document, Stamp(document));

    [Fact]
    public void A_date_in_the_text_is_not_the_messages() =>
        Assert.Contains("\r\nDate: Fri, 27", Stamp("<r:mime-data>Session-Id: 1\r\nX: y\r\n\r\nHi\r\nDate: tomorrow"), StringComparison.Ordinal);

    private static string Stamp(string document) => Encoding.UTF8.GetString(MessageDate.Stamp(Encoding.UTF8.GetBytes(document), Time).Span);
}
