using System.Formats.Asn1;
using System.Text;
using FsCheck.Xunit;
using Rvp.Ldap;
using Rvp.Protocol;

namespace RvpServer.Tests.Directories.Ldap;

public class LdapFilterTests
{
    [Theory]
    [InlineData("(cn=Jo)", "A308 0402636E 04024A6F")]
    [InlineData(" ( cn=Jo) ", "A308 0402636E 04024A6F")]
    [InlineData("(cn=)", "A306 0402636E 0400")]
    [InlineData("(cn=*)", "8702636E")]
    [InlineData("(cn>=a)", "A507 0402636E 040161")]
    [InlineData("(cn<=a)", "A607 0402636E 040161")]
    [InlineData("(cn~=a)", "A807 0402636E 040161")]
    [InlineData("(cn=\\2a\\28\\00)", "A309 0402636E 04032A2800")]
    [InlineData("(cn=ë)", "A308 0402636E 0402C3AB")]
    [InlineData("(cn=J*o*n)", "A40F 0402636E 3009 80014A 81016F 82016E")]
    [InlineData("(cn=*a)", "A409 0402636E 3003 820161")]
    [InlineData("(cn=a*)", "A409 0402636E 3003 800161")]
    [InlineData("(cn=*a*)", "A409 0402636E 3003 810161")]
    [InlineData("(!(cn=a))", "A209 A307 0402636E 040161")]
    [InlineData("(&(cn=a)(sn=b))", "A012 A307 0402636E 040161 A307 0402736E 040162")]
    [InlineData("(|(cn=a) (sn=b) )", "A112 A307 0402636E 040161 A307 0402736E 040162")]
    [InlineData("(&)", "A000")]
    [InlineData("(ou:dn:=a)", "A90A 82026F75 830161 8401FF")]
    [InlineData("(userAccountControl:1.2.840.113556.1.4.803:=2)",
        "A92F 8116312E322E3834302E3131333535362E312E342E383033 8212757365724163636F756E74436F6E74726F6C 830132")]
    public void A_filter_is_read_as_the_standard_says(string text, string bytes)
    {
        var filter = LdapFilter.Parse(text);

        Assert.Equal(bytes.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(filter.Encoded.Span));
    }

    [Theory]
    [InlineData("")]
    [InlineData("cn=Jo")]
    [InlineData("(cn=Jo")]
    [InlineData("(cn=Jo))")]
    [InlineData("(cn)")]
    [InlineData("(=Jo)")]
    [InlineData("(c n=Jo)")]
    [InlineData("(cn=(Jo)")]
    [InlineData("(cn=a\\2)")]
    [InlineData("(cn=a\\zz)")]
    [InlineData("(cn=**)")]
    [InlineData("(!(cn=a)(cn=b))")]
    [InlineData("(&(cn=a)x)")]
    [InlineData("(:=a)")]
    public void What_is_no_filter_is_refused(string text)
    {
        var refusal = Assert.Throws<FormatException>(() => LdapFilter.Parse(text));

        Assert.StartsWith($"\"{text}\" is not an LDAP filter: ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_filter_that_goes_on_for_ever_is_refused()
    {
        var text = new string('(', 100_000);

        Assert.Throws<FormatException>(() => LdapFilter.Parse(text.Replace("(", "(!", StringComparison.Ordinal)));
    }

    [Property]
    public void Any_text_is_a_filter_or_a_format_exception(string? text)
    {
        try
        {
            Assert.NotEqual(0, LdapFilter.Parse("(" + text + ")").Encoded.Length);
        }
        catch (FormatException)
        {
            // Text that is no filter.
        }
    }

    [Property]
    public void Any_value_arrives_unharmed_in_an_equality_filter(string? text)
    {
        var filter = LdapFilter.Equal("msExchIMAddress", text ?? "");

        var parts = new AsnReader(filter.Encoded, AsnEncodingRules.BER).ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 3));
        Assert.Equal("msExchIMAddress"u8.ToArray(), parts.ReadOctetString());
        Assert.Equal(Encoding.UTF8.GetBytes(text ?? ""), parts.ReadOctetString());
        Assert.False(parts.HasData);
    }
}
