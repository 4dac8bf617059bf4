using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;

namespace RvpServer.Authentication.Ntlm;

/// <summary>
/// The computations of NTLM responses. The time stamp in NTLMv2 is not checked: replay is prevented because the challenge is ours and used once. LM responses
/// are never checked.
/// </summary>
[SuppressMessage("Security", "CA5351", Justification = "MD5 and DES are the protocol's own choice.")]
internal static class NtlmProof
{
    public const int V1Length = 24;
    private const int ProofLength = 16;

    /// <summary>Whether an NTLMv2 response was made with this hash. [MS-NLMP, 3.3.2]</summary>
    public static bool IsRightV2(byte[] ntHash, byte[] challenge, AuthenticateMessage message, string configuredDomain)
    {
        var response = message.NtResponse.Span;
        var proof = response[..ProofLength];
        byte[] signed = [.. challenge, .. response[ProofLength..]];
        var isRight = false;
        foreach (var domain in Domains(message, configuredDomain))
        {
            var key = HMACMD5.HashData(ntHash, Encoding.Unicode.GetBytes(message.UserName.ToUpperInvariant() + domain));
            isRight |= CryptographicOperations.FixedTimeEquals(HMACMD5.HashData(key, signed), proof);
        }
        return isRight;
    }

    /// <summary>
    /// Whether a 24-byte NT response was made with this hash: NTLM2 session response if the LM field contains a client challenge under extended session
    /// security, otherwise NTLMv1. [MS-NLMP, 3.3.1]
    /// </summary>
    public static bool IsRightV1(byte[] ntHash, byte[] challenge, AuthenticateMessage message, NtlmFlags agreed)
    {
        var expected = V1Response(ntHash, V1Challenge(challenge, message, agreed));
        return CryptographicOperations.FixedTimeEquals(expected, message.NtResponse.Span);
    }

    /// <summary>What a 24-byte NT response answers: the challenge, or under extended session security a hash of it and the client's challenge.</summary>
    public static byte[] V1Challenge(byte[] challenge, AuthenticateMessage message, NtlmFlags agreed)
    {
        var lm = message.LmResponse.Span;
        var isSessionResponse = (agreed & NtlmFlags.ExtendedSessionSecurity) != 0 && lm.Length == V1Length && !lm[8..].ContainsAnyExcept((byte)0);
        return isSessionResponse ? MD5.HashData([.. challenge, .. lm[..8]])[..8] : challenge;
    }

    /// <summary>The three DES blocks of NTLMv1. [MS-NLMP, 6, DESL]</summary>
    public static byte[] V1Response(byte[] ntHash, byte[] challenge)
    {
        var keys = new byte[21];
        ntHash.CopyTo(keys, 0);
        var response = new byte[V1Length];
        var des = new DesEngine();
        for (var block = 0; block < 3; block++)
        {
            des.Init(true, new KeyParameter(SpreadKey(keys.AsSpan(block * 7, 7))));
            des.ProcessBlock(challenge, 0, response, block * 8);
        }
        return response;
    }

    /// <summary>
    /// Possible domains inside NTLMv2: as sent, in capitals, the same bytes as ASCII (some clients set the Unicode flag wrongly), the configured one, or none.
    /// [client]
    /// </summary>
    private static IEnumerable<string> Domains(AuthenticateMessage message, string configuredDomain) =>
        new[]
        {
            message.DomainName, message.DomainName.ToUpperInvariant(), Encoding.Latin1.GetString(message.DomainBytes.Span), configuredDomain, "",
        }.Distinct(StringComparer.Ordinal);

    // DES takes 56 bits as the upper seven of eight bytes; it ignores the lowest.
    private static byte[] SpreadKey(ReadOnlySpan<byte> bits)
    {
        ulong all = 0;
        foreach (var b in bits) all = (all << 8) | b;
        var key = new byte[8];
        for (var i = 0; i < 8; i++) key[i] = (byte)((all >> (49 - (7 * i))) << 1);
        return key;
    }
}
