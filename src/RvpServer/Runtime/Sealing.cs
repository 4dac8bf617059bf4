using System.Security.Cryptography;

namespace RvpServer.Runtime;

/// <summary>
/// Encrypts and authenticates bytes under one key, by AES-256-GCM with a random nonce: nonce, ciphertext, tag. What is associated is authenticated, and not in
/// the result.
/// </summary>
/// <param name="secret">32 bytes that are used for nothing else.</param>
internal sealed class Sealing(byte[] secret)
{
    /// <summary>Bytes before the ciphertext: another nonce each time.</summary>
    public const int NonceSize = 12;

    private const int TagSize = 16;

    /// <summary>Seals a document.</summary>
    public byte[] Close(ReadOnlySpan<byte> document, ReadOnlySpan<byte> associated = default)
    {
        var closed = new byte[NonceSize + document.Length + TagSize];
        RandomNumberGenerator.Fill(closed.AsSpan(0, NonceSize));
        using var cipher = new AesGcm(secret, TagSize);
        cipher.Encrypt(closed.AsSpan(0, NonceSize), document, closed.AsSpan(NonceSize, document.Length), closed.AsSpan(^TagSize..), associated);
        return closed;
    }

    /// <summary>The document; throws <see cref="CryptographicException"/> if it was not sealed so.</summary>
    public byte[] Open(ReadOnlySpan<byte> closed, ReadOnlySpan<byte> associated = default)
    {
        if (closed.Length < NonceSize + TagSize) throw new CryptographicException("It is too short.");
        var document = new byte[closed.Length - NonceSize - TagSize];
        using var cipher = new AesGcm(secret, TagSize);
        cipher.Decrypt(closed[..NonceSize], closed[NonceSize..^TagSize], closed[^TagSize..], document, associated);
        return document;
    }
}
