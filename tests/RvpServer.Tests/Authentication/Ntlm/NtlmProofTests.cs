using System.Text;
using RvpServer.Authentication.Ntlm;

namespace RvpServer.Tests.Authentication.Ntlm;

/// <summary>The examples of [MS-NLMP] 4.2: User of Domain with Password, and variations of them that clients make.</summary>
public class NtlmProofTests
{
    private static readonly byte[] Challenge = Convert.FromHexString("0123456789ABCDEF");
    private static readonly byte[] Hash = NtHash.Of("Password");

    [Fact]
    public void NT_hash_of_4_2_2() => Assert.Equal("A4F49C406510BDCAB6824EE7C30FD852", Convert.ToHexString(Hash));

    [Fact]
    public void NTLMv1_of_4_2_2()
    {
        var message = Message(nt: "67C43011F30298A2AD35ECE64F16331C44BDBED927841F94", lm: "98DEF7B87F88AA5DAFE2DF779688A172DEF11C7D5CCDEF13");

        Assert.True(NtlmProof.IsRightV1(Hash, Challenge, message, NtlmFlags.None));
        Assert.True(NtlmProof.IsRightV1(Hash, Challenge, message, NtlmFlags.ExtendedSessionSecurity));
        Assert.False(NtlmProof.IsRightV1(NtHash.Of("password"), Challenge, message, NtlmFlags.None));
    }

    [Fact]
    public void NTLM2_session_response_of_4_2_3()
    {
        var message = Message(nt: "7537F803AE367128CA458204BDE7CAF81E97ED2683267232", lm: "AAAAAAAAAAAAAAAA00000000000000000000000000000000");

        Assert.True(NtlmProof.IsRightV1(Hash, Challenge, message, NtlmFlags.ExtendedSessionSecurity));
        Assert.False(NtlmProof.IsRightV1(Hash, Challenge, message, NtlmFlags.None));
    }

    [Fact]
    public void NTLMv2_of_4_2_4()
    {
        var message = Message(nt: "68CD0AB851E51C96AABC927BEBEF6A1C" + "0101000000000000" + "0000000000000000" + "AAAAAAAAAAAAAAAA" + "00000000"
            + "02000C0044006F006D00610069006E00" + "01000C00530065007200760065007200" + "00000000" + "00000000");

        Assert.True(NtlmProof.IsRightV2(Hash, Challenge, message, ""));
        Assert.False(NtlmProof.IsRightV2(Hash, Convert.FromHexString("0123456789ABCDEE"), message, ""));
        Assert.False(NtlmProof.IsRightV2(NtHash.Of("password"), Challenge, message, ""));
    }

    [Theory]
    [InlineData("Domain", "Domain")]
    [InlineData("Domain", "DOMAIN")]
    [InlineData("Domain", "ADATUM")]
    [InlineData("", "ADATUM")]
    [InlineData("Domain", "")]
    public void The_domain_inside_NTLMv2_may_be_as_sent_or_in_capitals_or_ours_or_none(string sent, string hashed)
    {
        var message = Parse(new Type3 { User = "User", Domain = sent, Nt = Type3.V2(Challenge, "User", hashed, "Password") });

        Assert.True(NtlmProof.IsRightV2(Hash, Challenge, message, "ADATUM"));
    }

    [Theory]
    [InlineData("Domain")]
    [InlineData("Domains")]
    public void The_domain_inside_NTLMv2_may_be_the_sent_bytes_as_ASCII(string domain)
    {
        var message = Parse(new Type3
        {
            User = "User",
            DomainBytes = Encoding.ASCII.GetBytes(domain),
            Nt = Type3.V2(Challenge, "User", domain, "Password"),
        });

        Assert.True(NtlmProof.IsRightV2(Hash, Challenge, message, "ADATUM"));
    }

    [Fact]
    public void Another_domain_inside_NTLMv2_is_wrong()
    {
        var message = Parse(new Type3 { User = "User", Domain = "Domain", Nt = Type3.V2(Challenge, "User", "CONTOSO", "Password") });

        Assert.False(NtlmProof.IsRightV2(Hash, Challenge, message, "ADATUM"));
    }

    private static AuthenticateMessage Message(string nt, string lm = "") =>
        Parse(new Type3 { User = "User", Domain = "Domain", Nt = Convert.FromHexString(nt), Lm = Convert.FromHexString(lm) });

    private static AuthenticateMessage Parse(Type3 message)
    {
        Assert.True(AuthenticateMessage.TryParse(message.ToBytes(), NtlmFlags.Unicode, out var parsed));
        return parsed;
    }
}
