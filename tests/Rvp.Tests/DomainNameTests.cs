using FsCheck.Xunit;
using Rvp.Protocol;

namespace Rvp.Tests;

public class DomainNameTests
{
    [Theory]
    [InlineData("im.müller.test", "im.xn--mller-kva.test")]
    [InlineData("IM.MÜLLER.test", "im.xn--mller-kva.test")]
    [InlineData("straße.test", "xn--strae-oqa.test")]
    [InlineData("例え。テスト", "xn--r8jz45g.xn--zckzah")]
    [InlineData("مثال.إختبار", "xn--mgbh0fb.xn--kgbechtv")]
    public void Both_forms_of_a_name_are_one(string written, string ascii)
    {
        Assert.True(DomainName.TryToAscii(written, out var one));
        Assert.True(DomainName.TryToAscii(ascii, out var same));

        Assert.Equal((ascii, ascii), (one, same));
        Assert.Equal(written.ToLowerInvariant().Replace('。', '.'), DomainName.ToUnicode(ascii));
    }

    [Theory]
    [InlineData("im.adatum.com")]
    [InlineData("IM.Adatum.com")]
    [InlineData("my_host")]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]")]
    [InlineData("")]
    public void An_ascii_name_stays_as_it_is(string name)
    {
        Assert.True(DomainName.TryToAscii(name, out var ascii));

        Assert.Equal((name, name), (ascii, DomainName.ToUnicode(name)));
    }

    // Broken, more than one way to write a label, a label for what is ASCII or has capital letters, and letters that normalization would change.
    [Theory]
    [InlineData("xn--")]
    [InlineData("xn--0.xn--0")]
    [InlineData("im.xn--\u007f.test")]
    [InlineData("xn--adatum-.com")]
    [InlineData("xn--mller-kva-.test")]
    [InlineData("xn--99999999999.test")]
    [InlineData("xn--mller-2pa.test")]
    [InlineData("ad\u017fatum.com")]
    [InlineData("mu\u0308ller.test")]
    [InlineData("ａdatum.com")]
    [InlineData("adatum．com")]
    [InlineData("ma\u00adil.test")]
    [InlineData("a\u200bb.test")]
    [InlineData("im.\ud800.test")]
    [InlineData("im.ü/x.test")]
    [InlineData("im.ü@x.test")]
    public void What_readers_take_for_different_names_is_none(string name)
    {
        Assert.False(DomainName.TryToAscii(name, out _));
        Assert.False(HostAndPort.TryParse(name, out _));
        Assert.False(RvpUrl.TryParseIdentity($"http://{name}/instmsg/aliases/JoBrown", out _));
        Assert.False(ImAddress.TryParse("jo@" + name, out _));
    }

    [Fact]
    public void A_name_that_may_be_made_to_look_like_another_is_shown_as_it_is()
    {
        // A Cyrillic a in front of Latin letters.
        Assert.True(DomainName.TryToAscii("\u0430datum.com", out var ascii));

        Assert.Equal(ascii, DomainName.ToUnicode(ascii));
    }

    [Fact]
    public void A_script_that_needs_marks_is_written_in_ascii()
    {
        Assert.True(DomainName.TryToAscii("xn--j2bd4cyah0f.test", out var ascii));
        Assert.False(DomainName.TryToAscii("हिन्दी.test", out _));

        Assert.Equal(ascii, DomainName.ToUnicode(ascii));
    }

    [Theory]
    [InlineData("http://im.müller.test/instmsg/aliases/JoBrown")]
    [InlineData("http://IM.xn--mller-KVA.test/instmsg/aliases/JoBrown")]
    public void Urls_of_both_forms_are_one_identity_with_an_ascii_host(string text)
    {
        Assert.True(RvpUrl.TryParseIdentity(RvpUrl.WithAsciiHost(text), out var identity));
        Assert.True(RvpUrl.TryParse(text, out var url));

        Assert.Equal(identity, url);
        Assert.Equal("im.xn--mller-kva.test", identity.Host);
        Assert.True(identity.Spelling.All(char.IsAscii) && url.Spelling.All(char.IsAscii));
        Assert.Equal("http://im.xn--mller-kva.test/instmsg/aliases/JoBrown", url.AsIdentity().Spelling, ignoreCase: true);
    }

    [Theory]
    [InlineData("/instmsg/local/im.xn--mller-kva.test/instmsg/aliases/JoBrown")]
    [InlineData("/instmsg/local/im.m%C3%BCller.test/instmsg/aliases/JoBrown")]
    public void A_physical_url_may_name_the_domain_in_both_forms(string target)
    {
        Assert.True(RvpUrl.TryParseTarget("home.adatum.com", target, 80, out var url));

        Assert.Equal("http://im.xn--mller-kva.test/instmsg/aliases/JoBrown", url.Spelling);
    }

    [Fact]
    public void An_address_may_have_its_domain_in_both_forms()
    {
        Assert.True(ImAddress.TryParse("Jörg@Müller.test", out var one));
        Assert.True(ImAddress.TryParse("Jörg@xn--mller-kva.test", out var same));

        Assert.Equal(one, same);
        Assert.Equal(("Jörg@xn--mller-kva.test", "Jörg@müller.test"), (one.ToString(), one.Shown));
    }

    [Property(MaxTest = 2000)]
    public void Any_text_gives_a_name_or_none(string text)
    {
        foreach (var name in new[] { text ?? "", "xn--" + text, "im.xn--" + text + ".test" })
        {
            if (!DomainName.TryToAscii(name, out var ascii)) continue;
            Assert.True(ascii.All(char.IsAscii));
            Assert.True(DomainName.TryToAscii(ascii, out var again));
            Assert.Equal(ascii, again);
            _ = DomainName.ToUnicode(name);
        }
    }
}
