using System.Buffers.Binary;
using System.Security.Cryptography;

namespace RvpServer.Authentication.Digest;

/// <summary>The content of a nonce: when it was made, and a number that makes it unique.</summary>
internal readonly record struct Nonce(DateTimeOffset IssuedAt, ulong Number);

/// <summary>
/// Makes and reads nonces without storing them: a challenge costs one HMAC and no memory, and clients ask for one with every request [client]. The key lives as
/// long as the process; a nonce from before a restart, or from another router with the same name, is unknown.
/// </summary>
internal sealed class NonceMint(byte[] key)
{
    private const int MacLength = 16;
    private const int Length = 16 + MacLength;

    public string Make(DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[Length];
        BinaryPrimitives.WriteInt64BigEndian(bytes, now.ToUnixTimeMilliseconds());
        RandomNumberGenerator.Fill(bytes[8..16]);
        Mac(bytes[..16], bytes[16..]);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>False for everything that was not made with this key.</summary>
    public bool TryRead(string text, out Nonce nonce)
    {
        nonce = default;
        Span<byte> bytes = stackalloc byte[Length];
        Span<byte> mac = stackalloc byte[MacLength];
        if (text.Length != Length * 2 || Convert.FromHexString(text, bytes, out _, out _) != System.Buffers.OperationStatus.Done) return false;
        Mac(bytes[..16], mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, bytes[16..])) return false;
        nonce = new Nonce(DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(bytes)),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
        return true;
    }

    private void Mac(ReadOnlySpan<byte> text, Span<byte> mac)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, text, whole);
        whole[..MacLength].CopyTo(mac);
    }
}
