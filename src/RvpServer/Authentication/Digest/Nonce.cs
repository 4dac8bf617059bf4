using System.Buffers.Binary;
using System.Security.Cryptography;

namespace RvpServer.Authentication.Digest;

/// <summary>The content of a nonce.</summary>
/// <param name="IssuedAtMillis">When it was made, in Unix milliseconds.</param>
/// <param name="Number">Makes it unique.</param>
/// <param name="Mac">Shows who made it.</param>
internal readonly record struct Nonce(long IssuedAtMillis, ulong Number, UInt128 Mac)
{
    public Nonce(DateTimeOffset issuedAt, ulong number, UInt128 mac = default)
        : this(issuedAt.ToUnixTimeMilliseconds(), number, mac)
    {
    }

    public DateTimeOffset IssuedAt => DateTimeOffset.FromUnixTimeMilliseconds(IssuedAtMillis);
}

/// <summary>
/// Makes and reads nonces without storing them: a challenge costs one HMAC and no memory, and clients ask for one with every request [client]. The key lives as
/// long as the process; a nonce from before a restart, or from another router with the same name, is unknown.
/// </summary>
internal sealed class NonceMint(byte[] key)
{
    private const int MacLength = 16;
    private const int Length = 16 + MacLength;

    private static readonly long LastTime = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    public string Make(DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[Length];
        BinaryPrimitives.WriteInt64BigEndian(bytes, now.ToUnixTimeMilliseconds());
        RandomNumberGenerator.Fill(bytes[8..16]);
        Mac(bytes[..16], bytes[16..]);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>Reads what looks like a nonce, whoever has made it.</summary>
    public static bool TryParse(string text, out Nonce nonce)
    {
        nonce = default;
        Span<byte> bytes = stackalloc byte[Length];
        if (text.Length != Length * 2 || Convert.FromHexString(text, bytes, out _, out _) != System.Buffers.OperationStatus.Done) return false;
        var time = BinaryPrimitives.ReadInt64BigEndian(bytes);
        if (time < 0 || time > LastTime) return false;
        var (number, mac) = (BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]));
        nonce = new Nonce(time, number, mac);
        return true;
    }

    /// <summary>True only if it was made with this key.</summary>
    public bool HasMade(Nonce nonce)
    {
        Span<byte> bytes = stackalloc byte[Length];
        Span<byte> mac = stackalloc byte[MacLength];
        BinaryPrimitives.WriteInt64BigEndian(bytes, nonce.IssuedAtMillis);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], nonce.Number);
        BinaryPrimitives.WriteUInt128BigEndian(bytes[16..], nonce.Mac);
        Mac(bytes[..16], mac);
        return CryptographicOperations.FixedTimeEquals(mac, bytes[16..]);
    }

    /// <summary>Reads a nonce; false for everything that was not made with this key.</summary>
    public bool TryRead(string text, out Nonce nonce) => TryParse(text, out nonce) && HasMade(nonce);

    private void Mac(ReadOnlySpan<byte> text, Span<byte> mac)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, text, whole);
        whole[..MacLength].CopyTo(mac);
    }
}
