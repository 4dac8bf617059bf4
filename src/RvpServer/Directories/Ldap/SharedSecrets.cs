using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using RvpServer.Directories.Local;
using RvpServer.Runtime;

namespace RvpServer.Directories.Ldap;

/// <summary>
/// Secrets of passwords that are set here, as text for an attribute of the person's entry, where every home server of the domain finds them. Encrypted and
/// authenticated with a key that only the organisation's servers have, and bound to the entry's lasting id: a value copied to another entry is of no use there.
/// </summary>
/// <remarks>Base64 of a version and, by <see cref="Sealing"/>, a stamp and <see cref="SecretBytes"/>.</remarks>
/// <param name="key">32 bytes.</param>
/// <param name="isForNtlm">False where a domain controller checks NTLM: then people use the domain's passwords, and one set here is for Digest only.</param>
internal sealed class SharedSecrets(byte[] key, bool isForNtlm)
{
    private const byte FormatVersion = 1;
    private const int StampLength = sizeof(long);

    private readonly Sealing sealing = new(key);

    /// <summary>The text for the account's entry; another each time, and with it another stamp.</summary>
    public string Seal(Account account, AccountSecrets secrets)
    {
        using var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer);
        writer.Write(RandomNumberGenerator.GetBytes(StampLength));
        SecretBytes.Write(writer, secrets);
        return Convert.ToBase64String([FormatVersion, .. sealing.Close(buffer.ToArray(), OwnerOf(account))]);
    }

    /// <summary>Reads it back; false if it is broken, was made with another key or for another entry.</summary>
    public bool TryOpen(Account account, string text, [NotNullWhen(true)] out AccountSecrets? secrets)
    {
        secrets = null;
        try
        {
            var bytes = Convert.FromBase64String(text);
            if (bytes is not [FormatVersion, ..]) return false;
            var plain = sealing.Open(bytes.AsSpan(1), OwnerOf(account));
            if (plain.Length < StampLength) return false;

            using var reader = new BinaryReader(new MemoryStream(plain, StampLength, plain.Length - StampLength));
            // 0 would mean that none is kept.
            var stamp = BinaryPrimitives.ReadInt64BigEndian(plain) | 1;
            secrets = SecretBytes.Read(reader) with { Stamp = stamp };
            if (!isForNtlm) secrets = secrets with { NtHash = null };
            return true;
        }
        catch (Exception wrong) when (wrong is FormatException or CryptographicException or EndOfStreamException)
        {
            return false;
        }
    }

    private static byte[] OwnerOf(Account account) => Encoding.UTF8.GetBytes(account.Key);
}
