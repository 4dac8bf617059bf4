using System.Text;
using Rvp.Client.Http.Digest;
using Rvp.Client.Http.Ntlm;
using Rvp.Testing;

namespace Rvp.Client.Tests;

public sealed class ProofTests
{
    [Theory]
    [InlineData(AuthenticationScheme.Digest)]
    [InlineData(AuthenticationScheme.Ntlm)]
    public async Task A_name_and_a_password_need_not_be_ascii(AuthenticationScheme scheme)
    {
        await using var home = await Home.StartAsync();
        await home.Server.AddAccountAsync(new TestAccount("Jürg@adatum.com", "Jürg", Password: "Grüße-1"));
        var jurg = home.Client(Home.Address("Jürg@adatum.com"), options => options with { Password = "Grüße-1", Scheme = scheme });

        await jurg.Client.VerifyAsync();

        Assert.Equal("http://im.adatum.com/instmsg/aliases/J%C3%BCrg", jurg.Client.Url!.ToString());
    }

    // The test suite of RFC 1320, A.5.
    [Theory]
    [InlineData("", "31d6cfe0d16ae931b73c59d7e0c089c0")]
    [InlineData("abc", "a448017aaf21d8525fc10ae87aa6729d")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345678901234567890", "e33b4ddc9c38f2199c3e7b164fcc0536")]
    public void Md4_is_that_of_its_specification(string text, string digest) =>
        Assert.Equal(digest, Convert.ToHexStringLower(Md4.HashData(Encoding.ASCII.GetBytes(text))));

    // MS-NLMP 4.2.4: user User, domain Domain, password Password, server challenge 0123456789abcdef, client challenge aa × 8, time 0.
    [Fact]
    public void Ntlm_proof_is_that_of_its_specification()
    {
        var info = Convert.FromHexString("02000c0044006f006d00610069006e0001000c005300650072007600650072000000000000");
        var answer = new NtlmExchange(@"Domain\User", "Password")
            .Answer(Convert.FromHexString("0123456789abcdef"), info.AsSpan(0, 36), 0x00000001, Convert.FromHexString("aaaaaaaaaaaaaaaa"), 0);

        var hex = Convert.ToHexStringLower(answer);
        Assert.Contains("68cd0ab851e51c96aabc927bebef6a1c", hex, StringComparison.Ordinal);
        Assert.Contains("86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa", hex, StringComparison.Ordinal);
    }

    [Fact]
    public void A_challenge_is_read_whatever_is_quoted_in_it()
    {
        var challenge = DigestOffer.Find(["NTLM", "Digest realm=\"a, \\\"b\\\"\", qop=auth, algorithm=MD5, nonce=\"n=1\", opaque=\"o\", stale=TRUE"]);

        Assert.Equal(new DigestOffer("a, \"b\"", "n=1", "o", true, true), challenge);
    }

    [Theory]
    [InlineData("Digest realm=\"r\", nonce=\"n\", algorithm=SHA-256")]
    [InlineData("Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\"")]
    [InlineData("Digest realm=\"r")]
    [InlineData("Basic realm=\"r\"")]
    public void A_challenge_that_cannot_be_answered_is_none(string text) => Assert.Null(DigestOffer.Find([text]));

    [Fact]
    public void One_challenge_serves_many_requests_each_counted()
    {
        var session = new DigestSession("JoBrown", "Pass-Word-1");
        session.Take(new DigestOffer("im.adatum.com", "n", null, true, false));

        var headers = Enumerable.Range(0, 3).Select(_ => session.HeaderFor("POLL", "/x")!).ToList();

        Assert.Equal(["nc=00000001", "nc=00000002", "nc=00000003"], headers.Select(header => header[header.IndexOf("nc=", StringComparison.Ordinal)..][..11]));
    }
}
