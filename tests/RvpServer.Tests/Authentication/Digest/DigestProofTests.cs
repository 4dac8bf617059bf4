using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using RvpServer.Authentication.Digest;

namespace RvpServer.Tests.Authentication.Digest;

[SuppressMessage("Security", "CA5351", Justification = "The scheme's own choice.")]
public class DigestProofTests
{
    // The example of RFC 2617, 3.5.
    private const string Mufasa =
        "username=\"Mufasa\", realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"/dir/index.html\", qop=auth, "
        + "nc=00000001, cnonce=\"0a4f113b\", response=\"6629fae49393a05397450978507c4ef1\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"";

    [Fact]
    public void The_example_of_RFC_2617_is_right()
    {
        Assert.True(DigestCredentials.TryParse(Mufasa, out var credentials));

        var ha1 = DigestProof.Ha1("Mufasa", "testrealm@host.com", "Circle Of Life");

        Assert.Equal("939E7578ED9E3C518A452ACEE763BCE9", Convert.ToHexString(ha1));
        Assert.True(DigestProof.IsMadeWith(ha1, "GET", credentials));
        Assert.False(DigestProof.IsMadeWith(ha1, "SUBSCRIBE", credentials));
    }

    [Fact]
    public void The_example_of_RFC_2069_as_corrected_by_its_errata_is_right()
    {
        const string header = "username=\"Mufasa\", realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "
            + "uri=\"/dir/index.html\", response=\"1949323746fe6a43ef61f9606e7febea\"";
        Assert.True(DigestCredentials.TryParse(header, out var credentials));

        var ha1 = DigestProof.Ha1("Mufasa", "testrealm@host.com", "CircleOfLife");

        Assert.Null(credentials.Protection);
        Assert.True(DigestProof.IsMadeWith(ha1, "GET", credentials));
    }

    [Fact]
    public void Any_length_and_any_letters_are_hashed_as_they_are_written()
    {
        var ha1 = DigestProof.Ha1("jo", "r", "p");
        foreach (var uri in new[] { "/u", "/" + new string('u', 2000), "/" + new string('\u20ac', 1000) })
        {
            var request = Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes("NOTIFY:" + uri)));
            var proof = Convert.ToHexStringLower(
                MD5.HashData(Encoding.UTF8.GetBytes($"{Convert.ToHexStringLower(ha1)}:n:0000000A:\u00e4:auth:{request}")));
            var header = $"username=jo, nonce=n, uri=\"{uri}\", qop=auth, nc=0000000A, cnonce=\"\u00e4\", response={proof}";

            Assert.True(DigestCredentials.TryParse(header, out var credentials));
            Assert.True(DigestProof.IsMadeWith(ha1, "NOTIFY", credentials));
            Assert.False(DigestProof.IsMadeWith(ha1, "POLL", credentials));
        }
    }

    [Fact]
    public void The_challenge_has_exactly_these_parameters_in_this_order()
    {
        Assert.Equal(
            "Digest realm=\"im.adatum.com\", qop=\"auth\", algorithm=MD5, nonce=\"a5\", stale=false",
            new DigestChallenge("im.adatum.com", "a5", false).ToString());
        Assert.Equal(
            "Digest realm=\"im.adatum.com\", qop=\"auth\", algorithm=MD5, nonce=\"a5\", stale=true",
            new DigestChallenge("im.adatum.com", "a5", true).ToString());
    }
}
