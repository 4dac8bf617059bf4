using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace RvpServer.Authentication.Digest;

/// <summary>The computations of Digest. [RFC 2617, 3.2.2]</summary>
[SuppressMessage("Security", "CA5351", Justification = "MD5 is the scheme's own choice, and no RVP client knows another.")]
internal static class DigestProof
{
    /// <summary>The stored form of an account's password: MD5(user name:realm:password).</summary>
    public static byte[] Ha1(string userName, string realm, string password) => Hash($"{userName}:{realm}:{password}");

    /// <summary>The same as clients make it that know no UTF-8; null if there is none, or it is the same.</summary>
    public static byte[]? Latin1Ha1(string userName, string realm, string password)
    {
        var text = $"{userName}:{realm}:{password}";
        return Ascii.IsValid(text) || text.Any(c => c > '\u00ff') ? null : MD5.HashData(Encoding.Latin1.GetBytes(text));
    }

    /// <summary>The response of a client with this HA1 for these credentials' nonce, uri and counts.</summary>
    public static byte[] Response(byte[] ha1, string method, DigestCredentials credentials)
    {
        var key = Convert.ToHexStringLower(ha1);
        var request = Convert.ToHexStringLower(Hash($"{method}:{credentials.Uri}"));
        return credentials.Protection is { } p
            ? Hash($"{key}:{credentials.Nonce}:{p.Nc}:{p.ClientNonce}:{p.Qop}:{request}")
            : Hash($"{key}:{credentials.Nonce}:{request}");
    }

    private static byte[] Hash(string text) => MD5.HashData(Encoding.UTF8.GetBytes(text));
}
