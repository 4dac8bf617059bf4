using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace RvpServer.Authentication.Digest;

/// <summary>The computations of Digest. [RFC 2617, 3.2.2]</summary>
[SuppressMessage("Security", "CA5351", Justification = "MD5 is the scheme's own choice, and no RVP client knows another.")]
internal static class DigestProof
{
    private const int MaxOnStack = 1024;

    /// <summary>The stored form of an account's password: MD5(user name:realm:password).</summary>
    public static byte[] Ha1(string userName, string realm, string password) => Hash($"{userName}:{realm}:{password}");

    /// <summary>The same as clients make it that know no UTF-8; null if there is none, or it is the same.</summary>
    public static byte[]? Latin1Ha1(string userName, string realm, string password)
    {
        var text = $"{userName}:{realm}:{password}";
        return Ascii.IsValid(text) || text.Any(c => c > '\u00ff') ? null : MD5.HashData(Encoding.Latin1.GetBytes(text));
    }

    /// <summary>True if these credentials were made with this HA1 for their nonce, uri and counts.</summary>
    public static bool IsMadeWith(ReadOnlySpan<byte> ha1, string method, DigestCredentials credentials)
    {
        Span<byte> request = stackalloc byte[MD5.HashSizeInBytes * 2];
        Span<byte> response = stackalloc byte[MD5.HashSizeInBytes];
        var size = MaxLength(method, credentials);
        var text = new HashedText(size <= MaxOnStack ? stackalloc byte[MaxOnStack] : new byte[size]);

        text.Add(method);
        text.AddPart(credentials.Uri);
        MD5.HashData(text.Take(), response);
        Convert.TryToHexStringLower(response, request, out _);

        text.AddHex(ha1);
        text.AddPart(credentials.Nonce);
        if (credentials.Protection is { } protection)
        {
            text.AddPart(protection.Nc);
            text.AddPart(protection.ClientNonce);
            text.AddPart(protection.Qop);
        }
        text.AddPart(request);
        MD5.HashData(text.Take(), response);
        return CryptographicOperations.FixedTimeEquals(response, credentials.Response);
    }

    // Of either text; a character has up to three bytes.
    private static int MaxLength(string method, DigestCredentials credentials)
    {
        var protection = credentials.Protection;
        var characters = credentials.Nonce.Length + (protection is null ? 0 : protection.Nc.Length + protection.ClientNonce.Length + protection.Qop.Length);
        return (4 * MD5.HashSizeInBytes) + 8 + (3 * Math.Max(characters, method.Length + credentials.Uri.Length));
    }

    private static byte[] Hash(string text) => MD5.HashData(Encoding.UTF8.GetBytes(text));

    /// <summary>Parts with colons between them, in UTF-8.</summary>
    private ref struct HashedText(Span<byte> buffer)
    {
        private readonly Span<byte> buffer = buffer;
        private int length;

        public void Add(string text) => length += Encoding.UTF8.GetBytes(text, buffer[length..]);

        public void AddHex(ReadOnlySpan<byte> bytes)
        {
            Convert.TryToHexStringLower(bytes, buffer[length..], out var written);
            length += written;
        }

        public void AddPart(string text)
        {
            buffer[length++] = (byte)':';
            Add(text);
        }

        public void AddPart(ReadOnlySpan<byte> text)
        {
            buffer[length++] = (byte)':';
            text.CopyTo(buffer[length..]);
            length += text.Length;
        }

        /// <summary>The whole text, and begins another.</summary>
        public ReadOnlySpan<byte> Take()
        {
            var whole = buffer[..length];
            length = 0;
            return whole;
        }
    }
}
