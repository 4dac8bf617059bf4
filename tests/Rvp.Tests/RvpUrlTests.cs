using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Rvp.Protocol;

namespace Rvp.Tests;

public class RvpUrlTests
{
    private static readonly string[] Pieces =
        ["/", "instmsg", "/instmsg/", "local/", "aliases/", "%6c", "%2F", "%", "%zz", "JoBrown", "im.adatum.com", ":8080", "?", "#", "\u00e9", ".", "..", "+",
            "~", new string('a', 400), new string('\u00e9', 400)];

    [Theory]
    [InlineData("http://im.adatum.com/instmsg/aliases/JoBrown")]
    [InlineData("HTTP://IM.Adatum.com:80/instmsg/aliases/jobrown/")]
    [InlineData("  http://im.adatum.com/instmsg/aliases/%4aoBrown ")]
    [InlineData("http://im.adatum.com./instmsg/aliases/JoBrown")]
    [InlineData("http://imhomeserver1.adatum.com/instmsg/local/im.adatum.com/instmsg/aliases/JoBrown")]
    [InlineData("http://imhomeserver1/instmsg/aliases/local/im.adatum.com/instmsg/aliases/JoBrown")]
    [InlineData("http://imhomeserver1/instmsg/local/im.adatum.com/instmsg/JoBrown")]
    public void All_spellings_of_a_node_are_equal(string text)
    {
        Assert.True(RvpUrl.TryParse(text, out var url));

        Assert.Equal(RvpUrl.ForAlias("im.adatum.com", 80, "JoBrown"), url);
        Assert.Equal(url.GetHashCode(), RvpUrl.ForAlias("im.adatum.com", 80, "JoBrown").GetHashCode());
        Assert.Equal("jobrown", url.AliasName, ignoreCase: true);
    }

    [Theory]
    [InlineData("")]
    [InlineData("https://im.adatum.com/instmsg/aliases/JoBrown")]
    [InlineData("ftp://im.adatum.com/")]
    [InlineData("/instmsg/aliases/JoBrown")]
    [InlineData("http:///instmsg/aliases/JoBrown")]
    [InlineData("http://im.adatum.com:99999/instmsg/aliases/JoBrown")]
    [InlineData("http://im adatum.com/x")]
    [InlineData("http://im.adatum.com/a\"b")]
    [InlineData("http://im.adatum.com/%00")]
    [InlineData("http://user@im.adatum.com/x")]
    [InlineData("http://im..adatum.com/x")]
    [InlineData("http://2130706433/instmsg/aliases/JoBrown")]
    [InlineData("http://0x7f000001/instmsg/aliases/JoBrown")]
    [InlineData("http://127.1/instmsg/aliases/JoBrown")]
    [InlineData("http://imhomeserver1/instmsg/%6cocal/im.adatum.com/instmsg/aliases/JoBrown")]
    public void What_is_no_node_is_refused(string text) => Assert.False(RvpUrl.TryParse(text, out _));

    [Fact]
    public void A_url_whose_canonical_text_would_be_too_long_is_none()
    {
        string Url(int letters) => "http://im.adatum.com/x/" + new string('\u00e9', letters);

        Assert.True(RvpUrl.TryParse(Url(160), out var url));
        Assert.True(RvpUrl.TryParse(url.ToString(), out _));
        // Escaped, these are 1,018 characters with the host, and 1,025 with all.
        Assert.False(RvpUrl.TryParse(Url(167), out _));
    }

    [Fact]
    public void A_bare_host_is_a_principal()
    {
        Assert.True(RvpUrl.TryParse("im.adatum.com", out var bare));
        Assert.True(RvpUrl.TryParse("http://im.adatum.com/", out var full));

        Assert.True(bare.IsBareHost);
        Assert.Equal(full, bare);
        Assert.Null(bare.AliasName);
    }

    [Theory]
    [InlineData("127.0.0.1", "/instmsg/aliases/Kari", 80, "http://127.0.0.1/instmsg/aliases/Kari")]
    [InlineData("im.adatum.com", "/instmsg/aliases/kari", 8080, "http://im.adatum.com:8080/instmsg/aliases/kari")]
    [InlineData("IM.adatum.com:8080", "/instmsg/aliases/kari", 80, "http://IM.adatum.com:8080/instmsg/aliases/kari")]
    [InlineData("imhomeserver1", "/instmsg/local/im.Adatum.com/instmsg/aliases/KARI", 80, "http://im.Adatum.com/instmsg/aliases/KARI")]
    [InlineData("imhomeserver1", "/instmsg/local/im.adatum.com/instmsg/kari", 80, "http://im.adatum.com/instmsg/aliases/kari")]
    [InlineData("x", "http://im.adatum.com/instmsg/aliases/kari", 80, "http://im.adatum.com/instmsg/aliases/kari")]
    public void A_request_keeps_the_spelling_of_the_logical_url(string host, string target, int port, string spelling)
    {
        Assert.True(RvpUrl.TryParseTarget(host, target, port, out var url));

        Assert.Equal(spelling, url.Spelling);
    }

    [Fact]
    public void An_invalid_escape_is_taken_literally()
    {
        Assert.True(RvpUrl.TryParseTarget("127.0.0.1", "/instmsg/aliases/x%y", 80, out var url));

        Assert.Equal("x%y", url.AliasName);
        Assert.Equal("http://127.0.0.1/instmsg/aliases/x%25y", url.ToString());
    }

    [Fact]
    public void The_physical_url_keeps_the_callers_letters()
    {
        Assert.True(RvpUrl.TryParseTarget("im.adatum.com", "/instmsg/aliases/kariHENSIEN", 80, out var url));

        Assert.Equal("http://imhomeserver2.adatum.com/instmsg/local/im.adatum.com/instmsg/aliases/kariHENSIEN",
            url.PhysicalOn(new HostAndPort("imhomeserver2.adatum.com", 80)));
    }

    [Property(MaxTest = 3000)]
    public FsCheck.Property What_was_parsed_reads_back_as_the_same_node_in_either_form() =>
        Prop.ForAll(Gen.Elements(Pieces).ListOf().Select(string.Concat).ToArbitrary(), text =>
        {
            if (!RvpUrl.TryParse("http://h" + text, out var url)) return true;
            return RvpUrl.TryParse(url.ToString(), out var canonical) && canonical.Equals(url)
                && RvpUrl.TryParse(url.Spelling, out var spelt) && spelt.Equals(url);
        });
}
