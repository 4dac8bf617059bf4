using System.Text;
using RvpServer.Authentication;
using RvpServer.Authentication.Digest;
using RvpServer.Authentication.Ntlm;

namespace RvpServer.Fuzz.Targets;

/// <summary>Proofs: read or not, and never right by chance.</summary>
internal static class ProofTargets
{
    private const string Realm = "im.adatum.com";

    private static readonly NonceMint Mint = new(new byte[32]);
    private static readonly byte[] Hash = NtHash.Of("Pass-Word-1");
    private static readonly byte[] Challenge = [1, 2, 3, 4, 5, 6, 7, 8];

    private static readonly string[] DigestTokens =
    [
        "username=", "realm=", "nonce=", "uri=", "response=", "algorithm=", "qop=", "nc=", "cnonce=", "opaque=", "\"", @"\\", ", ", "00000001", "auth", "MD5",
        @"ADATUM\\", "d41d8cd98f00b204e9800998ecf8427e", "stale=true", "Digest ",
    ];

    private static readonly string[] NtlmTokens =
        [@"NTLMSSP\x00", @"\x01\x00\x00\x00", @"\x03\x00\x00\x00", @"\x18\x00\x18\x00", @"A\x00D\x00", @"\x00\x00\x00\x00"];

    public static IReadOnlyList<FuzzTarget> All { get; } = [new("digest", Digest, DigestTokens), new("ntlm", Ntlm, NtlmTokens)];

    private static void Digest(byte[] bytes)
    {
        // Header values come as UTF-8 or, from old clients, in Latin-1.
        foreach (var encoding in new[] { Encoding.UTF8, Encoding.Latin1 })
        {
            if (!DigestCredentials.TryParse(encoding.GetString(bytes), out var credentials)) continue;
            Assert.Equal(16, credentials.Response.Length);
            Assert.All(credentials.UserNames, name => Assert.NotEmpty(name));
            Assert.False(Mint.TryRead(credentials.Nonce, out _));
            foreach (var name in credentials.UserNames)
            {
                Claim.Of(Realm, name, null);
                DigestProof.Ha1(name, Realm, "Pass-Word-1");
            }
        }
    }

    private static void Ntlm(byte[] bytes)
    {
        if (NegotiateMessage.TryParse(bytes, out var negotiate)) Challenges(ChallengeMessage.Agree(negotiate.Flags));
        foreach (var agreed in new[] { NtlmFlags.Unicode, NtlmFlags.Oem, NtlmFlags.Unicode | NtlmFlags.ExtendedSessionSecurity })
        {
            if (!AuthenticateMessage.TryParse(bytes, agreed, out var message)) continue;
            Claim.Of(Realm, message.UserName, null);
            // As the handler: shorter ones are not judged.
            if (message.NtResponse.Length < NtlmProof.V1Length) continue;
            Assert.False(message.NtResponse.Length == NtlmProof.V1Length
                ? NtlmProof.IsRightV1(Hash, Challenge, message, agreed)
                : NtlmProof.IsRightV2(Hash, Challenge, message, "ADATUM"));
        }
    }

    private static void Challenges(NtlmFlags agreed) => Assert.NotEmpty(new ChallengeMessage(agreed, Challenge, "ADATUM", "IMHOMESERVER1").ToBytes());
}
