using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace RvpServer.Push;

/// <summary>Encrypts a notice so that the browser alone can read it, and not the push service on the way. [RFC 8291, with aes128gcm of RFC 8188]</summary>
internal static class PushEncryption
{
    /// <summary>Bytes of a public key: an uncompressed point of P-256.</summary>
    public const int PointLength = 65;

    /// <summary>Bytes of a browser's secret.</summary>
    public const int SecretLength = 16;

    /// <summary>Longest text: push services take 4,096 bytes in all. [RFC 8291, 4]</summary>
    public const int MaxText = 4096 - HeadLength - TagLength - 1;

    private const int SaltLength = 16;
    private const int HeadLength = SaltLength + 4 + 1 + PointLength;
    private const int TagLength = 16;
    private const int RecordLength = 4096;

    private const byte Uncompressed = 4;
    private const byte LastRecord = 2;

    /// <summary>Whether these bytes are a point of the curve.</summary>
    public static bool IsPoint(byte[] bytes)
    {
        if (bytes.Length != PointLength || bytes[0] != Uncompressed) return false;
        try
        {
            using var key = ECDiffieHellman.Create(ParametersOf(bytes));
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>Encrypts under a new key and a new salt.</summary>
    public static byte[] Encrypt(ReadOnlySpan<byte> text, byte[] receiver, byte[] secret)
    {
        using var sender = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        return Encrypt(text, receiver, secret, sender, RandomNumberGenerator.GetBytes(SaltLength));
    }

    /// <summary>The same with a given key and salt, which must never be used twice.</summary>
    internal static byte[] Encrypt(ReadOnlySpan<byte> text, byte[] receiver, byte[] secret, ECDiffieHellman sender, byte[] salt)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(text.Length, MaxText);
        var own = PointOf(sender.ExportParameters(includePrivateParameters: false).Q);
        var (key, nonce) = Derive(sender, receiver, secret, salt, receiver, own);

        var message = new byte[HeadLength + text.Length + 1 + TagLength];
        salt.CopyTo(message, 0);
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(SaltLength), RecordLength);
        message[SaltLength + 4] = PointLength;
        own.CopyTo(message, SaltLength + 5);
        var plain = new byte[text.Length + 1];
        text.CopyTo(plain);
        plain[^1] = LastRecord;
        using var cipher = new AesGcm(key, TagLength);
        cipher.Encrypt(nonce, plain, message.AsSpan(HeadLength, plain.Length), message.AsSpan(HeadLength + plain.Length));
        return message;
    }

    /// <summary>A point as browsers write it.</summary>
    public static byte[] PointOf(ECPoint point) => [Uncompressed, .. point.X!, .. point.Y!];

    private static (byte[] Key, byte[] Nonce) Derive(
        ECDiffieHellman own, byte[] other, byte[] secret, byte[] salt, byte[] receiver, byte[] sender)
    {
        using var theirs = ECDiffieHellman.Create(ParametersOf(other));
        var shared = own.DeriveRawSecretAgreement(theirs.PublicKey);
        var input = HKDF.DeriveKey(HashAlgorithmName.SHA256, shared, 32, secret, [.. "WebPush: info\0"u8, .. receiver, .. sender]);
        return (HKDF.DeriveKey(HashAlgorithmName.SHA256, input, 16, salt, Encoding.ASCII.GetBytes("Content-Encoding: aes128gcm\0")),
            HKDF.DeriveKey(HashAlgorithmName.SHA256, input, 12, salt, Encoding.ASCII.GetBytes("Content-Encoding: nonce\0")));
    }

    private static ECParameters ParametersOf(byte[] point) => new()
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint { X = point[1..33], Y = point[33..] },
    };
}
