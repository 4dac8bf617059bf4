using FsCheck.Xunit;
using Rvp.Protocol;
using RvpServer.Authentication.Digest;

namespace RvpServer.Tests.Authentication.Digest;

public class DigestCredentialsTests
{
    private const string Response = "6629fae49393a05397450978507c4ef1";

    [Theory]
    [InlineData("username=\"jo\", realm=\"r\", nonce=\"n\", uri=\"/u\", qop=auth, nc=0000000a, cnonce=\"c\", response=\"" + Response + "\", algorithm=MD5")]
    [InlineData("username=\"jo\",realm=\"r\",nonce=\"n\",uri=\"/u\",qop=\"auth\",nc=\"0000000A\",cnonce=c,response=" + Response + ",algorithm=\"MD5\"")]
    [InlineData("  RESPONSE = \"" + Response
        + "\" ,, USERNAME=jo, Realm=r,\tnonce=n, uri=/u, qop=\"auth\", NC=0000000a, cnonce=\"c\", algorithm=MD5, opaque=\"\",")]
    public void Quoted_or_not_in_any_order_and_case_it_is_the_same_header(string text)
    {
        Assert.True(DigestCredentials.TryParse(text, out var credentials));

        Assert.Equal(["jo"], credentials.UserNames);
        Assert.Equal("r", credentials.Realm);
        Assert.Equal("n", credentials.Nonce);
        Assert.Equal("/u", credentials.Uri);
        Assert.Equal("MD5", credentials.Algorithm);
        Assert.Equal(10u, credentials.Protection?.Count);
        Assert.Equal("auth", credentials.Protection?.Qop);
        Assert.Equal("c", credentials.Protection?.ClientNonce);
        Assert.Equal(Response, Convert.ToHexStringLower(credentials.Response));
    }

    [Theory]
    [InlineData(@"ADATUM\jo", @"ADATUM\jo", "ADATUMjo")]
    [InlineData(@"ADATUM\\jo", @"ADATUM\\jo", @"ADATUM\jo")]
    [InlineData(@"j\""o", @"j\""o", "j\"o")]
    public void A_user_name_with_backslashes_has_two_readings(string written, string raw, string unescaped)
    {
        Assert.True(DigestCredentials.TryParse($"username=\"{written}\", nonce=\"n\", uri=\"/u\", response=\"{Response}\"", out var credentials));

        Assert.Equal([raw, unescaped], credentials.UserNames);
    }

    [Theory]
    [InlineData("")]
    [InlineData("jo")]
    [InlineData("=")]
    [InlineData("username")]
    [InlineData("username=")]
    [InlineData("username=\"jo")]
    [InlineData("username=\"jo\\\"")]
    [InlineData("username=\"jo\\")]
    [InlineData("username=\"jo\"")]
    [InlineData("username=\"\", nonce=\"n\", uri=\"/u\", response=\"" + Response + "\"")]
    [InlineData("username=\"jo\", username=\"kari\", nonce=\"n\", uri=\"/u\", response=\"" + Response + "\"")]
    [InlineData("username=\"jo\" nonce=\"n\", uri=\"/u\", response=\"" + Response + "\"")]
    [InlineData("username=\"jo\"x, nonce=\"n\", uri=\"/u\", response=\"" + Response + "\"")]
    [InlineData("username=j\"o, nonce=\"n\", uri=\"/u\", response=\"" + Response + "\"")]
    [InlineData("username=\"jo\", uri=\"/u\", response=\"" + Response + "\"")]
    [InlineData("username=\"jo\", nonce=\"n\", response=\"" + Response + "\"")]
    [InlineData("username=\"jo\", nonce=\"n\", uri=\"/u\"")]
    [InlineData("username=\"jo\", nonce=\"n\", uri=\"/u\", response=\"6629\"")]
    [InlineData("username=\"jo\", nonce=\"n\", uri=\"/u\", response=\"zz29fae49393a05397450978507c4ef1\"")]
    [InlineData("username=\"jo\", nonce=\"n\", uri=\"/u\", qop=auth, cnonce=c, response=\"" + Response + "\"")]
    [InlineData("username=\"jo\", nonce=\"n\", uri=\"/u\", qop=auth, nc=00000001, response=\"" + Response + "\"")]
    [InlineData("username=\"jo\", nonce=\"n\", uri=\"/u\", qop=auth, nc=000000001, cnonce=c, response=\"" + Response + "\"")]
    [InlineData("username=\"jo\", nonce=\"n\", uri=\"/u\", qop=auth, nc=-1, cnonce=c, response=\"" + Response + "\"")]
    [InlineData("username=\"jo\", nonce=\"n\", uri=\"/u\", qop=auth, nc=one, cnonce=c, response=\"" + Response + "\"")]
    public void What_cannot_be_understood_is_refused(string text) => Assert.False(DigestCredentials.TryParse(text, out _));

    [Fact]
    public void A_header_of_more_than_4096_characters_is_refused()
    {
        var text = $"username=\"{new string('j', 4096)}\", nonce=\"n\", uri=\"/u\", response=\"{Response}\"";

        Assert.False(DigestCredentials.TryParse(text, out _));
    }

    [Property]
    public bool Any_user_name_without_quote_and_backslash_comes_back_as_written(FsCheck.NonEmptyString name)
    {
        var written = name.Get.Replace("\"", "", StringComparison.Ordinal).Replace("\\", "", StringComparison.Ordinal) + "x";

        return DigestCredentials.TryParse($"username=\"{written}\", nonce=n, uri=/u, response={Response}", out var credentials)
            && credentials.UserNames.SequenceEqual([written]);
    }
}
